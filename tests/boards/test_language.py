"""What a board means: its shots, their levels, takes, seeds, names, and whom they follow."""

from __future__ import annotations

import json

import pytest
from support.boards import board, shots

from daemon.boards.board import Follow

SHOTS = "shots:\n  010: harbour\n  020: {prompt: pier, takes: 2}\n"


# --- ids and order --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "written",
    [
        "010",
        '"010"',
        "'010'",
        "060b",
        "0x1f",
        "1_000",
        "12:30",
        "1e3",
        "on",
        "null",
        "Ж",
        "a b",
        "~",
    ],
)
def test_an_id_is_the_text_that_stands_before_the_colon(written: str) -> None:
    assert list(shots(f"shots:\n  {written}: harbour\n")) == [written.strip("'\"")]


def test_the_order_is_the_files() -> None:
    read = board("shots:\n  030: a\n  010: b\n  020: c\n")

    assert [shot.id for shot in read.shots] == ["030", "010", "020"]
    assert [shot.line for shot in read.shots] == [2, 3, 4]


def test_items_of_a_list_are_numbered_in_tens() -> None:
    read = shots("shots:\n- harbour\n- pier\n- {prompt: boat}\n")

    assert list(read) == ["010", "020", "030"]
    assert [shot.written for shot in read.values()] == ["harbour", "pier", "boat"]


def test_an_item_that_names_its_shot_renames_no_other() -> None:
    assert list(shots("shots:\n- a\n- {shot: 015, prompt: b}\n- c\n")) == ["010", "015", "020"]


def test_a_board_may_be_json() -> None:
    said = {"takes": 2, "shots": {"010": "harbour", "020": {"prompt": "pier", "like": "010"}}}

    read = shots(json.dumps(said), file="board.json")

    assert [len(shot.takes) for shot in read.values()] == [2, 2]
    assert read["020"].follows == Follow("010", False, 0.5, 1)


def test_a_shot_may_leave_its_prompt_to_the_board() -> None:
    read = shots("prompt: harbour\nshots:\n  010:\n  020: {seed: 5}\n  030: pier\n")

    assert [shot.written for shot in read.values()] == ["harbour", "harbour", "pier"]


def test_a_board_is_called_by_its_folder_unless_it_says_otherwise() -> None:
    assert board(SHOTS, name="ep03").name == "ep03"
    assert board(f"name: Episode 3\n{SHOTS}", name="ep03").name == "Episode 3"
    assert all(
        take.job.name is None for shot in board(f"name: x\n{SHOTS}").shots for take in shot.takes
    )


# --- levels ---------------------------------------------------------------------------------------


def test_every_level_is_weaker_than_the_next() -> None:
    text = "steps: 14\nshots:\n  010: {prompt: a, steps: 15}\n  020: b\n"

    read = shots(text, settings="defaults: {steps: 11, negative_prompt: fog}", inbox="steps: 12")

    assert [shot.takes[0].job.sampling.steps for shot in read.values()] == [15, 14]
    assert read["010"].takes[0].job.sampling.negative_prompt == "fog"


def test_a_shot_says_nothing_of_the_next() -> None:
    read = shots("shots:\n  010: {prompt: a, preset: quality, negative: fog}\n  020: b\n")

    assert read["010"].takes[0].job.sampling.steps > read["020"].takes[0].job.sampling.steps
    assert not read["020"].takes[0].job.sampling.negative_prompt


def test_a_strength_at_the_top_waits_for_shots_with_a_picture() -> None:
    read = shots("strength: 0.3\nshots:\n  010: a\n  020: {prompt: b, image: b.png}\n")

    assert [shot.takes[0].job.strength for shot in read.values()] == [0.75, 0.3]


def test_what_is_wrong_at_the_top_is_said_once_and_of_the_board() -> None:
    read = board(f"negative: fog #1\n{SHOTS}  030: boat #2\n")

    assert len(read.warnings) == 1
    assert [len(shot.takes[0].job.warnings) for shot in read.shots] == [0, 0, 1]


# --- takes, seeds and names -----------------------------------------------------------------------


def test_takes_are_pictures_of_their_own_with_a_seed_each() -> None:
    (shot,) = board("takes: 3\nshots: {010: harbour}\n").shots

    assert [take.number for take in shot.takes] == [1, 2, 3]
    assert [take.name for take in shot.takes] == ["010-1", "010-2", "010-3"]
    assert all(take.job.pictures == 1 for take in shot.takes)
    assert len({take.job.seeds for take in shot.takes}) == 3


def test_a_single_take_is_named_by_its_shot_alone() -> None:
    assert [shot.takes[0].name for shot in board(SHOTS).shots] == ["010", "020-1"]


def test_seeds_stay_whatever_is_changed_around_them() -> None:
    before = shots("takes: 3\nshots:\n  010: harbour\n  020: pier\n")
    after = shots("steps: 9\ntakes: 5\nshots:\n  030: new\n  020: other words\n  010: harbour\n")

    for name in ("010", "020"):
        seeds = [take.job.seeds for take in before[name].takes]
        assert [take.job.seeds for take in after[name].takes][:3] == seeds


def test_seeds_are_those_they_were_in_the_first_release() -> None:
    """Whoever changes this makes every picture of every board anew."""
    (shot,) = board("takes: 2\nshots: {010: harbour}\n", name="ep03").shots

    assert [take.job.seeds for take in shot.takes] == [(1556271055,), (3111659938,)]


def test_another_board_or_shot_has_other_seeds() -> None:
    here = board("shots: {010: a, 020: a}\n", name="ep03").shots
    there = board("shots: {010: a, 020: a}\n", name="ep04").shots

    assert len({shot.takes[0].job.seeds for shot in (*here, *there)}) == 4


@pytest.mark.parametrize(
    ("keys", "seeds"),
    [("seed: 7", [7]), ("seed: 7, takes: 3", [7, 8, 9]), ("seed: [4, 2]", [4, 2])],
)
def test_a_seed_that_is_named_counts(keys: str, seeds: list[int]) -> None:
    (shot,) = board(f"shots: {{010: {{prompt: a, {keys}}}}}\n").shots

    assert [take.job.seeds for take in shot.takes] == [(seed,) for seed in seeds]


@pytest.mark.parametrize("key", ["takes", "count", "images", "n_iter"])
def test_takes_go_by_every_word_for_how_many(key: str) -> None:
    assert board(f"{key}: 2\nshots: {{010: a}}\n").pictures == 2


def test_a_name_is_made_fit_for_a_file() -> None:
    assert [shot.takes[0].name for shot in board("shots:\n  12/A: a\n  'con': b\n").shots] == [
        "12-A",
        "_con",
    ]


VARIED = "shots: {010: {prompt: 'pier, {light}', takes: 2, vary: {light: [dawn, night]}%s}}\n"


def test_rows_are_named_by_what_varies_and_share_their_seeds() -> None:
    (shot,) = board(VARIED % "").shots

    assert [take.name for take in shot.takes] == [
        "010-dawn-1", "010-dawn-2", "010-night-1", "010-night-2"
    ]  # fmt: skip
    assert [take.job.seeds for take in shot.takes[:2]] == [
        take.job.seeds for take in shot.takes[2:]
    ]
    assert [take.number for take in shot.takes] == [1, 2, 1, 2]
    assert shot.written == "pier, {light}"
    assert shot.takes[2].job.sampling.prompt == "pier, night"


@pytest.mark.parametrize(("said", "place"), [("night-1", 3), ("4", 4), ("dawn-2", 2)])
def test_a_take_of_several_rows_is_picked_by_its_name_or_its_place(said: str, place: int) -> None:
    assert board(VARIED % f", pick: {said}").shots[0].pick == place


def test_a_style_is_joined_to_every_shot_but_where_it_is_switched_off() -> None:
    read = shots("style: pencil\nshots:\n  010: pier\n  020: {prompt: boat, style: none}\n")

    assert [shot.takes[0].job.sampling.prompt for shot in read.values()] == ["pier, pencil", "boat"]


# --- following ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "follow"),
    [
        ("like: 060", Follow("060", False, 0.5, 3)),
        ("like: '060'", Follow("060", False, 0.5, 3)),
        ("from: 060", Follow("060", True, 0.6, 3)),
        ("like: {shot: 060, strength: 0.4}", Follow("060", False, 0.4, 3)),
        ("from: {shot: 060, strength: 1}", Follow("060", True, 1.0, 3)),
        ("from: {shot: 060}, strength: 0.3", Follow("060", True, 0.3, 3)),
        ("like: null", None),
    ],
)
def test_a_shot_follows_another(said: str, follow: Follow | None) -> None:
    read = shots(f"shots:\n  060: a\n  010: {{prompt: b, {said}}}\n")

    assert read["010"].follows == follow
    assert read["010"].takes[0].job.image is None


def test_a_mask_lies_on_the_picture_of_the_shot_it_begins_with() -> None:
    read = shots("shots:\n  010: a\n  020: {prompt: b, from: 010, mask: sky.png}\n")

    assert read["020"].takes[0].job.mask == "sky.png"


def test_a_chain_of_hundreds_is_read() -> None:
    text = "".join(f"  s{n}: {{prompt: a, like: s{n + 1}}}\n" for n in range(500))

    assert board(f"shots:\n{text}  s500: the last\n").pictures == 501


# --- for people only ------------------------------------------------------------------------------


def test_captions_never_reach_the_job() -> None:
    told = (
        "title: The key\nscene: 012\naction: Ben waves\ndialogue: {BEN: Up here!}\n"
        "seconds: 2.50\nnotes: [slow, warm]\n"
    )
    bare = board("shots:\n  010:\n    prompt: a\n").shots[0]
    (shot,) = board("shots:\n  010:\n    prompt: a\n    " + told.replace("\n", "\n    ")).shots

    assert shot.takes == bare.takes
    assert shot.told == {
        "title": "The key",
        "scene": "012",
        "action": "Ben waves",
        "dialogue": "BEN: Up here!",
        "seconds": "2.5",
        "notes": "slow\nwarm",
    }


def test_a_title_at_the_top_is_the_boards_and_a_scene_is_of_each_shot() -> None:
    read = board("title: Harbour\nscene: 3\nshots:\n  010: a\n  020: {prompt: b, scene: 4}\n")

    assert read.told == {"title": "Harbour"}
    assert [dict(shot.told) for shot in read.shots] == [{"scene": "3"}, {"scene": "4"}]


@pytest.mark.parametrize(("said", "place"), [("2", 2), ("'2'", 2), ("null", None)])
def test_a_take_is_picked_by_its_number(said: str, place: int | None) -> None:
    assert board(f"takes: 3\nshots: {{010: {{prompt: a, pick: {said}}}}}\n").shots[0].pick == place
