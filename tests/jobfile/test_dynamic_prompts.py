"""Alternatives and wildcards: drawn as they are meant, or refused by name, never painted as signs."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence

import pytest

from daemon.errors import JobError
from daemon.jobfile import Job, read_job
from daemon.jobfile.vary import Outside
from daemon.settings import Settings


def drawn(prompt: str, lines: Sequence[str] = ("red",), key: str = "prompt") -> Job:
    asked: list[str] = []

    def listed(name: str) -> Sequence[str]:
        asked.append(name)
        return lines

    body = {"prompt": "x", key: prompt, "prompt_syntax": "a1111"}
    outside = Outside(listed, random.Random(1))
    return read_job(
        json.dumps(body).encode(), file="a.json", base=Settings().job_defaults, outside=outside
    )


@pytest.mark.parametrize(
    "name", ["colours", "sets/colours", "my colours", "v1.2", "цвет", "a_b", "a-b", "My List v2"]
)
def test_a_list_may_have_any_name_that_a_file_has(name: str) -> None:
    assert drawn(f"a __{name}__ boat, (__{name}__:1.2)").sampling.prompt == "a red boat, (red:1.2)"


@pytest.mark.parametrize(
    "prompt",
    [
        "snake__case more__x",
        "a ____ line",
        "a __ boat __",
        "[[a]] {{b}} boat",
        "a {b} boat",
        "10$ :: b",
    ],
)
def test_what_only_looks_like_it_stays(prompt: str) -> None:
    assert drawn(prompt).sampling.prompt == prompt


@pytest.mark.parametrize(
    ("prompt", "sign"),
    [
        ("a {2$$red|blue} boat", "$$"), ("a {1-2$$red|blue} boat", "$$"), ("a {2$$, $$red|blue}", "$$"),
        ("a {0.5::red|blue} boat", "0.5::"), ("a {@red|blue} boat", "@"), ("a {~red|blue} boat", "~"),
        ("a {!red|blue} boat", "!"), ("a __col*__ boat", "__col*__"), ("a __~colours__ boat", "__~colours__"),
        ("a __@colours__ boat", "__@colours__"), ("a __!colours__ boat", "__!colours__"),
        ("a __colours:x__ boat", "__colours:x__"), ("a __colours(x=1)__ boat", "__colours(x=1)__"),
        ("a ${x=red} boat", "${x="), ("a ${x=!{red|blue}} ${x} boat", "${x="),
    ],
)  # fmt: skip
@pytest.mark.parametrize("key", ["prompt", "negative_prompt"])
def test_what_dynamic_prompts_has_besides_is_refused_by_name(
    prompt: str, sign: str, key: str
) -> None:
    for inside in (False, True):  # of a list
        with pytest.raises(JobError) as caught:
            drawn("a __colours__", [prompt], key) if inside else drawn(prompt, key=key)
        assert sign in caught.value.what
        assert f"`{key}`" in caught.value.what
        assert caught.value.remedy


@pytest.mark.parametrize("line", ["0.5::red", "3::red", ".5:: red", " 2::red"])
def test_a_list_with_weights_is_refused_whichever_line_would_be_drawn(line: str) -> None:
    with pytest.raises(JobError, match=r"colours\.txt has .*:: before a line"):
        drawn("a __colours__ boat", ["blue"] * 50 + [line])


@pytest.mark.parametrize("unit", ["__a", "__a b ", "__a:", "_ _", "a__b "])
def test_a_long_prompt_of_signs_is_read_in_a_moment(unit: str) -> None:
    prompt = (unit * (3_900 // len(unit))).strip()

    assert drawn(prompt, ["x"]).sampling.prompt
