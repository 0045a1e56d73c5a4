"""A style is said once and stands at the end of every prompt: joined once, and told as written."""

from __future__ import annotations

import json
from typing import Any

import pytest

from daemon.errors import JobError
from daemon.jobfile import Job, read_job
from daemon.jobfile.prompt_words import joined
from daemon.jobfile.schema import MAX_PROMPT
from daemon.settings import parse_settings

FOLDER = [("ep/_defaults.yaml", b"style: rough pencil, black and white\n")]


def job(text: str, file: str = "a.yaml", settings: str = "{}", **more: Any) -> Job:
    base = parse_settings(settings.encode()).job_defaults
    return read_job(text.encode(), file=file, base=base, **more)


@pytest.mark.parametrize(
    ("prompt", "whole"),
    [
        ("a boat", "a boat, ink"),
        ("a boat, ", "a boat, ink"),
        ("a boat.", "a boat. ink"),
        ("a boat at dusk!", "a boat at dusk! ink"),
        ("лодка…", "лодка… ink"),
        ("a boat\n", "a boat, ink"),
    ],
)
def test_the_style_follows_a_comma_or_what_ends_the_prompt_already(prompt: str, whole: str) -> None:
    assert joined(prompt, " ink ") == whole


def test_both_encoders_read_the_style_and_the_negative_prompt_does_not() -> None:
    said = job("prompt: a\nprompt_2: b\nnegative: c\nstyle: ink\n").sampling

    assert (said.prompt, said.prompt_2, said.negative_prompt) == ("a, ink", "b, ink", "c")
    assert job("prompt: a\nstyle: ink\n").sampling.prompt_2 is None


@pytest.mark.parametrize("off", ["none", "None", "null", '""', "~"])
def test_none_switches_off_what_the_folder_says(off: str) -> None:
    read = job(f"prompt: a boat\nstyle: {off}\n", defaults=FOLDER)

    assert read.sampling.prompt == "a boat"
    assert read.written is None


def test_the_nearest_style_counts() -> None:
    settings = "defaults: {style: oil}\n"
    assert job("prompt: a\n", settings=settings).sampling.prompt == "a, oil"
    assert job("prompt: a\n", settings=settings, defaults=FOLDER).sampling.prompt == (
        "a, rough pencil, black and white"
    )
    assert job("prompt: a\nstyle: ink\n", settings=settings, defaults=FOLDER).sampling.prompt == (
        "a, ink"
    )


def test_a_line_of_text_gets_the_style_of_its_folder() -> None:
    assert job("a boat\n", "a.txt", defaults=FOLDER).sampling.prompt == (
        "a boat, rough pencil, black and white"
    )


def test_what_was_written_is_told_beside_what_it_became() -> None:
    read = job("prompt: a boat\nnegative: fog\n", defaults=FOLDER)

    assert read.written == {
        "prompt": "a boat",
        "negative_prompt": "fog",
        "prompt_2": None,
        "negative_prompt_2": None,
        "style": "rough pencil, black and white",
        "vary": None,
    }
    assert job("prompt: a boat\n").written is None


def test_a_record_is_joined_to_nothing_and_goes_on_telling_what_was_written() -> None:
    whole = job("prompt: a boat\n", defaults=FOLDER)
    block = {"prompt": whole.sampling.prompt, "written": whole.written}
    text = json.dumps({"schema": 1, "job": {**block, "style": "oil"}})
    again = job(text, "a.json", defaults=FOLDER)

    assert again.sampling.prompt == whole.sampling.prompt
    assert again.written == whole.written


def test_a_prompt_that_grows_too_long_by_its_style_is_refused() -> None:
    with pytest.raises(JobError) as caught:
        job(f"prompt: {'a' * (MAX_PROMPT - 3)}\nstyle: ink\n")

    assert caught.value.line == 1
    assert "once everything is joined" in caught.value.what


def test_a_style_is_a_text_and_says_so_with_its_line() -> None:
    with pytest.raises(JobError) as caught:
        job("prompt: a\nstyle: [ink, pencil]\n")

    assert (caught.value.line, caught.value.key) == (2, "style")


def test_the_signs_of_a1111_mean_in_a_style_what_they_mean_in_the_prompt() -> None:
    read = job("prompt: a\nstyle: (ink:1.2) <lora:chalk:0.5>\nprompt_syntax: a1111\n")

    assert read.sampling.prompt == "a, (ink:1.2)"
    assert [(lora.name, lora.scale) for lora in read.loras] == [("chalk", 0.5)]
