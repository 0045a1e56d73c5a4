"""Shot lists as tables that people keep: in their language, with cells merged, in Markdown."""

from __future__ import annotations

import pytest

from daemon.boards.board import Board
from daemon.boards.formats import columns
from daemon.boards.read import read_board
from daemon.errors import JobError
from daemon.settings import Settings


def read(text: str, file: str = "ep.csv") -> Board:
    return read_board(text.encode(), file, name="ep", base=Settings().job_defaults)


def shots(text: str, file: str = "ep.csv") -> dict[str, str]:
    return {shot.id: shot.written for shot in read(text, file).shots}


@pytest.mark.parametrize(
    "headings",
    [
        "Shot #,Shot Size,Description,Duration (s)",
        "#,Shot,Description,Duration",
        "No.,Type,Description,Sec",
        "Frame,Framing,Visual,Duration",
        "Panel,Shot size,Video,Seconds",
        "Nr.,Einstellung,Beschreibung,Dauer",
        "Nr.,Einstellungsgröße,Bildinhalt,Länge",
        "N°,Plan,Description,Durée",
        "Nº,Plano,Descripción,Duración",
        "N.,Inquadratura,Descrizione,Durata",
        "№,План,Описание,Хронометраж",
    ],
)
@pytest.mark.parametrize("sign", [",", ";", "\t", "|"])
def test_columns_are_known_in_the_words_of_those_who_keep_the_table(
    headings: str, sign: str
) -> None:
    table = f"{headings}\n1,WS,the harbour,3\n12A,CU,Anna,2\n".replace(",", sign)
    board = read(table)

    assert {shot.id: shot.written for shot in board.shots} == {
        "1": "WS, the harbour",
        "12A": "CU, Anna",
    }
    assert [shot.told["seconds"] for shot in board.shots] == ["3", "2"]


def test_a_column_of_letters_that_are_no_sizes_is_the_id() -> None:
    assert [*shots("Shot,Description\nA,the harbour\nB,Anna\nW,Ben\n")] == ["A", "B", "W"]


@pytest.mark.parametrize("ids", [["CU-01", "CU-02"], ["MS 1", "MS 2"], ["Full-010", "Full-020"]])
def test_an_id_may_begin_with_a_size(ids: list[str]) -> None:
    assert [*shots(f"Shot,Description\n{ids[0]},a\n{ids[1]},b\n")] == ids


@pytest.mark.parametrize(
    "cell", ["CU", "Wide", "Medium close-up", "CU - Anna", "Wide on the pier", "ECU (lens 85)", "WS/OTS",
             "Full shot of Ben", "2-shot", "extreme wide"],
)  # fmt: skip
def test_an_unknown_column_of_sizes_goes_before_the_prompt_and_is_named(cell: str) -> None:
    board = read(f"Shot,Kader,Description\n1,{cell},a\n2,{cell},b\n")

    assert [shot.written for shot in board.shots] == [f"{cell}, a", f"{cell}, b"]
    assert any("sizes" in warning and "`Kader`" in warning for warning in board.warnings)


@pytest.mark.parametrize(
    "cell",
    ["Close the door!", "Wide open.", "Master bedroom", "long rope", "full skirt", "Overhead lamp",
     "Detail work"],
)  # fmt: skip
def test_an_unknown_column_that_begins_like_a_size_is_a_note(cell: str) -> None:
    board = read(f"Shot,Kader,Description\n1,{cell},a\n2,{cell},b\n")

    assert [shot.written for shot in board.shots] == ["a", "b"]
    assert board.shots[0].told["notes"] == f"Kader: {cell}"
    assert any("went to `notes`: `Kader`" in warning for warning in board.warnings)


@pytest.mark.parametrize(
    ("headings", "key", "kept"),
    [
        ("Scene,Scene Heading,Shot,Prompt", "scene", "Scene Heading"),
        ("Scene,Slugline,Shot,Prompt", "scene", "Slugline"),
        ("Title,Name,Shot,Prompt", "title", "Name"),
        ("Action,Actions,Shot,Prompt", "action", "Actions"),
        ("Dialogue,Dialog,Shot,Prompt", "dialogue", "Dialog"),
    ],
)
def test_of_two_columns_that_mean_the_same_for_people_the_later_is_a_note(
    headings: str, key: str, kept: str
) -> None:
    (shot,) = read(f"{headings}\nX,Y,1,a\n").shots

    assert (shot.id, shot.written, shot.told[key]) == ("1", "a", "X")
    assert shot.told["notes"] == f"{kept}: Y"


def test_a_second_cast_is_a_note_and_two_prompts_are_an_error() -> None:
    assert read("Cast,Talent,Prompt\nAnna,Ben,a\n").shots[0].told["notes"] == "Talent: Ben"
    with pytest.raises(JobError, match="Two columns mean `prompt`"):
        read("prompt,description\na,b\n")


@pytest.mark.parametrize("counting", ["n", "N", "#"])
def test_a_column_that_counts_rows_is_no_id_beside_another(counting: str) -> None:
    assert [*shots(f"Shot,Prompt,{counting}\n010,a,1\n020,b,2\n")] == ["010", "020"]


def test_what_else_is_seen_is_a_note_where_a_prompt_stands() -> None:
    board = read("Shot,Visual,Description,Subject\n1,blue,the harbour,boats\n")

    assert board.shots[0].written == "the harbour"
    assert board.shots[0].told["notes"] == "Visual: blue\nSubject: boats"


def test_a_cell_merged_over_several_rows_holds_for_each() -> None:
    board = read("Scene,Shot,Description\nINT. BAR,1,a\n,2,b\n,3,c\nEXT. PIER,1,d\n,2,e\n")

    assert [shot.id for shot in board.shots] == ["1-1", "1-2", "1-3", "2-1", "2-2"]
    assert [shot.told["scene"] for shot in board.shots] == ["INT. BAR"] * 3 + ["EXT. PIER"] * 2


def test_panels_of_one_shot_are_told_apart_by_their_numbers() -> None:
    text = "Shot,Panel,Description\n1,1,a\n1,2,b\n2,1,c\n"

    assert [*shots(text)] == ["1-1", "1-2", "2-1"]
    assert [*shots("Shot,Panel,Description\n1,1,a\n2,1,b\n")] == ["1", "2"]


@pytest.mark.parametrize("heading", ["Frame", "Board", "Panel"])
def test_a_panel_that_no_id_needs_is_a_note(heading: str) -> None:
    (first, second) = read(f"Shot,{heading},Description,Notes\n1,120,a,fog\n2,,b,\n").shots

    assert first.told["notes"] == f"fog\n{heading}: 120"
    assert "notes" not in second.told


@pytest.mark.parametrize(
    "word", ["Total", "TOTAL RUNTIME", "Grand total:", "Summe", "Gesamt", "Итого"]
)
def test_a_row_that_counts_up_is_no_shot_and_is_told(word: str) -> None:
    board = read(f"Shot,Description,Duration\n1,the harbour,3\n2,Anna,4\n,,\n{word},,7\n")

    assert [shot.id for shot in board.shots] == ["1", "2"]
    assert any("line 5" in warning for warning in board.warnings)


def test_a_shot_that_begins_like_a_sum_keeps_its_words() -> None:
    assert shots("Shot,Description\n1,Total darkness\n2,Totale des Hafens\n") == {
        "1": "Total darkness",
        "2": "Totale des Hafens",
    }


def test_headings_that_come_again_on_each_page_are_no_shot() -> None:
    assert [*shots("Shot,Description\n1,a\nShot,Description\n2,b\n")] == ["1", "2"]


def test_quotes_in_a_table_with_tabs_are_quotes_of_the_text_where_no_program_set_them() -> None:
    assert shots('Shot\tDescription\n1\tthe "old" man\n2\t"Stop!" she cries\n', "ep.tsv") == {
        "1": 'the "old" man',
        "2": '"Stop!" she cries',
    }


@pytest.mark.parametrize("file", ["ep.txt", "ep.csv"])
@pytest.mark.parametrize("bars", [("| ", " |"), ("", ""), ("  |", "|  ")])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_table_in_markdown_is_a_table(file: str, bars: tuple[str, str], end: str) -> None:
    rows = ["# | Size | Description | Notes", "---|:---:|------|---", "1 | WS | a street \\| rain | x",
            "2 | CU | **Anna**<br>waits |", "12A | MS | Ben | y"]  # fmt: skip
    text = (
        "# Episode 1\n\n" + "".join(f"{bars[0]}{row}{bars[1]}\n" for row in rows) + "\nThe end.\n"
    )
    board = read(text.replace("\n", end), file)

    assert {shot.id: shot.written for shot in board.shots} == {
        "1": "WS, a street | rain",
        "2": "CU, Anna\nwaits",
        "12A": "MS, Ben",
    }
    assert [shot.line for shot in board.shots] == [5, 6, 7]


@pytest.mark.parametrize(
    "length", ["2.5", "2,5 s", "2.5 sec.", "~2.5", "ca. 2,5 Sek.", '2.5"', "0:02.5"]
)
def test_a_length_is_read_with_what_people_write_around_it(length: str) -> None:
    cell = length.replace('"', '""')
    board = read(f'Shot,Description,Duration\n1,a,"{cell}"\n')

    assert board.shots[0].told["seconds"] == "2.5"


@pytest.mark.parametrize(
    "cell", ["Anna, Ben", "Anna & Ben", "Anna/Ben", "Anna and Ben", "Anna + Ben"]
)
def test_whoever_is_named_in_one_cell_is_told_apart(cell: str) -> None:
    board = read(f'Shot,Description,Characters\n1,a,"{cell}"\n')

    assert any("Anna (line 2), Ben (line 2)" in warning for warning in board.warnings)


@pytest.mark.parametrize(
    "cell", ["Tom and Jerry", "Salt & Pepper", "Ben, tom and jerry", "Ben; Salt & Pepper\nBen"]
)
def test_a_known_name_with_an_and_in_it_stays_whole(cell: str) -> None:
    known = ["Tom and Jerry", "Salt & Pepper", "Ben"]
    named = columns.names(cell, known)

    assert {name.casefold() for name in named} <= {name.casefold() for name in known}


def test_a_bar_in_the_prompts_of_a_table_of_one_column_is_a_part_of_them() -> None:
    text = "Prompt\na {red|blue} car\na {big|small} dog\n"

    assert [*shots(text).values()] == text.splitlines()[1:]


def test_what_stands_below_a_table_in_markdown_is_no_shot() -> None:
    text = "| # | Prompt |\n|---|---|\n| 1 | a |\n| 2 | b |\n\nLook: dark | cold\n"

    assert shots(text) == {"1": "a", "2": "b"}


@pytest.mark.parametrize("between", ["", "\n", "\n## Scene 2\n\n"])
def test_tables_with_the_same_headings_are_one_shot_list(between: str) -> None:
    head = "| # | Prompt |\n|---|---|\n"
    cast = "\n| Name | Age |\n|---|---|\n| Ben | 40 |\n"
    text = f"{head}| 1 | a |\n| 2 | b |\n{between}{head}| 3 | c |\n{cast}"

    assert shots(text) == {"1": "a", "2": "b", "3": "c"}


def test_a_table_that_says_nowhere_what_is_seen_gets_a_letter() -> None:
    with pytest.raises(JobError, match="No row of headings"):
        read("Nr,Größe\n1,WS\n")
