"""Other ways to write a board: files as programs and people write them, each read to one tree."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from daemon.boards.formats import board_table as board_table_module
from daemon.boards.formats.board_table import board_table
from daemon.boards.read import read_board
from daemon.errors import JobError
from daemon.jobfile import read_job, tree
from daemon.root.layout import BOARD_SUFFIXES, JOB_SUFFIXES
from daemon.settings import Settings

FILES = Path(__file__).parent / "formats"
CAST = ("anna", "Ben")


def read(file: str, cast: tuple[str, ...] = CAST) -> tree.Table:
    found = board_table((FILES / file).read_bytes(), file, cast)
    assert found is not None
    return found


def shots(table: tree.Table) -> dict[str, object]:
    """Every shot by its id, or by its line where it has none."""
    node = table.items["shots"]
    if isinstance(node, tree.Table):
        return {key: tree.plain(item) for key, item in node.items.items()}
    assert isinstance(node, tree.Listing)
    found: dict[str, object] = {}
    for item in node.items:
        plain = tree.plain(item)
        found[
            plain.pop("shot", f"line {item.line}")
            if isinstance(plain, dict)
            else f"line {item.line}"
        ] = plain
    return found


def lines(table: tree.Table) -> list[int]:
    node = table.items["shots"]
    assert isinstance(node, tree.Table | tree.Listing)
    return [
        item.line for item in (node.items.values() if isinstance(node, tree.Table) else node.items)
    ]


EPISODE = {
    "010": {"scene": "1", "prompt": "wide, harbour at dawn, fishing boats, mist", "seconds": 4, "takes": 3},
    "020": {
        "scene": "1",
        "prompt": "medium, Anna stands on the harbour wall, wind in her hair",
        "action": "Anna waits.",
        "seconds": 2.5,
        "seed": 7,
        "with": ["anna"],
        "notes": "Location: pier",
    },
    "060": {
        "scene": "2",
        "prompt": 'over the shoulder, Ben waves from the "Marie"',
        "dialogue": "BEN: Up here!\nANNA: Where?",
        "seconds": 2,
        "takes": 5,
        "with": ["anna", "Ben"],
        "notes": "first light\nonly\nLocation: boat",
    },
}  # fmt: skip


@pytest.mark.parametrize(
    ("file", "first"),
    [
        ("excel_semicolon.csv", 2),  # byte order mark, `;`, decimal commas, CRLF
        ("excel_unicode.txt", 2),  # UTF-16, tabs, saved as "Unicode Text"
        ("numbers.csv", 3),  # the table's name above the headings
        ("sheets.csv", 2),  # no end of the last line
        ("sep_line.csv", 3),  # Excel's own line about the sign between cells
    ],
)
def test_a_shot_list_is_read_however_a_spreadsheet_saves_it(file: str, first: int) -> None:
    table = read(file)

    assert shots(table) == EPISODE
    assert lines(table) == [first, first + 1, first + 2]
    assert "`Location`" in " ".join(table.warnings)


@pytest.mark.parametrize("file", ["sheets.tsv", "carriage_returns.csv"])
def test_what_a_program_has_to_leave_out_of_a_cell_changes_nothing_else(file: str) -> None:
    found = {
        name: {key: str(value).replace("\n", " ").replace('"', "") for key, value in shot.items()}
        for name, shot in EPISODE.items()
    }

    same = {
        name: {key: str(value).replace("\n", " ").replace('"', "") for key, value in shot.items()}
        for name, shot in shots(read(file)).items()
        if isinstance(shot, dict)
    }

    assert same == found


@pytest.mark.parametrize(
    ("heading", "key"),
    [
        *(("Shot", "shot"), ("ID", "shot"), ("Shot No.", "shot"), ("#", "shot"), ("SHOT_NUMBER", "shot")),
        *(("Negative Prompt", "negative_prompt"), ("negative", "negative_prompt"), ("Steps", "steps")),
        *(("Duration (s)", "seconds"), ("cfg scale", "guidance_scale"), ("Title:", "title")),
        *(("\u00a0Dialogue ", "dialogue"), ("takes", "takes"), ("Style", "style")),
    ],
)  # fmt: skip
def test_headings_are_known_however_they_are_written(heading: str, key: str) -> None:
    data = f"description,{heading}\na boat,3\n".encode()

    (shot,) = shots(board_table(data, "a.csv") or pytest.fail("no board")).items()

    assert shot[0] == "3" if key == "shot" else key in str(shot[1])


def test_shots_that_are_numbered_anew_in_each_scene_are_told_apart_by_it() -> None:
    data = b"scene,shot,prompt\n12,1,a\n12,2,b\n13,1,c\nEXT. A LONG HEADING,1,d\n"

    found = shots(board_table(data, "a.csv") or pytest.fail("no board"))

    assert list(found) == ["12-1", "12-2", "13-1", "3-1"]


def test_a_row_with_nothing_but_a_scene_is_the_heading_of_those_below() -> None:
    data = b"scene,shot,prompt\nHarbour,,\n,1,a\n,2,b\nPier,,\n,3,c\n"

    found = shots(board_table(data, "a.csv") or pytest.fail("no board"))

    assert [shot["scene"] for shot in found.values() if isinstance(shot, dict)] == [
        "Harbour", "Harbour", "Pier",
    ]  # fmt: skip


def test_whatever_stands_in_cells_comes_back_from_a_table_of_ten_thousand_rows() -> None:
    odd = [
        "a boat; red, blue",
        'the "Marie"',
        "two\nlines",
        "  spaces ",
        "tab\there",
        "'=1+1",
        "é ü 海",
    ]
    prompts = [f"{odd[n % len(odd)]} {n}" for n in range(10_000)]
    for sign in ",;\t":
        file = io.StringIO(newline="")
        csv.writer(file, delimiter=sign).writerows([["id", "prompt"], *enumerate(prompts)])

        table = board_table(file.getvalue().encode(), "a.csv")

        assert table is not None
        assert [shot["prompt"] for shot in shots(table).values() if isinstance(shot, dict)] == [
            prompt.strip() for prompt in prompts
        ]


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
