"""A name of the cast that is misspelt in a prompt is asked about; other words are not."""

from __future__ import annotations

import pytest

from daemon.jobfile.cast import Character
from daemon.jobfile.cast_remarks import misspelt

CAST = {
    name: Character(name) for name in ("Anna", "Ben", "Old Marcus", "Leo", "Ned", "Rose", "Анна")
}


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
