"""`--shots` as a person or a farm writes it."""

from __future__ import annotations

import pytest

from daemon.errors import UsageError
from daemon.farm.shot_range import chosen_shots

SHOTS = ("010", "020", "025", "a-b", "030", "x")


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("020", {"020"}),
        ("010-025", {"010", "020", "025"}),
        ("010-020,x", {"010", "020", "x"}),
        (" 010 - 020 , x ", {"010", "020", "x"}),
        ("a-b", {"a-b"}),
        ("025-a-b", {"025", "a-b"}),
        ("a-b-030", {"a-b", "030"}),
        ("10", {"010"}),
        ("10-30", {"010", "020", "025", "a-b", "030"}),
        ("010-x", set(SHOTS)),
    ],
)
def test_shots_are_named_by_id_number_and_range(text: str, meant: set[str]) -> None:
    assert chosen_shots(text, SHOTS, "ep03") == meant


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("040", "--shots 040: ep03 has no shot 040."),
        ("010-099", "ep03 has no shot 099."),
        ("099-010", "ep03 has no shot 099."),
        ("030-010", "In ep03, shot 030 comes after 010. Write 010-030."),
        ("-", "ep03 has no shot -."),
        (",", "it names no shot"),
        ("²", "ep03 has no shot ²."),
    ],
)
def test_what_names_no_shot_is_said(text: str, said: str) -> None:
    with pytest.raises(UsageError) as caught:
        chosen_shots(text, SHOTS, "ep03")
    assert said.lower() in str(caught.value).lower()


def test_a_number_that_two_ids_are_names_neither() -> None:
    with pytest.raises(UsageError):
        chosen_shots("1", ("01", "001"), "ep03")
