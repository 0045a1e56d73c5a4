"""Typographic quotes: around names they are quotes, in words they stay, and everybody is told."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daemon.errors import JobError
from daemon.jobfile import quotes
from daemon.jobfile.defaults import JobDefaults
from daemon.jobfile.job import Job
from daemon.jobfile.read import read_job
from daemon.settings import parse_settings


def job(text: str, file: str = "a.yaml") -> Job:
    return read_job(text.encode(), file=file, base=JobDefaults())


WRAPPED = ["“{}”", "”{}”", "„{}“", "„{}”", "«{}»", "« {} »", "»{}«", "‘{}’", "’{}’", "‚{}‘", "‹{}›"]


@pytest.mark.parametrize("wrapped", WRAPPED)
@pytest.mark.parametrize(
    ("key", "value", "read"),
    [
        ("preset", "fast", lambda job: job.sampling.steps == 10),
        ("sampler", "euler", lambda job: job.sampling.sampler == "euler"),
        ("aspect", "16:9", lambda job: job.aspect == (16, 9)),
        ("size", "768x512", lambda job: job.height == 512),
        ("image", "a b.png", lambda job: job.image == "a b.png"),
        ("name", "010", lambda job: job.name == "010"),
        ("id", "true", lambda job: job.id == "true"),
    ],
)
def test_around_a_name_they_are_read_as_straight_ones_and_said(
    wrapped: str, key: str, value: str, read
) -> None:
    found = job(f"prompt: a boat\n{key}: {wrapped.format(value)}\n")

    assert read(found)
    assert [text for text in found.warnings if f"typographic quotes in `{key}`" in text]


def test_inside_lists_and_mappings_too_but_not_in_what_is_said_of_a_character() -> None:
    found = job(
        "prompt: Anna\nreferences: [{image: “a.png”, kind: ‘style’}]\n"
        "cast: {Anna: {look: „anna.png“, as: “a girl”}}\nvary: [{preset: “fast”}]\n"
    )

    assert [each.image for each in found.references][:1] == ["a.png"]
    assert "“a girl”" in found.sampling.prompt


@pytest.mark.parametrize("wrapped", WRAPPED)
@pytest.mark.parametrize("key", ["prompt", "negative_prompt", "style"])
def test_in_words_they_stay_and_the_line_without_them_is_said(wrapped: str, key: str) -> None:
    text = wrapped.format("it’s a boat")
    found = job(
        f"prompt: a sea\n{key}: {text}\n".removeprefix("prompt: a sea\n" * (key == "prompt"))
    )

    assert text in (found.sampling.negative_prompt if key[0] == "n" else found.sampling.prompt)
    if key != "style":
        assert f'{key}: "it’s a boat"' in found.warnings[0]


@pytest.mark.parametrize(
    "text", ["“red” and “blue”", "a “red” boat", "“”", "it’s", "’tis a boat", "“a boat", "5” x 7”"]
)
def test_what_is_not_wholly_within_one_pair_is_nobodys_mistake(text: str) -> None:
    found = job(f"prompt: {text}\nname: {text}\n")

    assert found.sampling.prompt == text
    assert found.name == text
    assert found.warnings == ()


@pytest.mark.parametrize("text", ["steps: “20”", "seed: ‘7’", "guidance_scale: „7“"])
def test_a_number_in_them_is_refused_as_one_in_straight_ones_is(text: str) -> None:
    key, _, value = text.partition(": ")

    with pytest.raises(JobError) as caught:
        job(f"prompt: a boat\n{text}\n")

    assert f"without quotes and with digits only: {key}: {value[1:-1]}" in caught.value.remedy


def test_what_straight_quotes_hold_is_as_typed() -> None:
    assert job('prompt: a\nname: "“x”"\n').name == "“x”"
    assert job('{"prompt": "a", "name": "“x”"}', "a.json").name == "“x”"


def test_settings_are_read_so_too_but_for_the_words_of_their_defaults() -> None:
    found = parse_settings(
        "model: “sketch”\npresets: {mine: {base: “fast”, steps: 4}}\n"
        "defaults: {preset: “mine”, style: “rough”}\n".encode()
    )

    assert found.model == "sketch"
    assert found.presets["mine"].steps == 4
    assert found.defaults == {"preset": "mine", "style": "“rough”"}


@pytest.mark.parametrize(
    ("text", "better"),
    [
        ("{“prompt”: “a boat”, “steps”: 20}", '{"prompt": "a boat", "steps": 20}'),
        ('{"prompt": “a boat”}', '{"prompt": "a boat"}'),
        ('{"prompt": "a “red”, boat", ‘steps’: 2}', '{"prompt": "a “red”, boat", "steps": 2}'),
        ('{\n  "prompt": "a",\n  „name“: „b“\n}', '"name": "b"'),
        ("{«prompt»: «it’s»}", '{"prompt": "it’s"}'),
        ("{“prompt: 2}", "Type them anew"),
        ("{“prompt”: “" + "a" * 300 + "”}", "Type them anew"),
    ],
)
def test_a_line_of_json_is_shown_as_it_should_be(text: str, better: str) -> None:
    with pytest.raises(JobError) as caught:
        job(text, "a.json")

    assert "typographic" in caught.value.what
    assert better in caught.value.remedy


@given(st.text(st.sampled_from(f"ab ,:{{}}\"\\'{quotes.ALL}"), max_size=30))
def test_a_line_of_json_that_is_right_stays_as_it_is(text: str) -> None:
    line = json.dumps({"prompt": text}, ensure_ascii=False)

    assert quotes.straight(line) == line
