"""A recipe beside a LoRA or a model: what it says, and what is said of one that is no good."""

from __future__ import annotations

from pathlib import Path

import pytest

from daemon.errors import SetupError
from daemon.models.recipes import MOST_BYTES, recipe_of


def beside(tmp_path: Path, text: str | bytes, name: str = "quick") -> Path:
    data = text.encode() if isinstance(text, str) else text
    (tmp_path / f"{name}.yaml").write_bytes(data)
    return tmp_path / f"{name}.safetensors"


def test_a_recipe_says_how_a_lora_is_used_by_any_name_that_jobs_have_for_it(tmp_path) -> None:
    lora = beside(
        tmp_path,
        "num_inference_steps: 4\ncfg: 1.5\nscheduler: DPM++ SDE SGM Uniform\neta: 0.3\n"
        "scale: 0.8\ntrigger:  quick   look \nabout: four steps\nlicence: openrail++\n",
    )

    recipe = recipe_of(lora)

    assert dict(recipe.values) == {
        "steps": 4, "guidance_scale": 1.5, "sampler": "dpmpp_sde", "schedule": "trailing",
        "eta": 0.3,
    }  # fmt: skip
    assert (recipe.scale, recipe.trigger) == (0.8, "quick look")
    assert (recipe.about, recipe.licence, recipe.few_steps) == ("four steps", "openrail++", 4)


def test_beside_a_model_it_has_the_name_of_its_file_or_folder(tmp_path) -> None:
    beside(tmp_path, "steps: 8\n", "turbo.v2")
    (tmp_path / "turbo.v2").mkdir()

    assert recipe_of(tmp_path / "turbo.v2.safetensors").values["steps"] == 8
    assert recipe_of(tmp_path / "turbo.v2").values["steps"] == 8
    assert recipe_of(tmp_path / "turbo.safetensors") is None


def test_the_config_that_other_tools_want_beside_a_checkpoint_is_none(tmp_path) -> None:
    text = "model:\n  target: ldm.models.diffusion.ddpm.LatentDiffusion\n  params: {timesteps: 9}\n"

    assert recipe_of(beside(tmp_path, text)) is None


def test_it_may_end_in_yml_and_of_two_the_one_in_yaml_counts(tmp_path) -> None:
    lora = tmp_path / "quick.safetensors"
    lora.write_bytes(b"weights")
    (tmp_path / "quick.yml").write_text("steps: 4\n")
    assert recipe_of(lora).values == {"steps": 4}
    beside(tmp_path, "steps: 6\n")
    assert recipe_of(lora).values == {"steps": 6}


def test_a_recipe_that_is_mended_is_read_again(tmp_path) -> None:
    lora = beside(tmp_path, "steps: many\n")
    with pytest.raises(SetupError):
        recipe_of(lora)

    beside(tmp_path, "steps: 6\n")

    assert recipe_of(lora).values["steps"] == 6


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "stpes: 4\n",
            "can't be used: line 1: `stpes` is not a key of a recipe. Did you mean `steps`?",
        ),
        ("steps: 4\nprompt: a boat\n", "`prompt` is not a key of a recipe."),
        ("steps: 0\n", "`steps` must be at least 1"),
        ("steps: four\n", "`steps`"),
        ("steps: 4\nnum_inference_steps: 8\n", "contradict each other"),
        ("sampler: eulre\n", "names no sampler known here"),
        ("schedule: trialing\n", "names no schedule known here"),
        ("eta: 2\n", "`eta`"),
        ("scale: strong\n", "`scale` must be a number from -4 to 4"),
        ("scale: .nan\n", "is not a number"),
        ("trigger: [a, b]\n", "`trigger` must be a text"),
        ("a: &a [*a]\n", "anchor"),
        ("steps: &x 4\nsampler: *x\n", "anchor"),
        ("[" * 5000, "can't be used"),
        ("- steps: 4\n", "can't be used"),
        ("", "can't be used"),
        (b"\x80\x81\x82", "UTF-8"),
        (b"\0" * 200, "can't be used"),
        ("# x\n" * MOST_BYTES, "is larger than 20 kB"),
    ],
    ids=lambda value: repr(value)[:24],
)
def test_a_recipe_that_is_no_good_is_told_with_its_file(tmp_path, text, told) -> None:
    lora = beside(tmp_path, text)

    with pytest.raises(SetupError) as caught:
        recipe_of(lora)

    assert str(tmp_path / "quick.yaml") in caught.value.what
    assert told in str(caught.value)


def test_what_only_has_a_recipes_name_is_not_waited_for(tmp_path) -> None:
    import os

    lora = tmp_path / "quick.safetensors"
    place = tmp_path / "quick.yaml"
    makers = (
        lambda: os.mkfifo(place),
        place.mkdir,
        lambda: place.symlink_to("quick.yaml"),
        lambda: place.symlink_to("nothing"),
    )
    for make in makers:
        make()
        with pytest.raises(SetupError, match=r"quick\.yaml"):
            recipe_of(lora)
        place.rmdir() if place.is_dir() else place.unlink()


def test_beside_a_control_model_it_says_how_closely_a_picture_is_followed(tmp_path) -> None:
    place = beside(tmp_path, "scale: 0.9\nend: 0.8\nabout: pencil roughs\nlicence: MIT\n")

    recipe = recipe_of(place, controls=True)

    assert recipe.closeness == {"scale": 0.9, "end": 0.8}
    assert (recipe.about, recipe.licence, dict(recipe.values)) == ("pencil roughs", "MIT", {})
    with pytest.raises(SetupError, match="`end` is not a key of a recipe"):
        recipe_of(place)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("ends: 0.8\n", "`ends` is not a key of a control model's recipe. Did you mean `end`?"),
        ("steps: 4\n", "`steps` is not a key of a control model's recipe."),
        ("scale: exact\n", "`scale` must be a number from 0 to 2"),
        ("scale: 3\n", "`scale` must be a number from 0 to 2"),
        ("end: 0\n", "`end` must be a number from 0.05 to 1"),
        ("end: true\n", "`end` must be a number from 0.05 to 1"),
        ("a: &a [*a]\n", "anchor"),
    ],
)
def test_one_beside_a_control_model_that_is_no_good_is_told_too(tmp_path, text, told) -> None:
    with pytest.raises(SetupError) as caught:
        recipe_of(beside(tmp_path, text), controls=True)

    assert str(tmp_path / "quick.yaml") in caught.value.what
    assert told in str(caught.value)
