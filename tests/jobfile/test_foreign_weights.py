"""Weights that other tools write into prompts and nobody here reads: they are told, and words stay."""

from __future__ import annotations

import json

import pytest

from daemon.jobfile import read_job
from daemon.settings import Settings


@pytest.mark.parametrize(
    "prompt",
    ["a boat+", "a boat++, sea", "(red boat)1.2", "(red boat)2 at sea", '"red boat"--, sea', "a (red)- boat",
     '("a", "b").blend(0.5, 0.5)', "a boat.swap(a car)"],
)  # fmt: skip
def test_weights_of_invokeai_that_are_read_as_words_are_told(prompt: str) -> None:
    body = {"positive_prompt": prompt, "app_version": "5.0", "steps": 20, "seed": 1}
    read = read_job(json.dumps(body).encode(), file="a.json", base=Settings().job_defaults)

    assert read.sampling.prompt == prompt
    assert any("weights that InvokeAI" in text for text in read.warnings)


@pytest.mark.parametrize(
    "prompt", ["a sci-fi boat - at sea", "C++-like", "a boat (1990), red", "a - b"]
)
def test_what_is_no_weight_is_not_told_as_one(prompt: str) -> None:
    body = {"positive_prompt": prompt, "app_version": "5.0", "steps": 20, "seed": 1}
    read = read_job(json.dumps(body).encode(), file="a.json", base=Settings().job_defaults)

    assert not any("weights" in text for text in read.warnings)
