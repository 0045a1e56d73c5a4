"""A text file of one line is a job; everything else in one gets a letter that says what to do."""

from __future__ import annotations

import pytest

from daemon.errors import JobError
from daemon.jobfile import Job, read_job
from daemon.settings import Settings


def read(data: str | bytes, *, file: str = "shot.txt", defaults: bytes = b"") -> Job:
    return read_job(
        data if isinstance(data, bytes) else data.encode(),
        file=file,
        base=Settings().job_defaults,
        defaults=[("_defaults.yaml", defaults)] if defaults else (),
    )


@pytest.mark.parametrize(
    "data",
    [
        "a boat on the sea",
        "a boat on the sea\n",
        "\n\n  a boat on the sea  \r\n\r\n",
        "\ufeffa boat on the sea\r",
        "a boat on the sea\r\n".encode("utf-16"),
        b"\xfe\xff" + "a boat on the sea".encode("utf-16-be"),
    ],
)
@pytest.mark.parametrize("file", ["shot.txt", "SHOT.TXT"])
def test_one_line_is_the_prompt_however_the_editor_saved_it(data: str | bytes, file: str) -> None:
    assert read(data, file=file).sampling.prompt == "a boat on the sea"


@pytest.mark.parametrize(
    "line",
    [
        "a boat: red #3, {a|b} & [c] \u2028 d",
        "- a boat",
        "'a' \"b\"",
        "“a boat”",
        "*a* !b %c @d `e`",
        "---",
        "0123",
        "null",
    ],
)
def test_nothing_in_the_line_is_yaml(line: str) -> None:
    assert read(line).sampling.prompt == line


def test_the_folders_defaults_hold_for_it() -> None:
    assert read("a boat", defaults=b"steps: 4\n").sampling.steps == 4


def test_the_word_prompt_before_it_is_not_a_part_of_the_picture() -> None:
    job = read("Prompt: a boat\n")

    assert job.sampling.prompt == "a boat"
    assert "`prompt:`" in job.warnings[0]


@pytest.mark.parametrize("flag", ["--ar 16:9", "--neg fog", "-s 30", "--no-hands"])
def test_what_looks_like_an_option_is_read_as_typed_and_said(flag: str) -> None:
    job = read(f"a boat {flag}")

    assert job.sampling.prompt == f"a boat {flag}"
    assert flag in job.warnings[0]


@pytest.mark.parametrize("line", ["a well-known boat - at dawn", "a boat -- at dawn", "4-5 boats"])
def test_dashes_of_a_sentence_are_no_options(line: str) -> None:
    assert read(line).warnings == ()


@pytest.mark.parametrize(
    ("data", "line", "word"),
    [
        ("a boat\na moon\n", 2, "into the inbox as it is"),
        ("a boat\n\n\n  a moon", 4, "into the inbox as it is"),
        ("prompt: a boat\nsteps: 4\n", 1, ".yaml"),
        ('{"prompt": "a boat"}', 1, ".json"),
        ("{\n}", 1, ".json"),
        ("", 1, "Write"),
        ("\n \n\t\n", 1, "Write"),
        ("\u3000", 1, "Write"),
        ("a\0b", 1, "plain text"),
        ("a\n\nb\x1b[2J", 3, "plain text"),
        (r"{\rtf1\ansi a boat}", 1, "Make Plain Text"),
        (b"a boat \xe9", 1, "UTF-8"),
        (b"\xff\xfea", 1, ""),
        ("x" * 4_001, 1, ""),
        ("x\n" * 500_001, 1, "without pictures"),
    ],
)
def test_anything_else_gets_a_letter_that_names_the_line_and_the_cure(
    data: str | bytes, line: int, word: str
) -> None:
    with pytest.raises(JobError) as caught:
        read(data)

    assert caught.value.line == line
    assert word in caught.value.remedy
