"""Other ways to write a board: files as programs and people write them, each read to one tree."""

from __future__ import annotations

import pytest
from support.board_files import FILES, lines, read, shots

from daemon.boards.formats import board_table as board_table_module
from daemon.boards.formats.board_table import board_table
from daemon.boards.read import read_board
from daemon.errors import JobError
from daemon.jobfile import read_job, tree
from daemon.root.layout import BOARD_SUFFIXES, JOB_SUFFIXES
from daemon.settings import Settings


def test_a_line_is_a_shot_and_its_number_the_id() -> None:
    table = read("ep03.txt")

    assert shots(table) == {
        "010": "wide, harbour at dawn, fishing boats, mist",
        "020": "Anna stands on the harbour wall, wind in her hair",
        "020A": "Anna's hands on the cold stone",
        "060": "over Anna's shoulder, Ben waves from the boat",
        "070": "Anna and Ben face each other on the pier",
    }
    assert lines(table) == [3, 4, 5, 6, 7]
    assert "020A in line 5" in table.warnings[0]


def test_a_number_among_lines_that_have_none_is_a_word() -> None:
    table = read("prompts.txt")

    assert [*shots(table).values()][1] == "3 boats on the sea"
    assert "line 2" in table.warnings[0]


@pytest.mark.parametrize("data", ["a boat", "# for Anna\n\na boat\n", "010 a boat\n"])
def test_one_line_stays_an_ordinary_job(data: str) -> None:
    assert board_table(data.encode(), "shot.txt") is None


@pytest.mark.parametrize(
    ("file", "found"),
    [
        (
            "documents.yaml",
            [
                (2, {"prompt": "wide, harbour at dawn", "seed": 7}),
                (5, {"prompt": "Anna stands on the harbour wall", "steps": 12}),
                (8, "the empty pier at night"),
            ],
        ),
        (
            "list.yaml",
            [
                (1, "wide, harbour at dawn"),
                (2, {"prompt": "Anna stands on the harbour wall"}),
                (4, {"prompt": "the empty pier at night", "takes": 2}),
            ],
        ),
        (
            "list.json",
            [
                (2, "wide, harbour at dawn"),
                (3, {"prompt": "the empty pier at night", "takes": 2}),
            ],
        ),
    ],
)
def test_several_documents_or_a_list_are_a_board_without_ids(
    file: str, found: list[tuple[int, object]]
) -> None:
    table = read(file)

    assert list(zip(lines(table), shots(table).values(), strict=True)) == found


@pytest.mark.parametrize(
    ("data", "file"),
    [
        ("prompt: a boat\n", "a.yaml"),
        ("---\nprompt: a boat\n", "a.yaml"),
        ("prompt: he shots\nnotes: |\n  ---\n  shots: 1\n", "a.yml"),
        ('{"prompt": "shots"}', "a.json"),
        ("a line of words", "a.yaml"),
        ("anything", "a.png"),
    ],
)
def test_a_job_is_no_board(data: str, file: str) -> None:
    assert board_table(data.encode(), file) is None


def test_a_mapping_with_shots_is_the_board_itself() -> None:
    table = board_table(b"takes: 3\nshots:\n  010: wide\n", "board.yaml")

    assert table is not None
    assert tree.plain(table) == {"takes": 3, "shots": {"010": "wide"}}


def test_every_board_of_a_storyboarder_scene_that_says_something_is_a_shot_by_its_uid() -> None:
    table = read("harbour.storyboarder")

    assert tree.plain(table.items["aspect"]) == "16:9"
    assert shots(table) == {
        "UDRF3": {
            "prompt": "Wide, harbour at dawn, fishing boats, mist",
            "notes": "slow pan",
            "title": "1A",
            "seconds": 4,
        },
        "RRO6K": {
            "prompt": "Ben waves from the boat",
            "dialogue": "BEN: Up here!",
            "title": "1B",
            "seconds": 2,
        },
        "TSIOW": {
            "prompt": "Anna and Ben face each other on the pier",
            "title": "3A",
            "seconds": 2,
        },
    }
    assert "DRAPP" in table.warnings[0]
    assert "2 boards have drawings, which are followed only where" in table.warnings[1]


def test_every_paragraph_of_action_is_a_shot_of_its_scene() -> None:
    table = read("harbour.fountain")

    harbour = {"scene": "EXT. HARBOUR - DAWN"}
    assert shots(table) == {
        "1-ZX3ZM-010": {"prompt": "Wide. Fishing boats lie in the mist.", **harbour},
        "1-ZX3ZM-020": {
            "prompt": "ANNA stands on the harbour wall, wind in her hair. She does not turn.",
            **harbour,
            "dialogue": "ANNA: (to herself) He is late.\nBEN: Up here!",
            "notes": "second unit",
            "with": ["anna"],
        },
        "1-ZX3ZM-030": {
            "prompt": "Anna turns. Her scarf flies.",
            **harbour,
            "notes": "look up, not down",
            "with": ["anna"],
        },
        "2-FA5K7-010": {
            "prompt": "boat, continuous, interior",
            "scene": "INT. BOAT - CONTINUOUS",
            "dialogue": "BEN: I saw you from the mast.\nMcCoy: Aye.",
            "with": ["Ben"],
        },
        "3-010": {
            "prompt": "ANNA AND BEN FACE EACH OTHER.",
            "scene": "THE PIER, LATER",
            "with": ["anna", "Ben"],
        },
    }
    assert lines(table) == [14, 19, 31, 37, 47]
    assert "McCoy (line 37)" in table.warnings[0]


def test_a_character_without_a_picture_is_told_and_kept_out() -> None:
    table = read("excel_semicolon.csv", cast=())

    assert not any("with" in shot for shot in shots(table).values() if isinstance(shot, dict))
    assert "Anna (line 3), Ben (line 4)" in table.warnings[-1]


@pytest.mark.parametrize("file", sorted(file.name for file in FILES.iterdir()))
def test_each_becomes_a_board_with_a_picture_for_every_take(file: str) -> None:
    found = read_board((FILES / file).read_bytes(), file, name="ep03", base=Settings().job_defaults)

    assert [shot.line for shot in found.shots] == lines(read(file, cast=()))
    assert all(shot.takes for shot in found.shots)


def test_a_text_that_is_a_board_by_its_place_may_have_one_line() -> None:
    found = read_board(b"010 a boat\n", "board.txt", name="ep03", base=Settings().job_defaults)

    assert [(shot.id, shot.written) for shot in found.shots] == [("010", "a boat")]


def test_every_ending_of_a_board_is_looked_at_in_the_inbox_and_no_job_has_it() -> None:
    assert set(board_table_module.BOARD_SUFFIXES) == {*JOB_SUFFIXES, *BOARD_SUFFIXES}
    for suffix in BOARD_SUFFIXES:
        with pytest.raises(JobError, match="a table or a script"):
            read_job(b"prompt: a", file=f"a{suffix}", base=Settings().job_defaults)
