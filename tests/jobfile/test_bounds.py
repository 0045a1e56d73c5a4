"""Much of anything: the reader's work and memory stay bounded, counted and not timed."""

from __future__ import annotations

import cProfile
import json
import tracemalloc

import pytest

from daemon.errors import JobError
from daemon.jobfile import read_job
from daemon.settings import Settings
from daemon.text.failure_letter import explain

BASE = Settings().job_defaults
MUCH = 90_000
UNITS = (
    *("a", "a ", "ab ", "a\n", "a\n  ", "\n", " ", "\t", "# x\n", "#", "'", '"', "''", "\\n", "\\u00e9", "\\ud83d"),
    *("- a\n", "- ", "a: b\n", "{", "[", "[],", "{a: b},", ",", ":", ": ", "a :", "---\n", "--- a\n", "...\n", "&a "),
    *("*a ", "!t ", "? ", "1", "9,", "\u2028", "(", "((a", "a)", "{a|", "__", "|", ">\n", "<<: ", "%", "\r", "\x01", "“"),
)  # fmt: skip
OPENINGS = (
    *("", "prompt: ", 'prompt: "', "prompt: '", "prompt: |\n ", "prompt: >\n ", "prompt: {", "prompt: ["),
    *("notes: ", "notes: [\n", "notes:\n- ", "seed: ", "seed: [", "references: [", "loras: [", "# ", "id: ", "aspect: "),
    *('{"prompt": "', '{"prompt": [', '{"', "prompt: x\nnotes: |\n", "prompt: x\n  "),
)  # fmt: skip


def refused(data: bytes, file: str = "a.yaml") -> None:
    try:
        read_job(data, file=file, base=BASE)
    except JobError as error:
        explain(error, file=file, source=data)


def calls(data: bytes, file: str = "a.yaml") -> int:
    """How many functions are called to read it and to write the letter about it, Python's and C's."""
    counter = cProfile.Profile(subcalls=False)
    counter.enable()
    try:
        refused(data, file)
    finally:
        counter.disable()
    return sum(function.callcount for function in counter.getstats())


def test_the_calls_of_a_reading_are_bounded_whatever_a_file_holds() -> None:
    for opening in OPENINGS[::3]:
        for unit in UNITS:
            data = (opening + unit * (MUCH // len(unit.encode()))).encode()
            assert calls(data) < 250_000, (opening, unit)


@pytest.mark.parametrize("opening", OPENINGS[::2])
def test_twice_the_size_is_never_more_than_twice_the_calls(opening: str) -> None:
    for unit in UNITS:
        less, more = (calls((opening + unit * count).encode()) for count in (1_500, 3_000))
        assert more < 2.1 * less + 3_000, unit


@pytest.mark.parametrize(
    "unit", ["a ", "\n", "a\n  ", "- a\n", "9,", "\\n", "[],", "a: b\n", "''", "---\n"]
)
@pytest.mark.parametrize(
    "opening", ["", "prompt: ", "notes: [", 'prompt: "', "prompt: |\n  ", "prompt: >\n  "]
)
def test_the_memory_of_a_reading_is_a_few_times_the_files(opening: str, unit: str) -> None:
    data = (opening + unit * (MUCH // len(unit))).encode()
    tracemalloc.start()
    try:
        refused(data)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 8_000_000


@pytest.mark.parametrize(
    "prompt", ["(" * 4_000, "(" * 90 + "a(b)" * 900, "[" * 4_000, "(a" * 2_000, " " * 3_999 + "B"]
)
def test_weights_inside_weights_are_bounded(prompt: str) -> None:
    text = json.dumps({"prompt": "x", "prompt_syntax": "a1111", "negative_prompt": prompt})

    assert calls(text.encode(), "a.json") < 100_000


def test_a_line_of_a_megabyte_is_quoted_without_being_read() -> None:
    data = b"prompt: x\nnobody: " + b"\x01" * 900_000

    assert calls(data) < 20_000
