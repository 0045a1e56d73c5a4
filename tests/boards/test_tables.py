"""Shot lists from spreadsheets: whatever a program makes of cells, the shots are the same."""

from __future__ import annotations

import csv
import io

import pytest
from support.board_files import lines, read, shots

from daemon.boards.formats.board_table import board_table

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
