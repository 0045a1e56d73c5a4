"""A Markdown list of shots is read as a text file, and every letter about one leads to that."""

from __future__ import annotations

import contextlib
import stat
from pathlib import Path

import pytest

from daemon.boards.read import read_board
from daemon.cli import main
from daemon.errors import JobError
from daemon.inbox.remedies import remedy_for
from daemon.jobfile.document import read_table
from daemon.root.layout import Layout
from daemon.settings import Settings

EPISODE = """\
# Episode 4

A quiet one, all at night.

## Scene 1 - harbour, night

- 010: wide, a boat on the sea
- 020: Anna waves
  - dialogue: ANNA: Hello!
  - from the pier

## Scene 2

1. a house on the hills
   at **dusk**
2. Ben opens the door
"""


def read(text: str):
    return read_board(text.encode(), "ep04.txt", name="ep04", base=Settings().job_defaults)


def shots(text: str) -> dict[str, str]:
    return {shot.id: shot.written for shot in read(text).shots}


def test_items_are_shots_and_headings_their_scenes() -> None:
    board = read(EPISODE)
    told = {shot.id: dict(shot.told) for shot in board.shots}

    assert shots(EPISODE) == {
        "010": "wide, a boat on the sea",
        "020": "Anna waves",
        "1": "a house on the hills at dusk",
        "2": "Ben opens the door",
    }
    assert told["020"] == {
        "scene": "Scene 1 - harbour, night",
        "dialogue": "ANNA: Hello!",
        "notes": "from the pier",
    }
    assert told["2"] == {"scene": "Scene 2"}
    assert any("line 3" in warning for warning in board.warnings)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("- a\n- b\n", {"010": "a", "020": "b"}),
        ("* a\n* 3 boats\n* c\n", {"010": "a", "020": "3 boats", "030": "c"}),
        ("- [ ] 010 a\n- [x] 020 b\n", {"010": "a", "020": "b"}),
        ("1. a\n- b\n2. c\n", {"1": "a", "1A": "b", "2": "c"}),
        ("## A\n1. a\n2. b\n## B\n1. c\n", {"1-1": "a", "1-2": "b", "2-1": "c"}),
        ("## A\n1. a\n1. b\n", {"010": "a", "020": "b"}),
        ("- a boat\n  at night\n\n- b\n", {"010": "a boat at night", "020": "b"}),
        # a number is a shot also without a sign, and with a letter
        ("- 010 a\n020A a man\n- 030 b\n", {"010": "a", "020A": "a man", "030": "b"}),
        ("- 010 a\n 020 b\n- 030 c\n", {"010": "a", "020": "b", "030": "c"}),
        ("- 010 a\n- 020 b\n020A. c\n", {"010": "a", "020": "b", "020A": "c"}),
        # what is indented below an item counts for it
        ("- 010 a\n  dialogue: ANNA: Hello!\n- 020 b\n", {"010": "a", "020": "b"}),
        ("1. a\n   seconds: 3\n", {"1": "a"}),
        ("Shots:\n- a\n- b\n", {"010": "a", "020": "b"}),
        ("Shots:\n  - a\n  - b\n", {"010": "a", "020": "b"}),
        ("- a\n## B\n  - b\n", {"010": "a", "020": "b"}),
        # comments, rules, quotations and fences are no words
        ("- a\n#todo later\n- b\n", {"010": "a", "020": "b"}),
        ("- a\n---\n- b\n***\n* * *\n- c\n", {"010": "a", "020": "b", "030": "c"}),
        ("- a\n> note\n- b\n  > note\n", {"010": "a", "020": "b"}),
        ("- a\n```text\n- b\n```\n", {"010": "a", "020": "b"}),
        # no lists in Markdown: as ever
        ("010 a\n- b\n020 c\n", {"010": "a", "010A": "- b", "020": "c"}),
        ("1. a\n2. b\n", {"1": "a", "2": "b"}),
        ("3-020 a\nb\n- c\n", {"010": "3-020 a", "020": "b", "030": "- c"}),
        ("# a\n010 a\n020 b\n", {"010": "a", "020": "b"}),
        # the details of numbered shots, as ever
        (
            "010 a\n- wide\n- fog\n020 b\n- night\n",
            {"010": "010 a", "020": "- wide", "030": "- fog", "040": "020 b", "050": "- night"},
        ),
        ("010 a\n- fog\n020 b\n", {"010": "a", "010A": "- fog", "020": "b"}),
        ("010 a\n\n- 3 gulls\n\n- fog\n", {"010": "010 a", "020": "- 3 gulls", "030": "- fog"}),
        ("Shot 1: a\n  - wide\nb\n", {"010": "Shot 1: a", "020": "- wide", "030": "b"}),
    ],
)
def test_signs_are_no_words(text: str, found: dict[str, str]) -> None:
    assert shots(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "- prompt: a\n- b\n",
        "- --steps 20\n- b\n",
        "prompt: a\n010 b\n",
        "style: pencil\nshots:\n- 010: a harbour\n- a street\n- b\n",
        "Episode 4\n\nCast: Anna, Ben\n\n- a\n- b\n- c\n",
    ],
)
def test_keys_and_options_are_no_shots(text: str) -> None:
    with pytest.raises(JobError):
        read(text)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("- a harbour\nAnna walks\n- b\n- c\n", 2),
        ("- a harbour\nat night\n- b\n", 2),
        ("Shot 1: a\n- wide\n- fog\nShot 2: b\n- night\n", 1),
        ("INT. KITCHEN\n- a\n- b\n", 1),
        ("- a\n- b\n\nINT. STREET\n\n- c\n", 4),
    ],
)
def test_what_may_be_a_shot_or_not_is_asked_about_and_never_lost(text: str, line: int) -> None:
    with pytest.raises(JobError, match="is none") as caught:
        read(text)
    assert caught.value.line == line


def test_a_comment_ends_no_scene() -> None:
    board = read("## INT. KITCHEN\n- a\n# check with Anna\n- b\n## PIER ##\n- c\n")
    assert [shot.told["scene"] for shot in board.shots] == ["INT. KITCHEN"] * 2 + ["PIER"]


def test_no_line_is_read_in_more_than_linear_time() -> None:
    for filling in (" ", "#", "# ", "-", "- ", "* ", "1", "\t"):
        with contextlib.suppress(JobError):
            read(f"## a{filling * 200_000}b\n- a{filling * 200_000}b\n- c\n")


@pytest.mark.parametrize(
    "text", [EPISODE, "010 a\n020 b\n", "1. a\n2. b\n", "- 010: a\n- 020: b\n", "* a\n* b\n"]
)
@pytest.mark.parametrize("ending", [".md", ".yaml", ".txt"])
def test_every_letter_leads_to_what_works_and_in_no_circle(
    root: Layout, tmp_path: Path, capsys, text: str, ending: str
) -> None:
    root.settings_file.write_text("engine: dry-run\n")
    file = tmp_path / f"ep04{ending}"
    file.write_text(text)
    good = main(["--root", str(root.root), "check", str(file)]) == 0
    told = capsys.readouterr().out

    assert (good and "shots" in told) or ".txt" in told


def test_a_key_before_shots_is_not_sent_to_yaml_which_would_send_it_back() -> None:
    with pytest.raises(JobError) as caught:
        read_table(b"Cast: Anna\n010 a boat\n020 Anna\n", "ep.txt")
    assert ".yaml" not in caught.value.remedy.replace("_defaults.yaml", "")
    with pytest.raises(JobError) as caught:
        read_table(b"prompt: a boat\nsteps: 3\n", "ep.txt")
    assert "ending .yaml" in caught.value.remedy


def test_in_yaml_a_number_before_the_colon_of_an_item_is_its_id() -> None:
    text = "shots:\n- 005: wide, a boat\n- a house\n- {shot: 015, prompt: a tree}\n"
    board = read_board(text.encode(), "b.yaml", name="b", base=Settings().job_defaults)
    assert [(shot.id, shot.written) for shot in board.shots] == [
        ("005", "wide, a boat"),
        ("010", "a house"),
        ("015", "a tree"),
    ]


def test_an_ending_put_behind_md_is_not_sent_back_to_where_nothing_reads_it() -> None:
    said = remedy_for("ep04.md.txt", stat.S_IFREG, 10).remedy

    assert "Rename it to ep04.txt" in said
    assert "ends in .txt" in remedy_for("ep04.md", stat.S_IFREG, 10).remedy
