"""Screenplays as programs and people write them: what is no action makes no picture of its own."""

from __future__ import annotations

import pytest

from daemon.boards.board import Board
from daemon.boards.formats.fountain_lines import place_of
from daemon.boards.read import read_board
from daemon.settings import Settings


def read(text: str) -> Board:
    return read_board(text.encode(), "ep.fountain", name="ep", base=Settings().job_defaults)


def prompts(text: str) -> list[str]:
    return [shot.written for shot in read(text).shots]


@pytest.mark.parametrize(
    "direction",
    [
        *("CLOSE ON:", "CLOSE UP", "CLOSER", "ANGLE ON ANNA", "ANOTHER ANGLE", "INSERT - THE KNIFE"),
        *("WIDE SHOT", "ECU:", "ANNA'S POV", "POV - THE DOOR", "OVER BEN'S SHOULDER", "ON ANNA"),
        *("LOW ANGLE", "TWO SHOT", "MS - ANNA", "CLOSER ON BEN", "WIDE: THE BAR", "BACK ON BEN", "REVERSE ANGLE", "AERIAL SHOT"),
    ],
)  # fmt: skip
def test_a_direction_of_the_camera_belongs_to_what_it_shows(direction: str) -> None:
    text = f"INT. KITCHEN - DAY\n\nA pot.\n\n{direction}\n\nIt boils over.\n\nAnna runs.\n"

    assert prompts(text) == ["A pot.", f"{direction.rstrip(':')}: It boils over.", "Anna runs."]


def test_a_direction_that_names_somebody_is_a_shot_where_no_action_follows() -> None:
    text = (
        "INT. BAR - DAY\n\nANGLE ON ANNA\n\nANNA\nNo!\n\nCLOSE ON:\n\nEXT. PIER - DAY\n\nA boat.\n"
    )
    board = read(text)

    assert [shot.written for shot in board.shots] == ["ANGLE ON ANNA", "A boat."]
    assert board.shots[0].told["dialogue"] == "ANNA: No!"


@pytest.mark.parametrize(
    "said",
    ["THE BOMB EXPLODES.", "ONE MAN RUNS.", "ANNA AND BEN FACE EACH OTHER.", "CLOSE ON THE KNIFE.",
     "Close on the knife", "PANIC", "!CLOSE ON"],
)  # fmt: skip
def test_action_in_capitals_stays_a_shot(said: str) -> None:
    assert prompts(f"INT. BAR - DAY\n\n{said}\n\nAnna runs.\n") == [said.strip("!"), "Anna runs."]


@pytest.mark.parametrize(
    "sign",
    ["BACK TO SCENE", "(CONTINUED)", "CONTINUED:", "END MONTAGE", "INTERCUT:",
     "ACT TWO", "END OF ACT TWO", "TEASER", "THE END", "OMITTED"],
)  # fmt: skip
def test_what_guides_a_reader_is_never_seen(sign: str) -> None:
    assert prompts(f"INT. BAR - DAY\n\nA boat.\n\n{sign}\n\nAnna runs.\n") == [
        "A boat.",
        "Anna runs.",
    ]


@pytest.mark.parametrize(
    "speaker",
    ["MS. SMITH", "MS. SMITH (CONT'D)", "HIGH PRIEST", "LONG JOHN SILVER (V.O.)", "WIDE-EYED BOY",
     "ANNA CONT'D", "FULL METAL MAN"],
)  # fmt: skip
def test_who_is_called_like_a_direction_speaks(speaker: str) -> None:
    (shot,) = read(f"INT. BAR - DAY\n\nA boat.\n\n{speaker}\nAhoy.\n").shots

    assert shot.written == "A boat."
    assert shot.told["dialogue"] == f"{speaker.partition(' (')[0]}: Ahoy."


@pytest.mark.parametrize("shown", ["END TABLE", "END OF THE PIER", "FULL MOON", "THE END ACTOR"])
def test_what_is_shown_in_capitals_is_a_shot(shown: str) -> None:
    assert prompts(f"INT. BAR - DAY\n\n{shown}\n\nAnna runs.\n") == [shown, "Anna runs."]


@pytest.mark.parametrize("sign", ["- ", "-- ", "* ", "• ", "A) ", "1. "])
def test_each_line_of_a_montage_is_a_shot(sign: str) -> None:
    text = f"INT. BAR - DAY\n\nMONTAGE:\n\n{sign}Anna runs.\n{sign}Ben rows.\n{sign}A dog barks.\n"
    board = read(text)

    assert [shot.written for shot in board.shots] == ["Anna runs.", "Ben rows.", "A dog barks."]
    assert [shot.line for shot in board.shots] == [5, 6, 7]


@pytest.mark.parametrize(
    ("heading", "place"),
    [
        ("INT. KITCHEN - DAY", "kitchen, day, interior"),
        ("INNEN. KÜCHE - TAG", "küche, tag, interior"),
        ("AUSSEN. GARTEN - NACHT", "garten, nacht, exterior"),
        ("ИНТ. КУХНЯ - ДЕНЬ", "кухня, день, interior"),
        ("НАТ. САД - НОЧЬ", "сад, ночь, exterior"),
        ("INTERIOR. CAR - DAY", "car, day, interior"),
        ("INTERIOR CAR - DAY", "car, day, interior"),
        ("INTERIOR - CAR", "car, interior"),
        ("INT/EXTERIOR CAR", "car"),
        ("INT CAR", "car, interior"),
        ("INT./EXT. CAR - DAY", "car, day"),
        ("INNEN/AUSSEN. AUTO - TAG", "auto, tag"),
    ],
)
def test_a_heading_is_one_in_the_language_of_its_script(heading: str, place: str) -> None:
    board = read(f"{heading}\n\nAnna runs.\n")

    assert [shot.written for shot in board.shots] == ["Anna runs."]
    assert board.shots[0].told["scene"] == heading
    assert place_of(heading) == place


@pytest.mark.parametrize(
    "line",
    [
        "Interior lights flicker.",
        "3 men run.",
        "INTERIOR DESIGNERS crowd in.",
        "INTERIOR MONOLOGUE",
    ],
)
def test_a_sentence_is_no_heading(line: str) -> None:
    assert prompts(f"INT. BAR - DAY\n\n{line}\n") == [line]


@pytest.mark.parametrize(
    "heading", ["12 INT. BAR - DAY 12", "12. INT. BAR - DAY", "12A INT. BAR 12A"]
)
def test_a_number_in_the_margin_is_the_scenes(heading: str) -> None:
    (shot,) = read(f"{heading}\n\nAnna runs.\n").shots

    assert shot.id == f"{heading.split()[0].strip('.')}-010"
    assert shot.told["scene"] in ("INT. BAR - DAY", "INT. BAR")
