"""Whatever lies in the inbox, reading it ends in a job or in a JobError, and soon."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.fuzzing import EDITS, KEYS, MANY, SEEDS, VALUES, YAML, edited, try_all

from daemon.jobfile.a1111_settings import from_parameters


@MANY
@given(st.binary(max_size=300))
def test_noise_is_refused_politely(data: bytes) -> None:
    try_all(data)


@MANY
@given(YAML)
def test_whatever_looks_like_yaml_is_read_or_refused(text: str) -> None:
    try_all(text.encode())


@MANY
@given(st.dictionaries(st.sampled_from(KEYS), VALUES, max_size=8), st.booleans())
def test_whatever_looks_like_json_is_read_or_refused(facts: dict[str, object], whole: bool) -> None:
    text = json.dumps({"prompt": "x", **facts} if whole else facts)

    try_all(text.encode())


@MANY
@given(st.sampled_from(SEEDS), EDITS)
def test_a_job_file_with_something_done_to_it_is_read_or_refused(
    data: bytes, edits: list[tuple[str, int, bytes]]
) -> None:
    try_all(edited(data, edits))


@MANY
@given(st.text(max_size=200) | YAML)
def test_any_parameters_text_becomes_a_job_or_an_error(text: str) -> None:
    try_all(json.dumps(from_parameters(text)).encode())


@pytest.mark.parametrize(
    "unit",
    [
        "a",
        "ab ",
        "a\n",
        "\n",
        "# x\n",
        "'",
        '"',
        "\\n",
        "- a\n",
        "a: b\n",
        "{",
        "[[]],",
        ",",
        ":",
        "😀",
    ],
)
@pytest.mark.parametrize(
    "opening", ["", "prompt: ", 'prompt: "', "prompt: '", "prompt: |\n ", "prompt: {"]
)
def test_many_of_anything_is_read_or_refused(opening: str, unit: str) -> None:
    try_all((opening + unit * (60_000 // len(unit.encode()))).encode())
