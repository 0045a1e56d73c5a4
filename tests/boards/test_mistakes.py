"""What is wrong with a board is said with line, key, reason and what to do now."""

from __future__ import annotations

import pytest
from support.boards import board, refusal

from daemon.errors import DefaultsError, JobError, UnfinishedError
from daemon.text.failure_letter import explain

#: what is written: (line, key, words of what and why, words of the remedy)
MISTAKES = {
    # --- shots
    "takes: 3\n": (None, "shots", "no `shots`", "010:"),
    "shots: a boat\n": (1, "shots", "a mapping or a list", "a line for each"),
    "shots: 5\n": (1, "shots", "the number 5", "a line for each"),
    "shots:\n  010: 5\n": (2, "010", "the number 5", '010: "5"'),
    "shots:\n  010: [a, b]\n": (2, "010", "bare { or [", "010:"),
    "shots:\n  010:\n  - a\n  - b\n": (3, "010", "a list stands here", "keys below it"),
    "shots:\n- a\n- [b]\n": (3, "020", "a list stands here", "keys below it"),
    "shots:\n  010: true\n": (2, "010", "true stands here", '"true"'),
    "shots:\n  010: {takes: 2}\n": (2, "010", "no prompt", "prompt:"),
    "shots:\n  010: ''\n": (2, "prompt", "empty", "what the picture shall show"),
    "shots:\n  010: {prompt: wide, harbour}\n": (2, "harbour", "comma", "quotes"),
    "shots:\n  010: wide: harbour\n": (2, None, "colon", "quotes"),
    "shots:\n  010: # wide\n": (2, "prompt", "comment", "quotes"),
    # --- ids
    "shots:\n  010: a\n  020: b\n  010: c\n": (4, "010", "line 2 and in line 4", "Keep"),
    "shots:\n- {shot: 7, prompt: a}\n- {shot: 7, prompt: b}\n": (3, "shot", "line 2", "015"),
    "shots:\n- a\n- {shot: 010, prompt: b}\n": (3, "shot", "line 2 and in line 3", "another id"),
    "shots:\n- {shot: , prompt: b}\n": (2, "shot", "nothing stands here", "shot: 010"),
    "shots:\n- {shot: [1], prompt: b}\n": (2, "shot", "a list", "shot: 010"),
    "shots:\n  '': a\n": (2, "shots", "empty id", "010:"),
    f"shots:\n  {'long ' * 20}: a\n": (2, None, "too long", "before the colon"),
    "shots:\n  12a: a\n  12A: b\n": (3, "12A", "line 2", "another id"),
    "shots:\n  caf\u00e9: a\n  cafe\u0301: b\n": (3, "caf\u00e9", "line 2 and in line 3", "Keep"),
    "shots:\n  a/b: a\n  a:b: b\n": (3, "a:b", "one name: a-b", "another id"),
    "shots:\n  060: {prompt: a, takes: 2}\n  060-2: b\n": (3, "060-2", "060-2", "another id"),
    "id: x\nshots:\n  010: a\n": (1, "id", "one and the same", "folder's name"),
    "shots:\n  010: {prompt: a, id: x}\n": (2, "id", "before its colon", "010:"),
    "shots:\n  010: {prompt: a, shot: x}\n": (2, "shot", "before its colon", "list"),
    "shots:\n  010: {prompt: a, name: x}\n": (2, "name", "named by its id", "title"),
    "name: [a]\nshots:\n  010: a\n": (1, "name", "a short text", "ep03"),
    "shots:\n  010: {prompt: a, shots: {}}\n": (2, "shots", "not a key here", "stand alone"),
    # --- keys
    "defaults: {steps: 5}\nshots:\n  010: a\n": (1, "defaults", "top", "without `defaults`"),
    "board: ep03\nshots:\n  010: a\n": (1, "board", "with `shots`", "shots:"),
    "shots:\n  010:\n    prompt: a\n    matrix: {a: [1]}\n": (4, "matrix", "vary", "vary:"),
    "shots:\n  010: {prompt: a, zip: 1}\n": (2, "zip", "vary", "vary:"),
    "shots:\n  010: {prompt: a, product: 1}\n": (2, "product", "vary", "vary:"),
    "shots:\n  010: {prompt: a, continue_from: 1}\n": (2, "continue_from", "follows", "like"),
    "shots:\n  010: {prompt: a, lke: 1}\n": (2, "lke", "`like`", ""),
    "shots:\n  010: {prompt: a, dialog: hi}\n": (2, "dialog", "`dialogue`", ""),
    "shots:\n  010: {prompt: a, stepps: 5}\n": (2, "stepps", "of a shot. Did you mean `steps`", ""),
    "stepps: 5\nshots:\n  010: a\n": (1, "stepps", "of a board. Did you mean `steps`", ""),
    "shts:\n  010: a\n": (1, "shts", "Did you mean `shots` by `shts`", ""),
    "takes: 3\nShotz:\n  010: a\n": (2, "Shotz", "Did you mean `shots` by `Shotz`", ""),
    "scene: 3\nseed: 3\n": (None, "shots", "no `shots`", "shots:"),
    "steps: 900\nshots:\n  010: a\n": (1, "steps", "at most 150", ""),
    "shots:\n  010: a\n  020:\n    prompt: b\n    steps: 900\n": (5, "steps", "at most 150", ""),
    "preset: fsat\nshots:\n  010: a\n": (1, "preset", "`fast`", "balanced"),
    "Like: 010\nshots:\n  010: a\n": (1, "Like", "one shot", "under the shot"),
    "from: 010\nshots:\n  010: a\n": (1, "from", "one shot", "under the shot"),
    "pick: 1\nshots:\n  010: a\n": (1, "pick", "one shot", "under the shot"),
    "shots:\n  010: {prompt: a, pick: 1, Pick: 2}\n": (2, "pick", "twice", "Keep"),
    # --- following
    "shots:\n  060: a\n  070: {prompt: b, like: 06}\n": (3, "like", "`060`", ""),
    "shots:\n  060: a\n  070: {prompt: b, from: zz}\n": (3, "from", "not there", "060, 070"),
    "shots:\n  010: {prompt: a, takes: 3}\n  020: {prompt: b, like: 010-2}\n": (
        3, "like", "a take of shot 010", "Write like: 010, and there choose the take with pick: 2"
    ),
    "shots:\n  010: {prompt: a, like: 010}\n": (2, "like", "follows itself", "out of"),
    "shots:\n  1: {prompt: a, like: 3}\n  2: {prompt: b, like: 1}\n  3: {prompt: c, from: 2}\n": (
        2, "like", "1 -> 3 -> 2 -> 1", "out of one"
    ),
    "shots:\n  1: {prompt: a, like: 2, from: 2}\n  2: b\n": (2, "from", "one other", "Keep"),
    "shots:\n  1: {prompt: a, like: [2, 3]}\n  2: b\n": (2, "like", "one shot", "like: 060"),
    "shots:\n  1: {prompt: a, like: {strength: 1}}\n  2: b\n": (2, "like", "no shot", "shot: 060"),
    "shots:\n  1: {prompt: a, like: {shot: 2, strenth: 1}}\n  2: b\n": (2, "strenth", "`strength`", ""),
    "shots:\n  1: {prompt: a, like: {shot: 2, strength: 5}}\n  2: b\n": (2, "strength", "0 to 1", ""),
    "shots:\n  1: {prompt: a, from: {shot: 2, strength: no}}\n  2: b\n": (2, "strength", '"no"', ""),
    "shots:\n  1: {prompt: a, from: 2, image: b.png}\n  2: b\n": (2, "image", "both", "Keep"),
    "shots:\n  1: {prompt: a, from: {shot: 2, strength: 1}, strength: 0.5}\n  2: b\n": (
        2, "strength", "twice", "Keep"
    ),
    "shots:\n  1: {prompt: a, strength: 0.5}\n": (2, "strength", "without an `image`", "image:"),
    # --- takes
    "takes: 0\nshots:\n  010: a\n": (1, "takes", "at least 1", ""),
    "takes: 257\nshots:\n  010: a\n": (1, "takes", "257 takes; at most 256", "max_pictures"),
    "shots:\n  010: {prompt: a, takes: many}\n": (2, "takes", "a whole number", ""),
    "shots:\n  010: {prompt: a, takes: 2, count: 3}\n": (2, "count", "contradict", "Keep one"),
    "shots:\n  010: {prompt: a, takes: 2, seed: [1, 2, 3]}\n": (2, "takes", "3 seeds", "remove"),
    "shots:\n  010: {prompt: a, takes: 2, pick: 3}\n": (2, "pick", "has 2 takes", "takes: 3"),
    "shots:\n  010: {prompt: a, pick: best}\n": (2, "pick", "take best", "pick: 1"),
    "shots:\n  010: {prompt: a, pick: [1]}\n": (2, "pick", "no take", "pick: 1"),
    "shots:\n  010: {prompt: '{a}', takes: 100, vary: {a: [x, y, z]}}\n": (
        2, "vary", "300 pictures", "max_pictures"
    ),
    "shots:\n  010: {prompt: a, vary: {lihgt: [x, y]}}\n": (2, "lihgt", "nowhere", "{lihgt}"),
    # --- for people
    "shots:\n  010: {prompt: a, seconds: long}\n": (2, "seconds", "above 0", "2.5"),
    "shots:\n  010: {prompt: a, seconds: -1}\n": (2, "seconds", "above 0", "2.5"),
    "shots:\n  010: {prompt: a, dialogue: {BEN: [x]}}\n": (2, "dialogue", "a text", "BEN:"),
}  # fmt: skip


@pytest.mark.parametrize("text", MISTAKES)
def test_a_mistake_is_told_with_its_place_and_its_cure(text: str) -> None:
    line, key, words, remedy = MISTAKES[text]

    error = refusal(text)

    assert error.line == line
    assert key is None or error.key == key
    assert words in f"{error.what} {error.why}"
    assert remedy in error.remedy
    assert error.why or error.remedy or error.what.count("but") or "at most" in error.what
    assert not error.what.startswith("The job")
    assert explain(error, file="board.yaml", source=text.encode())


#: Half of a file that an editor is saving, or what hands and programs do to it.
HALVES = {
    "nothing": "",
    "no shots yet": "takes: 3\nshots:\n",
    "no shots yet, in brackets": "takes: 3\nshots: {}\n",
    "an open quote": 'shots:\n  010: "wide, harb',
    "an open bracket": "shots:\n  010: {prompt: wide",
    "a shot's key alone": "shots:\n  010: a\n  020:\n",
    "a key without its colon": "shots:\n  010: a\n  020",
    "a tab": "shots:\n\t010: a\n",
    "a tab below": "shots:\n  010:\n\t\tprompt: a\n",
    "zeros": "shots:\n  010: a\n\0\0\0\0",
}


@pytest.mark.parametrize("case", HALVES)
def test_half_a_board_is_looked_at_again(case: str) -> None:
    error = refusal(HALVES[case])

    assert isinstance(error, UnfinishedError)
    assert error.remedy


def test_curly_quotes_are_kept_and_told_of() -> None:
    (shot,) = board("shots:\n  010: “wide, harbour”\n").shots

    assert "quotes" in shot.takes[0].job.warnings[0]


def test_folders_are_blamed_for_their_own_defaults() -> None:
    error = refusal("shots:\n  010: a\n", boards="stepps: 5\n")

    assert isinstance(error, DefaultsError)
    assert error.file == "boards/_defaults.yaml"


def test_a_board_of_too_many_pictures_names_the_shot_that_is_one_too_many() -> None:
    text = "takes: 256\nshots:\n" + "".join(f"  s{n}: a\n" for n in range(200))

    error = refusal(text)

    assert error.line == 120
    assert "30,000" in error.what
    assert isinstance(error, JobError)


def test_five_thousand_shots_are_a_board_and_more_than_ten_thousand_are_too_many() -> None:
    assert board("shots:\n" + "- a\n" * 5_000).shots[-1].id == "50000"

    error = refusal("shots:\n" + "- a\n" * 10_001)

    assert "10,001 shots; at most 10,000" in error.what
    assert error.line == 1
    assert "several boards" in error.remedy
