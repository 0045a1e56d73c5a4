"""Levels: settings, folders' defaults, presets and the file, and which of them wins."""

from __future__ import annotations

import pytest
from support.job_texts import job, refusal

from daemon.errors import NotYetError, SettingsError
from daemon.jobfile.presets import Preset
from daemon.settings import parse_settings


def test_inner_defaults_win_over_outer_ones_and_the_file_over_all() -> None:
    read = job("prompt: x\nsteps: 3\n", a="steps: 1\nnegative: fog\n", b="steps: 2\ncfg: 4\n")

    assert (read.sampling.steps, read.sampling.negative_prompt, read.sampling.guidance_scale) == (
        3,
        "fog",
        4.0,
    )


def test_the_settings_defaults_are_the_weakest_level() -> None:
    settings = parse_settings(b"defaults: {negative: fog, steps: 5}\n")

    read = job("prompt: x\n", settings=settings, a="steps: 6\n")

    assert (read.sampling.negative_prompt, read.sampling.steps) == ("fog", 6)


def test_a_preset_applies_before_the_keys_of_its_level_and_over_those_of_weaker_ones() -> None:
    assert job("prompt: x\nsteps: 3\npreset: quality\n").sampling.steps == 3
    assert job("prompt: x\npreset: quality\n", a="steps: 3\n").sampling.steps == 20
    assert job("prompt: x\n", a="preset: quality\nsteps: 3\n").sampling.steps == 3


def test_a_preset_takes_back_sizes_of_weaker_levels() -> None:
    read = job("prompt: x\npreset: quality\n", a="size: 512x512\n")

    assert (read.width, read.height, read.size_from) == (1024, 1024, "preset")


def test_a_shape_takes_back_sizes_of_weaker_levels_and_sizes_take_back_the_shape() -> None:
    shaped = job("prompt: x\naspect: 3:2\n", a="size: 512x512\n")
    sized = job("prompt: x\nsize: 512x512\n", a="aspect: 3:2\n")

    assert (shaped.aspect, shaped.size_from) == ((3, 2), "preset")
    assert (sized.aspect, sized.size_from) == (None, "explicit")


def test_a_null_takes_back_what_weaker_levels_said() -> None:
    read = job("prompt: x\nnegative: null\nsteps: null\n", a="negative: fog\nsteps: 3\n")

    assert (read.sampling.negative_prompt, read.sampling.steps) == ("", 15)


def test_a_list_of_seeds_takes_back_a_count_of_weaker_levels() -> None:
    assert job("prompt: x\nseed: [1, 2]\n", a="count: 5\n").seeds == (1, 2)
    assert job("prompt: x\ncount: 5\n", a="seed: [1, 2]\n").pictures == 5


def test_presets_of_the_settings_are_known_to_jobs() -> None:
    settings = parse_settings(
        b"presets:\n  thumb: {base: tiny, steps: 4}\n  tiny: {width: 256, height: 256, sampler: LCM}\n"
    )

    read = job("prompt: x\npreset: thumb\n", settings=settings)

    assert settings.presets["thumb"] == Preset("thumb", 256, 256, 4, 7.0, "lcm")
    assert (read.sampling.steps, read.width, read.sampling.sampler, read.preset) == (
        4,
        256,
        "lcm",
        "thumb",
    )


def test_a_mistake_in_defaults_names_the_defaults_file() -> None:
    with pytest.raises(SettingsError) as caught:
        job("prompt: x\n", ep01="\nstepz: 3\n")

    assert caught.value.file == "ep01/_defaults.yaml"
    assert caught.value.line == 2
    assert caught.value.why == "Did you mean `steps`?"


def test_a_preset_that_defaults_name_wrongly_is_looked_for_there() -> None:
    error = refusal("prompt: x\n", ep01="preset: fasst\n")

    assert (error.file, error.line) == ("ep01/_defaults.yaml", 1)


def test_an_id_can_not_be_a_default() -> None:
    with pytest.raises(SettingsError):
        job("prompt: x\n", a="id: same\n")


def test_defaults_of_comments_only_change_nothing() -> None:
    assert job("prompt: x\n", a="# later\n\n") == job("prompt: x\n")


@pytest.mark.parametrize("content", ["", "\n", "steps: [1\n", "stepz: 3\n"])
def test_jobs_wait_for_defaults_that_are_wrong_or_just_being_saved(content: str) -> None:
    with pytest.raises(NotYetError):
        job("prompt: x\n", a=content)
