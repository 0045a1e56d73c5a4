"""What a job file means: names, aliases, levels, presets, seeds, and what is left aside."""

from __future__ import annotations

import json
import subprocess
import sys
import zlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from PIL import Image, PngImagePlugin
from support.places import HOME, JOB_FILES

from daemon.errors import JobError, NotYetError, SettingsError, UnfinishedError
from daemon.jobfile import Job, job_schema, read_job, tree
from daemon.jobfile.document import read_table
from daemon.jobfile.presets import FAST, Preset
from daemon.jobfile.prompt_syntax import spans
from daemon.jobfile.sampler_names import sampler_named, schedule_named
from daemon.jobfile.schema import NAMES
from daemon.protocol.render import ReferenceParams
from daemon.protocol.sampling import SAMPLING_KEYS, SamplingParams
from daemon.records.png_job import from_parameters, job_text_from_png
from daemon.sandbox.client import Sandbox
from daemon.settings import Settings, parse_settings

GOOD = sorted((JOB_FILES / "good").iterdir())
EXAMPLES = sorted((HOME / "examples").glob("*.yaml"))


def job(
    text: str, *, file: str = "job.yaml", settings: Settings | None = None, **levels: str
) -> Job:
    """The job in `text`; other keywords are `_defaults.yaml` files, outermost first."""
    return read_job(
        text.encode(),
        file=file,
        base=(settings or Settings()).job_defaults,
        defaults=[(f"{name}/_defaults.yaml", content.encode()) for name, content in levels.items()],
    )


def refusal(text: str, **more: Any) -> JobError:
    with pytest.raises(JobError) as caught:
        job(text, **more)
    return caught.value


# --- the smallest and the largest -----------------------------------------------------------------


def test_a_prompt_is_all_a_job_needs() -> None:
    read = job("prompt: a boat on the sea\n")

    said = SamplingParams(prompt="a boat on the sea", steps=15, guidance_scale=7.0)
    assert read == Job(said, width=768, height=768)


@pytest.mark.parametrize("file", [*GOOD, *EXAMPLES], ids=lambda file: file.name)
def test_every_good_job_is_read_without_a_warning_and_fits_the_schema(file: Path) -> None:
    read = read_job(file.read_bytes(), file=file.name, base=Settings().job_defaults)

    assert read.sampling.prompt
    assert read.warnings == ()


def test_a_json_job_may_name_our_schema_for_its_editor() -> None:
    assert job('{"$schema": "job.schema.json", "prompt": "x"}', file="a.json").warnings == ()


def test_json_and_yaml_say_the_same() -> None:
    facts = {
        "prompt": "a boat ⛵",
        "seed": [1, 2],
        "references": [{"image": "a.png", "scale": 0.5}],
    }
    yaml = "prompt: a boat ⛵\nseed: [1, 2]\nreferences:\n  - image: a.png\n    scale: 0.5\n"

    assert job(json.dumps(facts), file="a.JSON") == job(yaml)


def test_a_byte_order_mark_and_windows_line_ends_change_nothing() -> None:
    assert job("\ufeffprompt: a boat\r\nsteps: 12\r\n") == job("prompt: a boat\nsteps: 12\n")


# --- aliases --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "name", "value"),
    [
        ("negative: fog", "negative_prompt", "fog"),
        ("negativeprompt: fog", "negative_prompt", "fog"),
        ("num_inference_steps: 9", "steps", 9),
        ("sample_steps: 9", "steps", 9),
        ("cfg_scale: 5", "guidance_scale", 5.0),
        ("cfgscale: 5.5", "guidance_scale", 5.5),
        ("cfg: 5", "guidance_scale", 5.0),
        ("guidance: 5", "guidance_scale", 5.0),
        ("aspectratio: '16:9'", "aspect", (16, 9)),
        ("aspect: 16:9", "aspect", (16, 9)),
        ("aspect: 2.39:1", "aspect", (239, 100)),
        ("aspect: [4, 3]", "aspect", (4, 3)),
        ("num_images_per_prompt: 3", "count", 3),
        ("images: 3", "count", 3),
        ("batch_count: 3", "count", 3),
        ("n_iter: 3", "count", 3),
        ("sampler_name: Euler a", "sampler", "euler_a"),
        ("scheduler: karras", "schedule", "karras"),
        ("scheduler: EulerDiscreteScheduler", "sampler", "euler"),
        ("sd_model: sketch", "model", "sketch"),
        ("checkpoint: sketch", "model", "sketch"),
        ("base_model: sketch", "model", "sketch"),
        ("styles: fast", "preset", "fast"),
        ("styles: [fast]", "preset", "fast"),
        ("meta: {shot: 3}", "notes", {"shot": 3}),
        ("original_size: 1024x512", "original_size", (1024, 512)),
        ("crops_coords_top_left: [0, 8]", "crops_coords_top_left", (0, 8)),
        ("strict: true", "strict", True),
        ("priority: -3", "priority", -3),
        ("id: '010'", "id", "010"),
    ],
)
def test_what_other_tools_call_it_means_the_same(line: str, name: str, value: object) -> None:
    read = job(f"prompt: a boat\n{line}\n")

    assert getattr(read.sampling if name in SAMPLING_KEYS else read, name) == value


def test_batch_size_multiplies_the_count() -> None:
    assert job("prompt: x\nn_iter: 3\nbatch_size: 2\n").count == 6
    assert job("prompt: x\nbatch_size: 2\n").count == 2


def test_two_names_of_one_thing_may_agree() -> None:
    assert job("prompt: x\nsteps: 9\nnum_inference_steps: 9\n").sampling.steps == 9


def test_whole_and_broken_numbers_of_one_value_agree() -> None:
    assert job("prompt: x\ncfg: 5\nguidance: 5.0\n").sampling.guidance_scale == 5.0


def test_two_names_of_one_thing_that_differ_are_both_named() -> None:
    error = refusal("prompt: x\nsteps: 9\nnum_inference_steps: 10\n")

    assert "`steps` (line 2)" in error.what
    assert "`num_inference_steps` (line 3)" in error.what


@pytest.mark.parametrize(
    "text",
    [
        "reference_image: anna.png\nreference_scale: 0.4\n",
        "ip_adapter_image: anna.png\nip_adapter_scale: 0.4\n",
        "references: {image: anna.png, weight: 0.4}\n",
        "references: [{path: anna.png, strength: 0.4, method: full}]\n",
        "references: [{image: anna.png, scale: 0.4, weight_type: linear, start_at: 0, end_at: 1}]\n",
    ],
)
def test_a_reference_can_be_written_in_several_ways(text: str) -> None:
    (reference,) = job(f"prompt: x\n{text}").references

    assert reference.image == "anna.png"
    assert reference.params == ReferenceParams(0.4, "subject", "base", 0.0, 1.0)


def test_several_references_can_be_two_flat_lists_or_bare_names() -> None:
    flat = job("prompt: x\nreference_image: [a.png, b.png]\nreference_scale: [0.1, 0.2]\n")
    bare = job("prompt: x\nreferences: [a.png, b.png]\n")

    assert [(r.image, r.params.scale) for r in flat.references] == [("a.png", 0.1), ("b.png", 0.2)]
    assert [r.image for r in bare.references] == ["a.png", "b.png"]


def test_keys_of_other_tools_are_left_aside_with_a_warning() -> None:
    read = job("prompt: x\noverride_settings: {}\nenable_hr: false\nhr_scale: null\n")

    assert len(read.warnings) == 2
    assert "override_settings" in read.warnings[0]


@pytest.mark.parametrize("key", ["drawing"])
def test_a_key_we_know_but_do_not_support_yet_says_so(key: str) -> None:
    assert "not supported yet" in refusal(f"prompt: x\n{key}: y\n").why


@pytest.mark.parametrize(
    ("key", "instead"),
    [
        ("shots", "boards/NAME/board.yaml"),
        ("board", "shots:"),
        ("defaults", "top"),
        *((key, "vary:") for key in ("matrix", "zip", "product", "wildcards")),
        ("continue_from", "like"),
        ("continue-from", "like"),
    ],
)
def test_a_key_that_people_expect_names_what_is_written_instead(key: str, instead: str) -> None:
    error = refusal(f"prompt: x\n{key}: y\n")

    assert (error.line, error.key) == (2, key)
    assert error.why
    assert instead in error.remedy


def test_plain_prompt_syntax_is_what_we_do_anyway() -> None:
    assert job("prompt: (x:1.3)\nprompt_syntax: plain\n").sampling.prompt == "(x:1.3)"
    assert (
        job("prompt: (x:1.3) <lora:a:1> [b|c] AND\n").sampling.prompt
        == "(x:1.3) <lora:a:1> [b|c] AND"
    )


# --- LoRAs, pictures to start from, second passes -----------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "loras: [{name: chalk, scale: 0.5}, {name: felt}]",
        "loras: [{lora: chalk.safetensors, weight: 0.5}, felt]",
        "lora_paths: [chalk.safetensors, felt]\nlora_scales: [0.5, 1.0]",
        "lora: [{path: chalk, strength: 0.5}, {model: felt, scale: 1}]",
    ],
)
def test_loras_go_by_the_words_of_other_tools(text: str) -> None:
    read = job(f"prompt: x\n{text}\n")

    assert [(lora.name, lora.scale) for lora in read.loras] == [("chalk", 0.5), ("felt", 1.0)]


def test_tags_in_a_prompt_are_loras_only_where_the_syntax_says_so() -> None:
    read = job(
        "prompt: a boat <lora:chalk:0.5> at dawn<lora:felt>\nloras: [chalk]\nprompt_syntax: a1111\n"
    )

    assert read.sampling.prompt == "a boat  at dawn"
    assert [(lora.name, lora.scale) for lora in read.loras] == [("chalk", 0.5), ("felt", 1.0)]


@pytest.mark.parametrize(
    ("text", "strength"),
    [
        ("image: a.png", 0.75),
        ("image: a.png\nstrength: 0.4", 0.4),
        ("init_image: a.png\ndenoising_strength: 0.4", 0.4),
        ("image_path: a.png\nimage_strength: 0.6", 0.4),
    ],
)
def test_a_picture_to_start_from_goes_by_the_words_of_other_tools(
    text: str, strength: float
) -> None:
    read = job(f"prompt: x\n{text}\n")

    assert (read.image, read.strength) == ("a.png", pytest.approx(strength))


@pytest.mark.parametrize(
    ("text", "hires"),
    [
        ("hires: true", (1.5, None, 0.5)),
        ("hires: 1.25", (1.25, None, 0.5)),
        ("hires: {scale: 1.25, steps: 6, strength: 0.4}", (1.25, 6, 0.4)),
        ("hires: {upscale: 1.25, num_inference_steps: 6, denoise: 0.4}", (1.25, 6, 0.4)),
        ("enable_hr: true\nhr_scale: 1.25\ndenoising_strength: 0.4", (1.25, None, 0.4)),
        ("enable_hr: true\nhr_second_pass_steps: 6\ndenoising_strength: 0.4", (2, 15, 0.4)),
    ],
)
def test_a_second_pass_goes_by_the_words_of_other_tools(
    text: str, hires: tuple[float, ...]
) -> None:
    read = job(f"prompt: x\n{text}\n").hires

    assert read is not None
    assert (read.scale, read.steps, read.strength) == hires


@pytest.mark.parametrize("text", ["hires: false", "hires: null", "hr_scale: 2\nenable_hr: false"])
def test_no_second_pass_is_made_unasked(text: str) -> None:
    assert job(f"prompt: x\n{text}\n").hires is None


def test_the_strength_another_tool_writes_into_every_job_is_left_aside_without_a_picture() -> None:
    read = job("prompt: x\ndenoising_strength: 0.7\n")

    assert "no `image`" in read.warnings[0]


def test_a_folder_may_set_a_strength_for_the_jobs_that_have_a_picture() -> None:
    both = [
        read_job(
            text,
            file="a.yaml",
            base=Settings().job_defaults,
            defaults=[("_defaults.yaml", b"strength: 0.3\nmask: m.png\n")],
        )
        for text in (b"prompt: x\n", b"prompt: x\nimage: a.png\n")
    ]

    assert [(each.image, each.mask) for each in both] == [(None, None), ("a.png", "m.png")]
    assert both[1].strength == 0.3


def test_another_picture_than_the_records_has_another_content() -> None:
    read = read_job(
        b"prompt: x\nimage: b.png\n",
        file="a.yaml",
        base=Settings().job_defaults,
        defaults=[("_defaults.yaml", b"image: a.png\nimage_sha256: " + b"a" * 64 + b"\n")],
    )

    assert (read.image, read.image_sha256) == ("b.png", None)


# --- the language of A1111 ----------------------------------------------------------------------------


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


# --- samplers ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("euler", ("euler", None)),
        ("Euler", ("euler", None)),
        ("Euler a", ("euler_a", None)),
        ("k_euler_ancestral", ("euler_a", None)),
        ("euler_ancestral", ("euler_a", None)),
        ("EulerAncestralDiscreteScheduler", ("euler_a", None)),
        ("DPM++ 2M", ("dpmpp_2m", None)),
        ("DPM++ 2M Karras", ("dpmpp_2m", "karras")),
        ("DPM++ 2M SDE Exponential", ("dpmpp_2m_sde", "exponential")),
        ("DPM++ SDE Karras", ("dpmpp_sde", "karras")),
        ("DPMSolverMultistepScheduler", ("dpmpp_2m", None)),
        ("dpmpp_2m_k", ("dpmpp_2m", "karras")),
        ("dpmpp_2m_sde_gpu", ("dpmpp_2m_sde", None)),
        ("UniPC", ("unipc", None)),
        ("uni_pc", ("unipc", None)),
        ("uni_pc_bh2", ("unipc", None)),
        ("UniPCMultistepScheduler", ("unipc", None)),
        ("DDIM", ("ddim", None)),
        ("LCM", ("lcm", None)),
        ("Heun", ("heun", None)),
        ("no sampler of anyone", None),
        ("", None),
    ],
)
def test_samplers_go_by_the_names_of_other_tools(name: str, found: object) -> None:
    assert sampler_named(name) == found


def test_a_sampler_may_bring_its_schedule() -> None:
    read = job("prompt: x\nsampler: DPM++ 2M Karras\n")

    assert (read.sampling.sampler, read.sampling.schedule) == ("dpmpp_2m", "karras")
    assert schedule_named("Karras") == "karras"


# --- sizes, seeds -----------------------------------------------------------------------------------


def test_a_size_is_rounded_to_a_multiple_of_eight_with_a_warning() -> None:
    read = job("prompt: x\nsize: 770x500\n")

    assert (read.width, read.height, read.size_from) == (768, 504, "explicit")
    assert len(read.warnings) == 2


def test_one_side_given_leaves_the_other_to_the_preset() -> None:
    read = job("prompt: x\nwidth: 512\n")

    assert (read.width, read.height, read.size_from) == (512, 768, "width")


@pytest.mark.parametrize(
    ("text", "seeds", "count", "pictures"),
    [
        ("", None, None, 1),
        ("seed: -1", None, None, 1),
        ("count: 3", None, 3, 3),
        ("seed: -1\ncount: 3", None, 3, 3),
        ("seed: 5", (5,), None, 1),
        ("seed: 0", (0,), None, 1),
        ("seed: 5\ncount: 3", (5, 6, 7), 3, 3),
        ("seed: [9, 4]", (9, 4), 2, 2),
        ("seed: [9, 4]\ncount: 2", (9, 4), 2, 2),
    ],
)
def test_seeds_and_counts(text: str, seeds: object, count: object, pictures: int) -> None:
    read = job(f"prompt: x\n{text}\n")

    assert (read.seeds, read.count, read.pictures) == (seeds, count, pictures)


def test_a_job_may_not_ask_for_more_pictures_than_the_settings_allow() -> None:
    few = replace(Settings(), max_pictures=3)

    assert job("prompt: x\ncount: 3\n", settings=few).pictures == 3
    assert "at most 3" in refusal("prompt: x\ncount: 4\n", settings=few).what
    assert "at most 3" in refusal("prompt: x\nseed: [1, 2, 3, 4]\n", settings=few).what


# --- levels -----------------------------------------------------------------------------------------


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


# --- records and pictures ---------------------------------------------------------------------------


def record(**facts: Any) -> str:
    return json.dumps({"schema": 1, "job": {"prompt": "a boat", **facts}, "result": {"seed": 4}})


def test_a_record_is_read_as_its_job_and_no_default_touches_it() -> None:
    read = job(record(steps=4), file="a.json", a="negative: fog\n")

    assert (read.sampling.steps, read.sampling.negative_prompt) == (4, "")


def test_a_record_may_name_a_preset_that_is_gone() -> None:
    read = job(record(steps=4, preset="gone", width=256, height=256), file="a.json")

    assert (read.sampling.steps, read.width, read.preset) == (4, 256, None)
    assert "gone" in read.warnings[0]


def test_nothing_in_the_result_of_a_record_can_matter() -> None:
    text = json.dumps({"schema": 1, "job": {"prompt": "x"}, "result": {"job": {"prompt": "y"}}})

    assert job(text, file="a.json").sampling.prompt == "x"


def picture(file: Path, **text: str) -> Path:
    info = PngImagePlugin.PngInfo()
    for key, value in text.items():
        info.add_itxt(key, value)
    Image.new("RGB", (8, 8)).save(file, pnginfo=info)
    return file


def test_a_picture_of_ours_carries_its_job(tmp_path: Path, sandbox: Sandbox) -> None:
    file = picture(tmp_path / "a.png", hotfolder=record(seed=7, notes="лодка"), parameters="no")

    read = read_job(job_text_from_png(file, sandbox), file="a.png", base=Settings().job_defaults)

    assert (read.sampling.prompt, read.seeds, read.notes) == ("a boat", (7,), "лодка")


def test_a_picture_of_automatic1111_is_translated(tmp_path: Path, sandbox: Sandbox) -> None:
    parameters = (
        "a boat, (sea:1.2)\non a line\nNegative prompt: fog,\nblur\n"
        "Steps: 20, Sampler: DPM++ 2M, Schedule type: Karras, CFG scale: 6.5, Seed: 12, "
        'Size: 832x1216, Model hash: abc, Model: x, Clip skip: 2, Hashes: "a: b, c: d", Version: 1'
    )
    file = picture(tmp_path / "a.png", parameters=parameters)

    read = read_job(job_text_from_png(file, sandbox), file="a.png", base=Settings().job_defaults)

    assert (read.sampling.prompt, read.sampling.negative_prompt) == (
        "a boat, (sea:1.2)\non a line",
        "fog,\nblur",
    )
    assert (read.sampling.steps, read.sampling.sampler, read.sampling.schedule) == (
        20,
        "dpmpp_2m",
        "karras",
    )
    assert (read.sampling.guidance_scale, read.seeds, read.sampling.clip_skip) == (6.5, (12,), None)
    assert (read.width, read.height, read.size_from) == (832, 1216, "explicit")


def test_an_older_automatic1111_sampler_brings_its_schedule(
    tmp_path: Path, sandbox: Sandbox
) -> None:
    file = picture(tmp_path / "a.png", parameters="x\nSteps: 5, Sampler: DPM++ SDE Karras, Seed: 1")

    read = read_job(job_text_from_png(file, sandbox), file="a.png", base=Settings().job_defaults)

    assert (read.sampling.sampler, read.sampling.schedule) == ("dpmpp_sde", "karras")


@pytest.mark.parametrize("content", [b"", b"no picture", b"\x89PNG\r\n\x1a\n" + b"\0" * 40])
def test_a_broken_picture_is_refused(tmp_path: Path, content: bytes, sandbox: Sandbox) -> None:
    file = tmp_path / "a.png"
    file.write_bytes(content)

    with pytest.raises(JobError):
        job_text_from_png(file, sandbox)


def test_a_picture_without_a_record_says_so(tmp_path: Path, sandbox: Sandbox) -> None:
    with pytest.raises(JobError, match="carries no record"):
        job_text_from_png(picture(tmp_path / "a.png", Comment="x"), sandbox)


def test_a_picture_that_claims_a_gigantic_size_is_only_looked_at(
    tmp_path: Path, sandbox: Sandbox
) -> None:
    file = picture(tmp_path / "a.png", hotfolder=record())
    content = bytearray(file.read_bytes())
    content[16:24] = (60_000).to_bytes(4, "big") * 2
    content[29:33] = zlib.crc32(bytes(content[12:29])).to_bytes(4, "big")
    file.write_bytes(bytes(content))

    with pytest.raises(JobError):
        job_text_from_png(file, sandbox)


# --- limits -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "unit", ["[", "{a: ", "? ", "- ", "[[", "{a: [", "- - ", "---\na\n", "a: b\n"]
)
def test_a_megabyte_of_pathology_is_refused(unit: str) -> None:
    assert refusal(unit * (990_000 // len(unit)))


def test_more_than_a_megabyte_is_refused_unread() -> None:
    assert "larger than 1 MB" in refusal("#" * 1_000_001).what


def test_a_file_cut_in_the_middle_of_a_letter_is_taken_for_unfinished() -> None:
    with pytest.raises(UnfinishedError):
        read_job("prompt: é".encode()[:-1], file="a.yaml", base=Settings().job_defaults)


def test_reading_imports_no_heavy_parts() -> None:
    code = (
        "import sys, daemon.jobfile, daemon.plan.planner, daemon.settings, daemon.models.catalogue, "
        "daemon.text.failure_letter;"
        "print([m for m in ('torch', 'PIL', 'rich', 'loguru', 'watchdog', 'huggingface_hub')"
        " if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=HOME, capture_output=True, text=True, check=True
    )

    assert done.stdout.strip() == "[]"


# --- the schema -------------------------------------------------------------------------------------


def test_the_schema_is_sound_and_strict() -> None:
    schema = job_schema()
    Draft202012Validator.check_schema(schema)

    assert schema["additionalProperties"] is False
    for name, prop in schema["$defs"]["Job"]["properties"].items():
        assert prop["title"], name
        assert prop["description"], name


@pytest.mark.parametrize("file", [*GOOD, *EXAMPLES], ids=lambda file: file.name)
def test_the_schema_accepts_every_good_job(file: Path) -> None:
    said = tree.plain(read_table(file.read_bytes(), file.name))

    assert [e.message for e in Draft202012Validator(job_schema()).iter_errors(said)] == []


def test_the_fullest_example_shows_every_key_a_person_may_write() -> None:
    shown = read_table((HOME / "examples" / "full.yaml").read_bytes(), "full.yaml").items
    by_us = {"parent", "image_sha256", "mask_sha256", "written"}  # what only records say
    beside = {"width", "height"}  # shown in a comment, since `aspect` is

    assert set(NAMES) - set(shown) == by_us | beside


@pytest.mark.parametrize(
    "bad", [{"promt": "x"}, {"prompt": "x", "steps": 500}, {"prompt": 3}, {"steps": 3}, []]
)
def test_the_schema_refuses_what_we_refuse(bad: object) -> None:
    assert not Draft202012Validator(job_schema()).is_valid(bad)


@pytest.mark.parametrize("preset", ["fast", "balanced", "quality"])
def test_the_presets_are_the_ones_asked_for(preset: str) -> None:
    expected = {"fast": (768, 10, 6.5), "balanced": (768, 15, 7.0), "quality": (1024, 20, 7.5)}
    read = job(f"prompt: x\npreset: {preset}\n")

    assert (read.width, read.sampling.steps, read.sampling.guidance_scale) == expected[preset]
    assert read.height == read.width
    assert FAST.sampler is None
