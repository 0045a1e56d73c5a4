"""A LoRA that is named more than once in a job: worn once, as it is named last, and that is told."""

from __future__ import annotations

import pytest
from support.job_texts import job

TWICE = "The LoRA chalk is named twice"


@pytest.mark.parametrize(
    ("text", "worn", "told"),
    [
        ("loras: [chalk, felt]\n", {"chalk": None, "felt": None}, ()),
        ("loras: [chalk, chalk]\n", {"chalk": None}, (f"{TWICE}, and worn once.",)),
        (
            "loras: [{name: chalk, scale: 0.5}, {name: chalk.safetensors, scale: 0.8}]\n",
            {"chalk": 0.8},
            (
                f"{TWICE}, with a scale of 0.5 and with a scale of 0.8: it is worn once, with a "
                "scale of 0.8, as it is named last.",
            ),
        ),
        (
            "prompt_syntax: a1111\nprompt: a boat <lora:chalk:1>\nloras: chalk\n",
            {"chalk": 1.0},
            (
                f"{TWICE}, without a scale and with a scale of 1: it is worn once, with a scale "
                "of 1, as it is named last.",
            ),
        ),
        (
            "loras: [chalk, {name: felt, scale: 2}, chalk, chalk]\n",
            {"chalk": None, "felt": 2.0},
            ("The LoRA chalk is named 3 times, and worn once.",),
        ),
        (  # what the job says itself of a character's counts, and is meant to
            "cast: {Anna: {as: a woman, loras: {name: chalk, scale: 0.5}}}\nprompt: Anna waves\n"
            "loras: [{name: chalk, scale: 0.8}]\n",
            {"chalk": 0.8},
            (),
        ),
        (  # two who wear the same
            "cast:\n  Anna: {as: a woman, loras: {name: chalk, scale: 0.5}}\n"
            "  Ben: {as: a man, loras: {name: chalk, scale: 0.5}}\nprompt: Anna and Ben wave\n",
            {"chalk": 0.5},
            (),
        ),
        (
            "cast:\n  Anna: {as: a woman, loras: {name: chalk, scale: 0.5}}\n"
            "  Ben: {as: a man, loras: {name: chalk, scale: 0.7}}\nprompt: Anna and Ben wave\n",
            {"chalk": 0.7},
            (
                f"{TWICE}, with a scale of 0.5 and with a scale of 0.7: it is worn once, with a "
                "scale of 0.7, as it is named last.",
            ),
        ),
    ],
)
def test_a_lora_named_twice_is_worn_once_and_told(
    text: str, worn: dict[str, float | None], told: tuple[str, ...]
) -> None:
    read = job(text if "prompt:" in text else f"prompt: a boat\n{text}")

    assert {lora.name: lora.scale for lora in read.loras} == worn
    assert len(read.loras) == len(worn)
    assert tuple(text for text in read.warnings if "LoRA" in text and "named" in text) == told


def test_a_folders_loras_are_replaced_and_not_named_again() -> None:
    read = job("prompt: a\nloras: [{name: chalk, scale: 0.2}]\n", film="loras: [chalk]\n")

    assert [(lora.name, lora.scale) for lora in read.loras] == [("chalk", 0.2)]
    assert read.warnings == ()
