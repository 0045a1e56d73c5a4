"""Whole bodies and records of other tools, pasted as jobs: used for what they mean, or named."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from daemon.errors import JobError
from daemon.jobfile import Job, read_job, tree
from daemon.jobfile.foreign import OURS_ALONE, translated
from daemon.jobfile.foreign_tools import TOOLS
from daemon.settings import Settings

BODIES = Path(__file__).parents[1] / "job_files" / "other_tools"


def body(name: str) -> Job:
    file = BODIES / f"{name}.json"
    return read_job(file.read_bytes(), file=file.name, base=Settings().job_defaults)


def job(**keys: object) -> Job:
    text = json.dumps({"prompt": "a boat", **keys})
    return read_job(text.encode(), file="a.json", base=Settings().job_defaults)


def test_no_tool_is_told_by_our_own_keys_however_many_stand_together() -> None:
    ours = {key: tree.Scalar("x", 1, "x") for key in OURS_ALONE}
    assert not [tool.name for tool in TOOLS if tool.signs(ours)]
    assert translated(tree.Table({**ours, "notes": tree.Table({}, 1)}, 1)).items.keys() == {*ours}


def refusal(content: object) -> JobError:
    with pytest.raises(JobError) as caught:
        read_job(json.dumps(content).encode(), file="a.json", base=Settings().job_defaults)
    return caught.value


@pytest.mark.parametrize(
    ("name", "sampling", "size", "seeds", "told"),
    [
        ("a1111", (20, 6.5, "dpmpp_2m", "karras"), (768, 512), (12, 13), ["sd_vae", "a1111"]),
        ("a1111_api_page", (50, 7, "euler", None), (512, 512), None, ["tiling", "restore_faces"]),
        ("forge", (20, 5, "euler_a", None), (832, 1216), (12,),
         ["(ControlNet)", "hr_cfg", "`karras` of Forge was left aside: the sampler euler_a has no"]),
        ("sdnext", (20, 6, "unipc", None), (1024, 1024), (12,), ["diffusers_guidance_rescale"]),
        ("swarmui", (20, 6.5, "dpmpp_2m", "karras"), (1024, 1024), (12, 13), ["`loras`"]),
        ("swarmui_record", (20, 7.5, "euler", None), (1216, 832), (1802739847,), ["simple"]),
        ("fooocus", (30, 4, "dpmpp_2m_sde", "karras"), (1152, 896), (4876468785,),
         ["styles", "juggernaut", "`loras`", "sharpness"]),
        ("invokeai", (30, 7.5, "dpmpp_2m", "karras"), (1024, 1024), (2867532154,),
         ["`loras`", "`model`", "weights that InvokeAI"]),
        ("novelai", (28, 5, "euler_a", None), (832, 1216), (3713234343,),
         ["`karras` of NovelAI", "uncond_scale", "weights that NovelAI"]),
        ("novelai_request", (28, 5, "euler", None), (832, 1216), (12,), ["nai-diffusion-3"]),
        ("mflux", (20, 3.5, None, None), (768, 1024), (42,), ["model: dev", "precision"]),
        ("draw_things", (24, 7, "dpmpp_2m", "karras"), (1024, 768), (1803129012,), ["shift"]),
        ("draw_things_request", (24, 7, "euler_a", None), (1024, 768), (12, 13), ["mask_blur"]),
        ("easy_diffusion", (25, 7.5, "euler_a", None), (512, 512), (5,), ["sd-v1-4"]),
        ("invokeai_2", (20, 7.5, "euler_a", None), (512, 512), (4,), ["app_version"]),
        ("diffusers", (20, 5, None, None), (768, 1024), None, ["output_type"]),
    ],
)  # fmt: skip
def test_a_whole_body_of_another_tool_is_its_job_and_what_is_not_used_is_told(
    name: str, sampling: object, size: object, seeds: object, told: list[str]
) -> None:
    read = body(name)
    found = read.sampling

    assert (found.steps, found.guidance_scale, found.sampler, found.schedule) == sampling
    assert ((read.width, read.height), read.seeds) == (size, seeds)
    assert "on the sea" in found.prompt
    assert all(any(word in warning for warning in read.warnings) for word in told), read.warnings
    assert len(read.warnings) <= 20  # more would be cut


def test_bodies_keep_their_prompt_language_loras_and_second_passes() -> None:
    first, forge, swarm, mflux = (body(name) for name in ("a1111", "forge", "swarmui", "mflux"))

    assert (first.prompt_syntax, first.model) == ("a1111", "sketch")
    assert [(lora.name, lora.scale) for lora in first.loras] == [("chalk", 0.5)]
    assert forge.hires is not None
    assert (forge.hires.scale, forge.hires.strength, forge.sampling.clip_skip) == (1.5, 0.4, None)
    assert (swarm.prompt_syntax, swarm.model) == ("a1111", "sketch")
    assert [(lora.name, lora.scale) for lora in mflux.loras] == [("chalk", 0.8)]


#: Bodies of services on the web and of forks: (body, (steps, cfg, sampler, schedule), size, seeds,
#: a word of each warning).
SERVICES = {
    "Stability's API": (
        {"text_prompts": [{"text": "a boat", "weight": 1}, {"text": "fog", "weight": -1}],
         "cfg_scale": 7, "height": 1024, "width": 768, "samples": 1, "steps": 30,
         "sampler": "K_DPMPP_2M", "style_preset": "photographic", "seed": 5},
        (30, 7, "dpmpp_2m", None), (768, 1024), (5,), ["style_preset"]),
    "Replicate": (
        {"version": "39ed", "input": {"prompt": "a boat", "negative_prompt": "fog", "width": 768,
         "height": 1024, "num_outputs": 2, "scheduler": "K_EULER", "num_inference_steps": 50,
         "guidance_scale": 7.5, "refine": "no_refiner", "seed": 5}},
        (50, 7.5, "euler", None), (768, 1024), (5, 6), ["refine", "version"]),
    "Hugging Face": (
        {"inputs": "a boat", "parameters": {"negative_prompt": "fog", "num_inference_steps": 30,
         "guidance_scale": 7, "width": 768, "height": 1024, "seed": 3}},
        (30, 7, None, None), (768, 1024), (3,), []),
    "AI Horde": (
        {"prompt": "a boat ### fog", "params": {"sampler_name": "k_euler", "cfg_scale": 7.5,
         "seed": "12", "height": 1024, "width": 768, "steps": 30, "karras": True, "n": 1},
         "r2": True, "models": ["SDXL 1.0"]},
        (30, 7.5, "euler", None), (768, 1024), (12,), ["karras", "models", "r2"]),
    "Leonardo": (
        {"prompt": "a boat", "negative_prompt": "fog", "modelId": "b24e", "width": 768,
         "height": 1024, "num_images": 2, "guidance_scale": 7, "alchemy": True, "seed": 5,
         "num_inference_steps": 30, "scheduler": "EULER_DISCRETE"},
        (30, 7, "euler", None), (768, 1024), (5, 6), ["modelId", "alchemy"]),
    "fal": (
        {"prompt": "a boat", "negative_prompt": "fog", "image_size": {"width": 768, "height": 1024},
         "num_inference_steps": 25, "guidance_scale": 7.5, "num_images": 1,
         "enable_safety_checker": True, "seed": 5},
        (25, 7.5, None, None), (768, 1024), (5,), ["enable_safety_checker"]),
    "Civitai": (
        {"prompt": "a boat", "negativePrompt": "fog", "cfgScale": 7, "steps": 25, "width": 768,
         "height": 1024, "sampler": "DPM++ 2M Karras", "seed": 123, "clipSkip": 2, "quantity": 1,
         "resources": [{"id": 1, "strength": 1}], "baseModel": "SDXL"},
        (25, 7, "dpmpp_2m", "karras"), (768, 1024), (123,), ["resources", "baseModel"]),
    "TensorArt": (
        {"models": [], "prompt": "a boat", "negativePrompt": "fog", "steps": 25, "cfgScale": 7,
         "seed": "123", "width": 768, "height": 1024, "samplerName": "Euler a", "clipSkip": 3},
        (25, 7, "euler_a", None), (768, 1024), (123,), []),
    "RuinedFooocus": (
        {"Prompt": "a boat", "Negative": "fog", "steps": 30, "cfg": 8, "width": 768, "height": 1024,
         "seed": 5, "sampler_name": "dpmpp_2m_sde_gpu", "scheduler": "karras",
         "base_model_name": "x.safetensors", "loras": [], "software": "RuinedFooocus"},
        (30, 8, "dpmpp_2m_sde", "karras"), (768, 1024), (5,), ["base_model_name", "software"]),
    "Forge, a schedule unknown here": (
        {"prompt": "a boat", "negative_prompt": "fog", "steps": 20, "cfg_scale": 1, "width": 768,
         "height": 1024, "seed": 5, "sampler_name": "Euler", "scheduler": "Simple",
         "distilled_cfg_scale": 3.5},
        (20, 1, "euler", None), (768, 1024), (5,), ["scheduler: Simple", "distilled_cfg"]),
}  # fmt: skip


@pytest.mark.parametrize("name", SERVICES)
def test_bodies_of_services_and_forks_are_read_whole(name: str) -> None:
    content, sampling, size, seeds, told = SERVICES[name]
    read = read_job(json.dumps(content).encode(), file="a.json", base=Settings().job_defaults)
    found = read.sampling

    assert (found.prompt, found.negative_prompt) == ("a boat", "fog")
    assert (found.steps, found.guidance_scale, found.sampler, found.schedule) == sampling
    assert ((read.width, read.height), read.seeds) == (size, seeds)
    assert len(read.warnings) == len(told)
    assert all(any(word in warning for warning in read.warnings) for word in told), read.warnings


def test_pieces_of_a_prompt_that_can_not_be_weighed_are_told() -> None:
    pieces = [{"text": "a boat", "weight": 1}, {"text": "a sea", "weight": 0.5}]

    assert refusal({"text_prompts": pieces}).remedy


GRAPH = {"3": {"class_type": "KSampler", "inputs": {"seed": 1}}}


@pytest.mark.parametrize(
    ("content", "tool"),
    [
        (json.loads((BODIES / "comfyui.json").read_text()), "ComfyUI"),
        ({"prompt": GRAPH, "client_id": "x"}, "ComfyUI"),
        ({"last_node_id": 9, "last_link_id": 9, "nodes": [], "links": [], "version": 0.4}, "ComfyUI"),
        ({str(n): {"class_type": "A", "inputs": {"a": 1, "b": 2}} for n in range(2000)}, "ComfyUI"),
        ({"nodes": {}, "edges": []}, "InvokeAI"),
        ({"batch": {"graph": {"id": "a", "nodes": {}, "edges": []}, "runs": 1}}, "InvokeAI"),
    ],
)  # fmt: skip
def test_a_graph_is_refused_by_the_name_of_its_tool(content: object, tool: str) -> None:
    error = refusal(content)

    assert f"workflow of {tool}" in error.what
    assert error.remedy


@pytest.mark.parametrize(
    ("keys", "sampler", "schedule"),
    [
        ({"sampler_index": "Euler"}, "euler", None),
        ({"sampler_index": "Euler", "sampler_name": "Euler a"}, "euler_a", None),
        ({"sampler_index": "Euler", "sampler_name": None}, "euler", None),
        ({"sampler_name": "DPM++ 2M", "scheduler": "Automatic"}, "dpmpp_2m", "karras"),
        ({"scheduler": "automatic", "sampler_name": "DPM++ 2M SDE"}, "dpmpp_2m_sde", "exponential"),
        ({"sampler_name": "DPM++ SDE", "schedule_type": "Automatic"}, "dpmpp_sde", "karras"),
        ({"sampler_name": "Euler", "scheduler": "Automatic"}, "euler", "normal"),
        ({"sampler_name": "DPM++ 2M Karras", "scheduler": "Automatic"}, "dpmpp_2m", "karras"),
        ({"scheduler": "Automatic"}, None, None),
        ({"sampler_name": "Euler", "scheduler": None}, "euler", None),
    ],
)
def test_samplers_and_schedules_mean_what_they_mean_there(
    keys: dict[str, object], sampler: object, schedule: object
) -> None:
    read = job(**keys)

    assert (read.sampling.sampler, read.sampling.schedule) == (sampler, schedule)


@pytest.mark.parametrize(
    "keys",
    [
        {"styles": []},
        {"denoising_strength": 0},
        {"denoising_strength": 0.0, "init_images": []},
        {"image": None, "init_image": None, "image_path": None},
        {"steps": 15, "num_inference_steps": None},
        {"negative": None, "negative_prompt": ""},
        {"lora_paths": None, "lora_scales": None, "loras": None},
        {"override_settings": None},
        {"eta": None, "refiner_checkpoint": None},
    ],
)
def test_what_asks_for_nothing_changes_nothing(keys: dict[str, object]) -> None:
    read = job(**keys)

    assert (read.sampling, read.warnings) == (job().sampling, ())


@pytest.mark.parametrize(("x", "y", "scale"), [(768, 0, 1.5), (0, 768, 1.5), (640, 640, 1.25)])
def test_a_second_pass_comes_to_the_size_that_was_asked_for(x: int, y: int, scale: float) -> None:
    read = job(width=512, height=512, enable_hr=True, hr_scale=2, hr_resize_x=x, hr_resize_y=y)

    assert read.hires is not None
    assert read.hires.scale == scale


def test_a_second_pass_to_another_shape_or_from_no_size_is_refused() -> None:
    sized = {"prompt": "x", "width": 512, "height": 512, "enable_hr": True}

    assert "another shape" in refusal({**sized, "hr_resize_x": 1024, "hr_resize_y": 768}).what
    assert "need a `width`" in refusal({"prompt": "x", "enable_hr": True, "hr_resize_x": 9}).what


def test_every_seed_of_64_bits_is_a_seed_and_none_beyond() -> None:
    last = 2**64 - 1

    assert job(seed=last).seeds == (last,)
    assert "at most" in refusal({"prompt": "x", "seed": last + 1}).what
    assert "leaves no seeds" in refusal({"prompt": "x", "seed": last, "count": 2}).what


@pytest.mark.parametrize("said", ["sketch", "sketch.safetensors", "XL\\sketch.ckpt [31e35c80fc]"])
def test_the_checkpoint_of_override_settings_is_the_model(said: str) -> None:
    assert job(override_settings={"sd_model_checkpoint": said}).model == "sketch"


def test_a_lora_tag_in_a_plain_prompt_is_told() -> None:
    assert any("<lora:chalk:0.8>" in warning for warning in
               job(prompt="a boat <lora:chalk:0.8>").warnings)  # fmt: skip


def test_a_slip_of_the_fingers_in_a_body_is_still_an_error() -> None:
    keys = {"prompt": "x", "send_images": True, "save_images": False, "negative_promt": "fog"}

    assert "negative_promt" in refusal(keys).what


@pytest.mark.parametrize(
    ("keys", "sampling"),
    [
        ({"sampler_name": "Euler a", "scheduler": "Karras"}, ("euler_a", None)),
        ({"sampler_name": "Euler a Karras"}, ("euler_a", None)),
        ({"sampler_index": "DDIM", "scheduler": "Exponential"}, ("ddim", None)),
        ({"sampler_name": "Euler a", "scheduler": "Automatic"}, ("euler_a", "normal")),
        ({"sampler_name": "LCM", "scheduler": "SGM Uniform"}, ("lcm", "trailing")),
    ],
)
def test_a_schedule_that_there_is_none_of_for_a_sampler_here_is_left_aside_and_told(
    keys: dict[str, str], sampling: tuple[str, str | None]
) -> None:
    content = {"prompt": "a boat", "distilled_cfg_scale": 3.5, **keys}
    read = read_job(json.dumps(content).encode(), file="a.json", base=Settings().job_defaults)

    assert (read.sampling.sampler, read.sampling.schedule) == sampling
    told = [text for text in read.warnings if "of Forge was left aside: the sampler" in text]
    assert len(told) == (sampling[1] is None)
