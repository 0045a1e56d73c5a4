"""The letter beside a failed job: readable, quoting the right line, harmless to a terminal."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daemon.errors import DefaultsError, JobError, NeverAJobError, SetupError
from daemon.text.failure_letter import explain
from daemon.text.printable import printable as clean

UNHURRIED = settings(deadline=None)  # the machine may be busy


def test_a_letter_says_what_where_why_and_what_to_do() -> None:
    error = JobError("It is wrong.", line=2, key="steps", why="Because.", remedy="Mend it.")

    assert explain(error, file="a.yaml", source=b"prompt: x\nsteps: y\n", when="today") == (
        "a.yaml was not rendered (today).\n"
        "\n"
        "It is wrong.\n"
        "\n"
        "a.yaml, line 2:\n"
        "\n"
        "    1 | prompt: x\n"
        "  > 2 | steps: y\n"
        "      | ^^^^^\n"
        "\n"
        "Because.\n"
        "\n"
        "What to do now\n"
        "  - Mend it.\n"
        "  - Correct the file and drop it into the inbox again,\n"
        "  - or correct it here, beside this letter, and run\n"
        "      hotfolder retry a.yaml\n"
    )


def test_what_is_not_the_files_fault_asks_for_no_correction() -> None:
    letter = explain(JobError("The worker died.", remedy="Close other programs."), file="a.yaml")

    assert "Correct" not in letter
    assert letter.endswith("  - To have it rendered again, run\n      hotfolder retry a.yaml\n")


def test_a_fault_in_the_defaults_points_there_and_quotes_nothing_of_the_job() -> None:
    error = DefaultsError("It is wrong.", line=1, key="steps", file="inbox/ep01/_defaults.yaml")
    letter = explain(error, file="a.yaml", source=b"steps: 1\n")

    assert "inbox/ep01/_defaults.yaml, line 1." in letter
    assert "steps: 1" not in letter
    assert "Correct inbox/ep01/_defaults.yaml, then run" in letter


def test_a_file_only_looked_at_is_not_to_be_retried() -> None:
    error = JobError("It is wrong.", line=1, remedy="Mend it.")

    assert explain(error, file="a.yaml", source=b"prompt: x", dropped=False) == (
        "a.yaml has a mistake in it.\n\nIt is wrong.\n\na.yaml, line 1:\n\n  > 1 | prompt: x\n\n"
        "What to do now\n  - Mend it.\n"
    )


def test_what_no_correction_makes_a_job_of_is_not_to_be_retried() -> None:
    error = NeverAJobError("A spreadsheet (.xlsx) can't be read.", remedy="Save it as CSV.")

    assert explain(error, file="a.xlsx", source=b"PK") == (
        "a.xlsx was not rendered.\n\nA spreadsheet (.xlsx) can't be read.\n\n"
        "What to do now\n  - Save it as CSV.\n"
    )


def test_other_errors_are_told_as_well() -> None:
    letter = explain(SetupError("No model.", remedy="Fetch one."), file="a.yaml")

    assert "No model." in letter
    assert "  - Fetch one." in letter


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("a.yaml", "a.yaml"),
        ("лодка.yaml", "лодка.yaml"),
        ("my boat.yaml", "'my boat.yaml'"),
        ("it's.yaml", "'it'\\''s.yaml'"),
        ("$(rm).yaml", "'$(rm).yaml'"),
        ("-rf.yaml", "-- -rf.yaml"),
    ],
)
def test_the_command_can_be_pasted_into_a_shell(name: str, typed: str) -> None:
    assert explain(JobError("x"), file=name).splitlines()[-1] == f"      hotfolder retry {typed}"


@pytest.mark.parametrize(
    ("line", "key", "column"),
    [
        ("place: {Anna: lefft}", "Anna", 8),
        ("010: {prompt: Anna waves, place: {Anna: lefft}}", "Anna", 34),
        ("010: {prompt: 'Anna: hi', place: {Anna: lefft}}", "Anna", 34),
        ("a: {prompt: in {light}, vary: {light: none.txt}}", "light", 31),
        ("010: {prompt: a room, m: x}", "m", 22),
        ('{"prompt": "steps", "steps": 900}', "steps", 21),
        ("  - steps: steps", "steps", 4),
        ("prompt: a, prompt: b", "prompt", 0),
        ("- [a boat, 3]", "boat", 5),
        ("with: [Anna, Ann]", "Ann", 13),
        ("010,a prompt", "m", None),
        ("prompt: a {lights} room", "light", None),
    ],
)
def test_a_key_is_marked_where_it_stands_as_one(line: str, key: str, column: int | None) -> None:
    letter = explain(JobError("x", line=1, key=key), file="a", source=line.encode())
    marked = "" if column is None else f"      | {' ' * column}{'^' * len(key)}\n"
    assert f"  > 1 | {line}\n{marked}".rstrip() in letter
    assert letter.count("^") == (0 if column is None else len(key))


def test_wide_letters_do_not_push_the_carets_away() -> None:
    letter = explain(JobError("x", line=1, key="b"), file="a", source="{日本: 1, b: 2}".encode())

    assert "  > 1 | {日本: 1, b: 2}\n      |           ^\n" in letter


def test_a_line_beyond_the_end_is_only_named() -> None:
    assert "a.yaml, line 9." in explain(JobError("x", line=9), file="a.yaml", source=b"prompt: x")


def test_a_picture_is_not_quoted() -> None:
    letter = explain(JobError("x", line=1), file="a.png", source=b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR")

    assert "IHDR" not in letter


@UNHURRIED
@given(st.binary(max_size=200), st.integers(1, 5), st.text(max_size=20), st.text(max_size=20))
def test_whatever_a_file_holds_the_letter_is_harmless(
    source: bytes, line: int, key: str, name: str
) -> None:
    error = JobError(f"What {key}", line=line, key=key, why=f"Why {key}", remedy=f"Do {key}")
    letter = explain(error, file=name, source=source)

    assert letter.encode()
    assert all(c in "\n\u200d" or (c.isprintable() or c.isspace()) for c in letter)
    assert not set(letter) & set("\x1b\r\x07\x9b\u202e\u2066\0")


def test_cleaning_keeps_text_and_emoji_as_they_are() -> None:
    assert clean("лодка 👩‍🚀 é\x1b[2J\u202e") == r"лодка 👩‍🚀 é\x1b[2J\u202e"
