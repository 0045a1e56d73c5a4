"""A name of the cast that is misspelt in a prompt is asked about; other words are not."""

from __future__ import annotations

from pathlib import Path

import pytest

from daemon.cli import main
from daemon.jobfile.cast import Character
from daemon.jobfile.cast_remarks import misspelt
from daemon.root.layout import Layout

NAMES = "Anna, Ben, Old Marcus, Leo, Ned, Rose, Анна, Will, Mark, Lena, Walter"
CAST = {name: Character(name) for name in NAMES.split(", ")}


def asked(text: str, *settled: str) -> list[tuple[str, str]]:
    """(word, name) of every question."""
    said = misspelt(text, CAST, set(settled))
    return [(text.split("`")[1], text.split("meant for ")[1].split(", who")[0]) for text in said]


@pytest.mark.parametrize(
    ("text", "word", "name"),
    [
        ("Bne walks", "Bne", "Ben"),
        ("a man, Bne, walks", "Bne", "Ben"),
        ("over Anan's shoulder", "Anan", "Anna"),
        ("Anma waves", "Anma", "Anna"),
        ("the hat of Annna", "Annna", "Anna"),
        ("a hug for Ann", "Ann", "Anna"),
        ("Marcos, asleep", "Marcos", "Old Marcus"),
        ("Marcu sleeps", "Marcu", "Old Marcus"),
        ("письмо Анны", "Анны", "Анна"),
        ("Marrk waves", "Marrk", "Mark"),
        ("the hat of Wall", "Wall", "Will"),  # no sentence begins here
        ("Walker asleep", "Walker", "Walter"),
    ],
)
def test_a_slip_is_asked_about(text: str, word: str, name: str) -> None:
    assert asked(text) == [(word, name)]
    assert asked(text, name) == []


@pytest.mark.parametrize(
    "text",
    [
        "Anna and Ben",
        "Old Marcus, Marcus asleep",
        "End of the pier. Den of a bear. Red roses. Road at night. Bent trees. Men walk",
        "a bne, an anan, annna",
        "Wall of ice. Mask on a table\nRope, taut: Lens of a camera! Then. Barn. Bark",
        "ANNA and BEN",
        "Annabel, Benjamin, Leonie",
        "010 wide, harbour at dawn",
        "",
    ],
)
def test_other_words_are_not(text: str) -> None:
    assert asked(text) == []


def test_of_each_name_only_once() -> None:
    assert asked("Bne and Bne, Anan and Anma") == [("Bne", "Ben"), ("Anan", "Anna")]


def test_check_and_the_log_ask_once_of_a_board(
    root: Layout, tmp_path: Path, daemon, capsys
) -> None:
    root.settings_file.write_text(
        "engine: dry-run\nsettle: 0.1\nscan_interval: 0.2\nfolder_settle: 0.1\n"
    )
    file = tmp_path / "ep.yaml"
    shots = "".join(f"  {at:03d}: a boat, Anma waves, Bne {at}\n" for at in range(5))
    file.write_text(f"cast: {{Anna: {{as: a girl}}, Ben: {{as: a man}}}}\nshots:\n{shots}")

    assert main(["--root", str(root.root), "check", str(file)]) == 0
    told = capsys.readouterr().out
    assert told.count("`Anma` meant") == told.count("`Bne` meant") == 1

    file.rename(root.inbox / "ep.yaml")
    child = daemon("--until-empty")
    assert child.process.wait() == 0
    assert child.log().count("`Anma` meant") == child.log().count("`Bne` meant") == 1
