"""The language of A1111's prompts and pictures."""

from __future__ import annotations

import json

import pytest

from daemon.jobfile import read_job
from daemon.jobfile.a1111_settings import from_parameters
from daemon.jobfile.prompt_syntax import spans
from daemon.settings import Settings


@pytest.mark.parametrize(
    ("prompt", "parts"),
    [
        ("a boat", [("a boat", 1.0)]),
        ("a (red:1.3) boat", [("a ", 1.0), ("red", 1.3), (" boat", 1.0)]),
        ("((x)) [y]", [("x", 1.21), (" ", 1.0), ("y", 0.909091)]),
        ("(a (b:2):1.5)", [("a ", 1.5), ("b", 3.0)]),
        (r"\(smile\) :) a: b", [("(smile) :) a: b", 1.0)]),
        ("(left open", [("left open", 1.1)]),
        ("closed) early", [("closed) early", 1.0)]),
        ("(a:1.2.3)", [("a:1.2.3", 1.1)]),
        ("", []),
    ],
)
def test_weights_are_what_they_are_in_automatic1111(
    prompt: str, parts: list[tuple[str, float]]
) -> None:
    assert [(span.text, span.weight) for span in spans(prompt)] == parts


def test_break_begins_a_new_window() -> None:
    assert [(span.text, span.fresh) for span in spans("a boat BREAK at dawn")] == [
        ("a boat", False),
        ("at dawn", True),
    ]


def test_the_text_of_an_automatic1111_picture_is_read_in_its_language() -> None:
    text = (
        "a (cat:1.2) <lora:chalk:0.5>\nNegative prompt: [dog]<lora:felt:1>\n"
        "Steps: 20, Sampler: Euler, "
        "CFG scale: 7, Seed: 1, Size: 512x512, Denoising strength: 0.5, Hires upscale: 1.5, "
        "Hires steps: 5, Hires upscaler: Latent, Version: v1.9.4"
    )
    read = read_job(
        json.dumps(from_parameters(text)).encode(), file="a.png", base=Settings().job_defaults
    )

    assert (read.sampling.prompt, read.prompt_syntax) == ("a (cat:1.2)", "a1111")
    assert [(lora.name, lora.scale) for lora in read.loras] == [("chalk", 0.5)]
    assert read.hires is not None
    assert (read.hires.scale, read.hires.steps, read.hires.strength) == (1.5, 10, 0.5)
    assert read.sampling.negative_prompt == "[dog]"
    upscaler, negative = read.warnings
    assert "hr_upscaler" in upscaler
    assert "LoRA named in `negative_prompt` was left aside" in negative
