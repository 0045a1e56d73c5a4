"""The words of a job file: ours, other tools' words for the same, and the ones we can't serve.
Tables only, and how a typed word is looked up in them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

#: alias -> our name. What is more than another name (`size`, `scheduler` …) is turned by `level`.
ALIASES: dict[str, str] = {
    "positive_prompt": "prompt",
    "negative": "negative_prompt",
    "negativeprompt": "negative_prompt",
    "num_inference_steps": "steps",
    "sample_steps": "steps",
    "cfg_scale": "guidance_scale",
    "cfgscale": "guidance_scale",
    "cfg": "guidance_scale",
    "guidance": "guidance_scale",
    "seeds": "seed",
    "reference": "references",
    "aspectratio": "aspect",
    "aspect_ratio": "aspect",
    "num_images_per_prompt": "count",
    "images": "count",
    "takes": "count",
    "batch_count": "count",
    "n_iter": "count",
    "sampler_name": "sampler",
    "schedule_type": "schedule",
    "timestep_spacing": "schedule",
    "sd_model": "model",
    "checkpoint": "model",
    "base_model": "model",
    "styles": "preset",
    "meta": "notes",
    "lora": "loras",
    "init_image": "image",
    "image_path": "image",
    "denoising_strength": "strength",
    "mask_image": "mask",
}

#: Keys that stand for more than one of ours, with what they mean (shown by the schema).
COMPOUND: dict[str, str] = {
    "size": "Width and height at once: 768x768.",
    "scheduler": "A sampler or a schedule, by the name another tool gives it.",
    "batch_size": "Multiplies `count`.",
    "reference_image": "One reference picture; the same as `references` with one item.",
    "reference_scale": "How strongly `reference_image` is followed.",
    "ip_adapter_image": "The same as `reference_image`.",
    "ip_adapter_scale": "The same as `reference_scale`.",
    "control_image": "One picture that says what is where; the same as `controls` with one item.",
    "controlnet_conditioning_scale": "How strongly `control_image` is followed.",
    "adapter_conditioning_scale": "The same as `controlnet_conditioning_scale`.",
    "control_guidance_start": "The `start` of `control_image`.",
    "control_guidance_end": "The `end` of `control_image`.",
    "lora_paths": "Names of LoRAs, a list; the same as `loras`.",
    "lora_scales": "The scales of `lora_paths`, one for each.",
    "image_strength": "How much of `image` is kept: 1 minus `strength`.",
    "enable_hr": "Asks for the second pass that `hires` stands for.",
    "hr_scale": "The `scale` of `hires`, with `enable_hr`.",
    "hr_second_pass_steps": "The steps the second pass makes, with `enable_hr`.",
    "hr_resize_x": "The width the second pass comes to, with `enable_hr`; 0 for `hr_scale`.",
    "hr_resize_y": "The height the second pass comes to, with `enable_hr`; 0 for `hr_scale`.",
    "sampler_index": "A1111's older word for `sampler`; counts where that is absent.",
    "override_settings": "Of A1111's settings, `sd_model_checkpoint` is our `model`.",
}

#: Of those, the flat keys of one control: its key in the long form.
FLAT_CONTROLS: dict[str, str] = {
    "control_image": "image",
    "controlnet_conditioning_scale": "scale",
    "adapter_conditioning_scale": "scale",
    "control_guidance_start": "start",
    "control_guidance_end": "end",
}

REFERENCE_ALIASES: dict[str, str] = {
    "cast": "image",
    "path": "image",
    "weight": "scale",
    "strength": "scale",
    "method": "kind",
    "weight_type": "kind",
    "start_at": "start",
    "end_at": "end",
    "mask_image": "mask",
}

CONTROL_ALIASES: dict[str, str] = {
    "control_image": "image",
    "drawing": "image",
    "path": "image",
    "type": "kind",
    "control_type": "kind",
    "weight": "scale",
    "strength": "scale",
    "conditioning_scale": "scale",
    "controlnet_conditioning_scale": "scale",
    "adapter_conditioning_scale": "scale",
    "start_at": "start",
    "guidance_start": "start",
    "control_guidance_start": "start",
    "end_at": "end",
    "guidance_end": "end",
    "control_guidance_end": "end",
    "mask_image": "mask",
}

LORA_ALIASES: dict[str, str] = {
    "lora": "name",
    "model": "name",
    "path": "name",
    "weight": "scale",
    "strength": "scale",
}

CHARACTER_ALIASES: dict[str, str] = {
    "looks": "look",
    "image": "look",
    "picture": "look",
    "words": "as",
    "description": "as",
    "prompt": "as",
    "scale": "strength",
    "weight": "strength",
    "start_at": "start",
    "crop": "face",
    "lora": "loras",
    "negative": "avoid",
    "negative_prompt": "avoid",
}

CHARACTER_LORA_ALIASES: dict[str, str] = {
    **LORA_ALIASES,
    "triggers": "trigger",
    "trigger_words": "trigger",
    "words": "trigger",
    "activation_text": "trigger",
}

HIRES_ALIASES: dict[str, str] = {
    "upscale": "scale",
    "num_inference_steps": "steps",
    "denoising_strength": "strength",
    "denoise": "strength",
}

#: Other tools' words for what a reference may influence.
KINDS: dict[str, str] = {
    "full": "subject",
    "linear": "subject",
    "style transfer": "style",
    "composition": "layout",
    "style and composition": "style+layout",
    "layout+style": "style+layout",
}

#: Other tools' words for what a control picture is.
CONTROL_KINDS: dict[str, str] = {
    "scribble": "drawing",
    "sketch": "drawing",
    "lineart": "lines",
    "line art": "lines",
    "line": "lines",
    "canny": "edges",
    "edge": "edges",
    "openpose": "pose",
}

_INLINE = "A1111's API carries pictures inside the text; here they are files."

#: Known, meaningful, and not supported yet: (why, what to do meanwhile).
UNSUPPORTED: dict[str, tuple[str, str]] = {
    "init_images": (
        _INLINE, "Save the picture beside the job file, and name it: image: photo.png"
    ),
}  # fmt: skip

_VARY = "Write vary: {light: [dawn, night]} and {light} in the prompt; a list takes rows."
_FOLLOW = "In a board, `like: 060` follows the picture of shot 060, `from: 060` paints over it."

#: Keys that people expect, and what is written here instead: (why, what to do).
OTHER_WAYS: dict[str, tuple[str, str]] = {
    "defaults": (
        "What holds for all shots of a board stands at its top, what holds for a folder in its "
        "_defaults.yaml.",
        "Write its keys at the top of the file, without `defaults`.",
    ),
    "board": (
        "A board is a job file with `shots`.",
        "Write shots: with a line for each, such as 010: a harbour at dawn",
    ),
    "shots": (
        "A file with `shots` is a board, and no job.",
        "Let it stand alone, as boards/NAME/board.yaml: every shot becomes a job.",
    ),
    **dict.fromkeys(
        ("matrix", "zip", "product", "wildcards"),
        ("Several pictures that differ in something are asked for by `vary`.", _VARY),
    ),
    **dict.fromkeys(
        ("continue_from", "continues", "follows"), ("A shot says which other it follows.", _FOLLOW)
    ),
}

#: What other tools write and we leave aside on purpose; each is a warning in the sidecar.
IGNORED: frozenset[str] = frozenset(
    """
    override_settings_restore_afterwards restore_faces tiling s_noise s_churn s_tmin s_tmax
    s_min_uncond subseed subseed_strength seed_resize_from_h seed_resize_from_w script_name
    script_args alwayson_scripts send_images save_images do_not_save_samples do_not_save_grid
    firstphase_width firstphase_height comments disable_extra_networks force_task_id infotext
    hr_prompt firstpass_image distilled_cfg_scale hr_negative_prompt hr_sampler_name hr_scheduler
    hr_checkpoint_name sd_model_hash sd_vae vae refiner_checkpoint refiner_switch_at output_type
    return_dict guidance_rescale denoising_end quantize low_ram metadata output
    stepwise_image_output_dir mflux_version generation_time_seconds created_at donotsave
    automaticvae rng verbose batch_index index_of_first_image job_timestamp version user timesteps
    sigmas generator latents prompt_embeds negative_prompt_embeds pooled_prompt_embeds
    negative_pooled_prompt_embeds ip_adapter_image_embeds cross_attention_kwargs
    negative_original_size negative_target_size negative_crops_coords_top_left callback
    callback_steps callback_on_step_end callback_on_step_end_tensor_inputs aesthetic_score
    negative_aesthetic_score denoising_start precision masked_image_path controlnet_image_path
    controlnet_strength depth_image_path redux_image_paths redux_image_strengths generation_time
    """.split()  # noqa: SIM905 - a page of words reads better than a page of quotes
)

#: What people type and no tool we know reads, by the key of ours they may mean.
_MEANT = {
    "count": "variations variants versions number numberofimages amount numimages nimages n samples"
    " nsamples copies repeat repeats pictures batch numoutputs",
    "aspect": "ratio ar format shape",
    "size": "resolution dimensions imagesize pixels res",
    "prompt": "text description caption prompts positive input",
    "negative_prompt": "avoid exclude neg negprompt negativetext",
    "steps": "iterations samplingsteps inferencesteps numsteps",
    "name": "title filename outputname file",
    "image": "inputimage sourceimage startimage img img2img photo",
    "references": "ref refs referenceimages refimage styleimage ipadapter ipadapterimages",
    "drawing": "sketch scribble drawings rough lineart",
    "controls": "control controlnet controlnets t2iadapter t2iadapters controlimages",
    "hires": "upscale hiresfix highres highresfix",
    "notes": "comment note remark remarks",
    "model": "modelname modelid sdmodelcheckpoint ckpt",
    "preset": "quality",
    "strength": "denoise",
    "sampler": "samplingmethod",
    "seed": "randomseed",
}
MEANT = {word: ours for ours, words in _MEANT.items() for word in words.split()}

_PRESET_WORDS = {
    "quality": "high best hd max maximum ultra fine good",
    "fast": "low quick preview small rough",
    "balanced": "medium normal standard default",
}
#: Words for a preset that people use elsewhere, and a preset.
PRESET_WORDS = {word: ours for ours, words in _PRESET_WORDS.items() for word in words.split()}
PRESET_WORDS["draft"] = "draft"


def folded(word: str) -> str:
    """`word` as it is looked up: `Negative prompt`, `negative-prompt`, `negativePrompt` are one."""
    return re.sub(r"[\s_-]+", "", word[:60].strip("\"'“”„‘’«»").casefold())


@lru_cache(maxsize=16)
def _by_fold(known: tuple[str, ...]) -> dict[str, str]:
    found: dict[str, str] = {}
    for word in known:
        found.setdefault(folded(word), word)
    return found


def known_word(word: str, known: Iterable[str]) -> str:
    """The known word that `word` is, however it is spelled; `word` itself if it is none."""
    words = tuple(known)
    return word if word in words else _by_fold(words).get(folded(word), word)
