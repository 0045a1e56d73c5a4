"""The records of other tools, one row each: how they are told, and what their keys say in ours.

Keys are compared folded (lower case, letters and digits only), so that `Guidance Scale`,
`guidance_scale` and `guidanceScale` are one. Tables and plain conversions.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from daemon.jobfile import foreign_values as values
from daemon.jobfile import tree
from daemon.jobfile.foreign_values import Turn

_A1111_MARKS = re.compile(r"[()\[\]\\]|\bBREAK\b|<\s*lora\s*:", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Tool:
    """`signs` tells its mappings by keys that nobody else writes; `inner` are the keys under which
    the settings may lie; `marks` is a pattern of weights in prompts that we don't read."""

    name: str
    signs: Callable[[Mapping[str, tree.Node]], bool]
    keys: Mapping[str, Turn]
    inner: tuple[str, ...] = ()
    is_a1111_language: bool = False
    marks: str = ""


def folded(key: str) -> str:
    return re.sub(r"[^a-z0-9]", "", key.casefold())


def has_a1111_marks(texts: Iterable[str]) -> bool:
    """Whether A1111's language makes anything else of these texts than plain reading does."""
    return any(_A1111_MARKS.search(text) for text in texts)


# --- tables ---------------------------------------------------------------------------------------


_BASICS: dict[str, Turn] = {
    "prompt": values.prompt,
    "negativeprompt": values.text("negative_prompt"),
    "steps": values.whole("steps"),
    "seed": values.whole("seed"),
    "width": values.whole("width"),
    "height": values.whole("height"),
    "sampler": values.sampler,
    "scheduler": values.schedule,
}
_OWN: dict[str, Turn] = {  # a record that a person has begun to mend stays readable
    "prompt2": values.text("prompt_2"),
    "preset": values.text("preset"),
    "name": values.text("name"),
    "priority": values.whole("priority"),
}


_SWARM: dict[str, Turn] = {
    **_BASICS,
    **_OWN,
    "cfgscale": values.number("guidance_scale"),
    "aspectratio": values.aspect,
}


def _has(*keys: str) -> Callable[[Mapping[str, tree.Node]], bool]:
    return lambda items: not frozenset(keys).isdisjoint(items)


def _is_fooocus(items: Mapping[str, tree.Node]) -> bool:
    scheme = items.get("metadata_scheme")
    version = items.get("version", items.get("Version"))
    said = f"{tree.plain(scheme) if scheme else ''} {tree.plain(version) if version else ''}"
    return "fooocus" in said.casefold() or _has(
        "adm_guidance", "ADM Guidance", "full_prompt", "prompt_expansion",
        "Fooocus V2 Expansion", "style_selections", "performance_selection",
        "aspect_ratios_selection",
    )(items)  # fmt: skip


def _is_swarm_request(items: Mapping[str, tree.Node]) -> bool:
    return "session_id" in items or items.keys() >= {"negativeprompt", "cfgscale"}


def _is_invokeai(items: Mapping[str, tree.Node]) -> bool:
    return _has("generation_mode", "rand_device", "positive_style_prompt", "app_id")(items) or (
        items.keys() >= {"app_version", "positive_prompt"}
    )


def _is_novelai(items: Mapping[str, tree.Node]) -> bool:
    return (
        _has("uncond_scale", "signed_hash", "v4_prompt", "noise_schedule", "qualityToggle")(items)
        or items.keys() >= {"input", "parameters"}
        or ("uc" in items and "c" not in items)
    )


def _is_draw_things(items: Mapping[str, tree.Node]) -> bool:
    return items.keys() >= {"c", "uc"} or items.keys() >= {"c", "sampler"} or _has(
        "seed_mode", "seedMode", "hiresFix", "tiled_decoding", "batchCount"
    )(items)  # fmt: skip


def _asks(*keys: str, of: str) -> Callable[[Mapping[str, tree.Node]], bool]:
    """Whether the mapping under `of` asks for pictures."""

    def signs(items: Mapping[str, tree.Node]) -> bool:
        inner = items.get(of)
        return isinstance(inner, tree.Table) and any(key in inner.items for key in keys)

    return signs


def _is_civitai(items: Mapping[str, tree.Node]) -> bool:
    marks = (
        *("samplerName", "clipSkip", "baseModel", "resources", "quantity"),
        *("hashes", "Model hash", "Clip skip", "Civitai resources"),
    )
    return sum(key in items for key in marks) >= 2


def _is_picture_of_civitai(items: Mapping[str, tree.Node]) -> bool:
    """As its API lists pictures: the record under `meta`, which is free text in a job of ours."""
    return "prompt" not in items and _asks("cfgScale", "negativePrompt", "sampler", of="meta")(
        items
    )


#: How the services on the web call these things, in one spelling or another.
_SERVICE: dict[str, Turn] = {
    **_BASICS,
    "sampler": values.sampler,
    "samplername": values.sampler,
    "scheduler": values.sampler,
    "negative": values.text("negative_prompt"),
    "inputs": values.text("prompt"),
    "textprompts": values.prompt,
    "cfg": values.number("guidance_scale"),
    "cfgscale": values.number("guidance_scale"),
    "guidance": values.number("guidance_scale"),
    "guidancescale": values.number("guidance_scale"),
    "numinferencesteps": values.whole("steps"),
    "numoutputs": values.whole("count"),
    "numimages": values.whole("count"),
    "quantity": values.whole("count"),
    "samples": values.whole("count"),
    "n": values.whole("count"),
    "aspectratio": values.aspect,
    "imagesize": values.size,
    "clipskip": values.clip_skip,
}

TOOLS = (
    Tool(
        "SwarmUI",
        _has("sui_image_params", "sui_extra_data", "swarm_version"),
        _SWARM,
        inner=("sui_image_params",),
        is_a1111_language=True,
    ),
    Tool(  # what its API is asked for names the model that is wanted, not one that was used
        "SwarmUI",
        _is_swarm_request,
        {
            **_SWARM, "model": values.model,
            "images": values.whole("count"),
            "sessionid": values.nothing,
        },
        is_a1111_language=True,
    ),
    Tool(
        "Fooocus",
        _is_fooocus,
        {
            **_BASICS, **_OWN,
            "guidancescale": values.number("guidance_scale"),
            "resolution": values.size,
            "aspectratiosselection": values.size,
            "clipskip": values.clip_skip,
            "imageseed": values.whole("seed"),
            "imagenumber": values.whole("count"),
            "metadatascheme": values.nothing,
        },
        is_a1111_language=True,
    ),
    Tool(
        "InvokeAI",
        _is_invokeai,
        {
            **_BASICS, **_OWN,
            "scheduler": values.sampler,
            "positiveprompt": values.text("prompt"),
            "positivestyleprompt": values.text("prompt_2"),
            "negativestyleprompt": values.text("negative_prompt_2"),
            "cfgscale": values.number("guidance_scale"),
        },
        inner=("image",),
        marks=r"[\w)\"'](?:\++|-+)(?=[\s,.)]|\Z)|\)\s*\d\.\d|\)[+\-\d]|\)\.(?:and|blend)\(|\.swap\(",
    ),
    Tool(
        "Draw Things",
        _is_draw_things,
        {
            **_BASICS, **_OWN,
            "c": values.text("prompt"),
            "uc": values.text("negative_prompt"),
            "scale": values.number("guidance_scale"),
            "guidancescale": values.number("guidance_scale"),
            "size": values.size,
            "sampler": values.draw_things_sampler,
            "clipskip": values.clip_skip,
            "batchcount": values.whole("count"),
        },
        is_a1111_language=True,
    ),
    Tool(
        "NovelAI",
        _is_novelai,
        {
            **_BASICS, **_OWN,
            "input": values.text("prompt"),
            "uc": values.text("negative_prompt"),
            "scale": values.number("guidance_scale"),
            "nsamples": values.whole("count"),
            "noiseschedule": values.schedule,
        },
        inner=("parameters",),
        marks=r"[{}\[\]]|-?\d+(?:\.\d+)?::",
    ),
    Tool(
        "Easy Diffusion",
        _has("use_stable_diffusion_model", "num_outputs", "used_random_seed"),
        {
            **_BASICS, **_OWN,
            "numinferencesteps": values.whole("steps"),
            "guidancescale": values.number("guidance_scale"),
            "samplername": values.sampler,
            "schedulername": values.schedule,
            "numoutputs": values.whole("count"),
        },
        is_a1111_language=True,
    ),
    Tool(
        "RuinedFooocus",
        _has("base_model_name", "base_model_hash"),
        {**_SERVICE, "scheduler": values.schedule},
        is_a1111_language=True,
    ),
    Tool("Replicate", _asks("prompt", of="input"), _SERVICE, inner=("input",)),
    Tool("Hugging Face", _has("inputs"), _SERVICE, inner=("parameters",)),
    Tool("AI Horde", _asks("sampler_name", "cfg_scale", "steps", of="params"),
         {**_SERVICE, "prompt": values.horde_prompt}, inner=("params",)),
    Tool("Stability's API", _has("text_prompts"), _SERVICE),
    Tool("Leonardo", _has("modelId", "presetStyle", "alchemy"), _SERVICE),
    Tool("fal", _has("enable_safety_checker"), _SERVICE),
    Tool("Civitai", _is_picture_of_civitai, {**_SERVICE, "size": values.size}, inner=("meta",),
         is_a1111_language=True),
    Tool("Civitai or TensorArt", _is_civitai, {**_SERVICE, "size": values.size},
         is_a1111_language=True),
    Tool(
        "mflux",
        _has("mflux_version"),
        {
            **_BASICS, **_OWN,
            "guidance": values.number("guidance_scale"),
            "lorapaths": values.listing("lora_paths"),
            "lorascales": values.listing("lora_scales"),
            "imagepath": values.text("image"),
            "imagestrength": values.number("image_strength"),
        },
    ),
)  # fmt: skip
"""In this order: what is written by several carries the signs of the first."""
