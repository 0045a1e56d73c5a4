"""What other tools call things in their job files means the same here."""

from __future__ import annotations

import pytest
from support.job_texts import job, refusal

from daemon.jobfile import read_job
from daemon.jobfile.sampler_names import sampler_named, schedule_named
from daemon.protocol.render import ReferenceParams
from daemon.protocol.sampling import SAMPLING_KEYS
from daemon.settings import Settings


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


@pytest.mark.parametrize("key", ["init_images"])
def test_a_key_we_know_but_do_not_support_yet_says_so(key: str) -> None:
    assert "can't be used yet" in refusal(f"prompt: x\n{key}: y\n").what


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

    worn = [(lora.name, 1.0 if lora.scale is None else lora.scale) for lora in read.loras]
    assert worn == [("chalk", 0.5), ("felt", 1.0)]


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
