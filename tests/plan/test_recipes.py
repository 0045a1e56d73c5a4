"""What recipes beside LoRAs and models make of a job: values it leaves open, words, and drafts."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from daemon.errors import JobError
from daemon.plan.plan import Plan
from daemon.plan.prepare import Preparer
from daemon.root.layout import Layout
from daemon.settings import read_settings

Foresee = Callable[..., Plan]

QUICK = "steps: 4\nguidance_scale: 0\nsampler: euler\nschedule: trailing\n"


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A models folder with one model, whose LoRAs are `quick` (with a recipe) and `felt`."""
    monkeypatch.setenv("HOTFOLDER_MODELS", str(tmp_path / "models"))
    loras = tmp_path / "models" / "loras"
    loras.mkdir(parents=True)
    for file in (loras.parent / "toy", loras / "quick", loras / "felt"):
        file.with_suffix(".safetensors").write_bytes(f"weights of {file.name}".encode())
    (loras / "quick.yaml").write_text(QUICK)
    return loras.parent


@pytest.fixture
def foresee(root: Layout, shelf: Path) -> Foresee:
    """The plan of a job of that model, under these settings."""

    def plan(text: str, settings: str = "", file: str = "boat.yaml") -> Plan:
        root.settings_file.write_text(f"model: toy\n{settings}")
        preparer = Preparer(root, read_settings(root.settings_file), engine="sdxl", model=None)
        (root.root / file).write_text(text)
        return preparer.foresee(root.root / file, project="")

    return plan


def sampled(plan: Plan) -> tuple[Any, ...]:
    said = plan.pictures[0].render.sampling
    return said.steps, said.guidance_scale, said.sampler, said.schedule, said.eta


@pytest.mark.parametrize(
    ("job", "expected"),
    [
        ("loras: quick\n", (4, 0.0, "euler", "trailing", None)),
        ("loras: felt\n", (15, 7.0, None, None, None)),
        ("loras: [felt, quick]\nsampler: ddim\neta: 0.2\n", (4, 0.0, "ddim", "trailing", 0.2)),
        ("loras: quick\npreset: quality\n", (4, 0.0, "euler", "trailing", None)),
        ("loras: quick\nsteps: null\n", (4, 0.0, "euler", "trailing", None)),
        ("loras: quick\nsampler: null\n", (4, 0.0, None, "trailing", None)),
        ("preset: own\n", (6, 0.0, "euler", "trailing", None)),
        ("preset: own\nloras: felt\n", (6, 6.5, None, None, None)),
        ("preset: of-own\n", (6, 0.0, "lcm", "trailing", None)),
        ("preset: draft\n", (4, 0.0, "euler", "trailing", None)),
        ("preset: draft\nsteps: 5\n", (5, 0.0, "euler", "trailing", None)),
    ],
)
def test_a_recipe_holds_under_what_people_wrote_and_over_the_built_in_presets(
    foresee: Foresee, job: str, expected: tuple[Any, ...]
) -> None:
    presets = (
        "presets:\n  own: {base: fast, steps: 6, loras: [{name: quick, scale: 0.5}]}\n"
        "  of-own: {base: own, sampler: lcm}\n"
    )

    assert sampled(foresee(f"prompt: a boat\n{job}", presets)) == expected


def test_a_preset_brings_its_loras_and_another_takes_them_away(foresee: Foresee) -> None:
    presets = "preset: own\npresets:\n  own: {loras: [{name: felt, scale: 0.5}]}\n"

    def worn(job: str) -> list[tuple[str, float]]:
        render = foresee(f"prompt: a boat\n{job}", presets).pictures[0].render
        return [(lora.name, lora.scale) for lora in render.loras]

    assert worn("") == [("felt", 0.5)]
    assert worn("preset: fast\n") == []
    assert worn("loras: quick\n") == [("quick", 1.0)]
    assert worn("loras: []\n") == []


def test_a_scale_and_words_that_the_job_leaves_open_are_the_recipes(
    foresee: Foresee, shelf: Path
) -> None:
    (shelf / "loras" / "quick.yaml").write_text(QUICK + "scale: 0.7\ntrigger: Quick Look\n")

    (picture,) = foresee("prompt: a boat.\nprompt_2: oil\nloras: quick\nseed: 1\n").pictures
    said = picture.render.sampling
    assert (said.prompt, said.prompt_2) == ("a boat, Quick Look", "oil, Quick Look")
    assert picture.render.loras[0].scale == 0.7
    assert picture.block["written"]["prompt"] == "a boat."
    (own,) = foresee("prompt: a quick look at a boat\nloras: [{name: quick, scale: 1}]\n").pictures
    assert (own.render.sampling.prompt, own.render.loras[0].scale) == (
        "a quick look at a boat", 1.0,
    )  # fmt: skip

    (shelf / "loras" / "quick.yaml").write_text("steps: 9\ntrigger: something else\nscale: 2\n")
    record = json.dumps({"schema": 1, "job": picture.block, "result": {}})
    again = foresee(record, file="again.json").pictures[0].render
    assert (again.sampling, again.loras) == (picture.render.sampling, picture.render.loras)


def test_steps_or_guidance_against_the_recipe_are_warned_of(foresee: Foresee) -> None:
    plan = foresee("prompt: a boat\nloras: quick\nsteps: 20\ncfg: 7\nnegative: fog\n")
    assert plan.warnings == (
        "The LoRA quick is made for 4 steps; 20 steps are asked for.",
        "The LoRA quick is made for a guidance_scale of 0; a guidance_scale of 7 is asked for.",
    )
    unheard = foresee("prompt: a boat\nloras: quick\nnegative: fog\neta: 0.5\n").warnings
    assert [text.split(":")[0] for text in unheard] == [
        "The negative prompt is not heard", "`eta` is left aside",
    ]  # fmt: skip


def test_a_model_for_few_steps_has_a_recipe_of_its_own_under_its_loras(
    foresee: Foresee, shelf: Path
) -> None:
    (shelf / "toy.yaml").write_text("steps: 8\nguidance_scale: 2\neta: 0.1\n")

    assert sampled(foresee("prompt: a boat\n")) == (8, 2.0, None, None, 0.1)
    assert sampled(foresee("prompt: a boat\nloras: quick\n"))[:2] == (4, 0.0)
    assert foresee("prompt: a boat\npreset: draft\n").pictures[0].render.loras == ()


def test_a_draft_takes_the_lora_nearest_above_four_steps(foresee: Foresee, shelf: Path) -> None:
    for name, steps in (("one", 1), ("six", 6), ("eight", 8), ("slow", 30)):
        (shelf / "loras" / f"{name}.safetensors").write_bytes(f"weights of {name}".encode())
        (shelf / "loras" / f"{name}.yaml").write_text(f"steps: {steps}\n")
    (shelf / "loras" / "felt.yaml").write_text("stpes: 4\n")

    def drafted(more: str = "") -> list[str]:
        plan = foresee(f"prompt: a boat\npreset: draft\n{more}")
        assert plan.warnings == ()
        return [lora.name for lora in plan.pictures[0].render.loras]

    assert drafted() == ["quick"]
    assert drafted("loras: eight\n") == ["eight"]
    (shelf / "loras" / "quick.yaml").unlink()
    assert drafted() == ["six"]
    assert drafted("loras: slow\n") == ["slow", "six"]


def test_a_draft_without_anything_to_draw_it_says_what_to_do(foresee: Foresee, shelf: Path) -> None:
    (shelf / "loras" / "quick.yaml").write_text("steps: soon\n")

    with pytest.raises(JobError, match="has no LoRA that draws in few steps") as refused:
        foresee("prompt: a boat\npreset: draft\n")

    assert (refused.value.line, refused.value.key) == (2, "preset")
    assert "quick.yaml can't be used" in refused.value.why
    assert "hotfolder models pull" in refused.value.remedy


def test_a_recipe_that_is_no_good_costs_a_warning_and_nothing_else(
    foresee: Foresee, shelf: Path
) -> None:
    (shelf / "loras" / "quick.yaml").write_text("steps: 4\nstpes: 4\n")

    plan = foresee("prompt: a boat\nloras: quick\n")

    assert sampled(plan)[:2] == (15, 7.0)
    (told,) = plan.warnings
    assert "quick.yaml can't be used: line 2: `stpes` is not a key of a recipe." in told


def test_one_lora_under_two_names_is_worn_under_both_and_told(
    foresee: Foresee, shelf: Path
) -> None:
    content = (shelf / "loras" / "felt.safetensors").read_bytes()
    (shelf / "loras" / "wool.safetensors").write_bytes(content)

    plan = foresee("prompt: a boat\nloras: [{name: felt, scale: 0.5}, {name: wool, scale: 0.8}]\n")

    assert [lora.name for lora in plan.pictures[0].render.loras] == ["felt", "wool"]
    assert plan.warnings == (
        "The LoRAs felt and wool are one file under 2 names: each is worn, which comes to a scale "
        "of 1.3.",
    )
    assert foresee("prompt: a boat\nloras: [felt, quick]\nsteps: 4\n").warnings == ()


# --- samplers and schedules that come from different hands ------------------------------------------


@pytest.mark.parametrize(
    ("job", "recipe", "what", "why"),
    [
        ("schedule: karras\n", "sampler: tcd\n", "tcd has no karras schedule", "A recipe says so."),
        ("sampler: lcm\n", "steps: 60\n", "lcm can't take 60 steps", "out of the 50"),
        ("sampler: tcd\n", "schedule: beta\n", "tcd has no beta schedule", "It can have normal"),
    ],
)
def test_what_a_recipe_makes_impossible_is_refused_before_it_is_claimed(
    foresee: Foresee, shelf: Path, job: str, recipe: str, what: str, why: str
) -> None:
    (shelf / "loras" / "quick.yaml").write_text(recipe)

    with pytest.raises(JobError, match=what) as refused:
        foresee(f"prompt: a boat\nloras: quick\n{job}")

    assert refused.value.line == 3
    assert why in refused.value.why
    assert refused.value.remedy


def test_a_recipe_that_no_engine_can_follow_is_no_good(foresee: Foresee, shelf: Path) -> None:
    (shelf / "loras" / "quick.yaml").write_text("sampler: tcd\nschedule: karras\n")

    plan = foresee("prompt: a boat\nloras: quick\n")

    assert sampled(plan)[2:4] == (None, None)
    (told,) = plan.warnings
    assert "quick.yaml can't be used: line 2: The sampler tcd has no karras schedule." in told


def test_a_second_pass_and_the_models_own_sampler_are_judged_too(
    foresee: Foresee, shelf: Path
) -> None:
    scheduler = shelf / "own" / "scheduler" / "scheduler_config.json"
    scheduler.parent.mkdir(parents=True)
    (shelf / "own" / "model_index.json").write_text("{}")
    own = {"_class_name": "EulerAncestralDiscreteScheduler", "rescale_betas_zero_snr": True}
    scheduler.write_text(json.dumps(own))

    with pytest.raises(JobError, match="euler_a has no karras schedule") as refused:
        foresee("prompt: a\nmodel: own\nschedule: karras\n")
    assert (refused.value.line, refused.value.key) == (3, "schedule")
    assert "the model own's own" in refused.value.why
    with pytest.raises(JobError, match="heun can't begin where this model does") as refused:
        foresee("prompt: a\nmodel: own\nsampler: heun\n")
    assert (refused.value.line, refused.value.key) == (3, "sampler")
    with pytest.raises(JobError, match="lcm can't take 80 steps") as refused:
        foresee("prompt: a\nsampler: lcm\nsteps: 8\nhires: {scale: 1.25, steps: 80}\n")
    assert (refused.value.line, refused.value.key) == (4, "hires")


def test_one_step_is_told_as_one_and_sentences_end(foresee: Foresee, shelf: Path) -> None:
    (shelf / "loras" / "quick.yaml").write_text("steps: 1\n")
    (shelf / "loras" / "felt.yaml").write_text("a boat\n")

    plan = foresee("prompt: a boat\nloras: [quick, felt]\nsteps: 2\n")

    assert "The LoRA quick is made for 1 step; 2 steps are asked for." in plan.warnings
    (bad,) = (text for text in plan.warnings if "can't be used" in text)
    assert bad.endswith("Write lines such as `steps: 4`. Mend felt.yaml.")
    (shelf / "loras" / "quick.yaml").write_text("steps: 4\n")
    assert "1 step is asked for." in foresee("prompt: a\nloras: quick\nsteps: 1\n").warnings[0]
