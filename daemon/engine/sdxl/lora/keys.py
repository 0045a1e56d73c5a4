"""The keys of a LoRA file, each taken apart: which part of the model, which layer, which matrix.

Every trainer writes its own keys: kohya joins a layer's path with underscores, peft and diffusers
keep the dots, others put LDM's prefixes before them. Knows no model: whether there is a layer of
that name is `layer_names`' to say.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

UNET, ENCODER, ENCODER_2 = "unet", "text_encoder", "text_encoder_2"
PARTS = (UNET, ENCODER, ENCODER_2)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a layer is: `part` of the model and the layer's `name` in it. `joined` names have
    underscores for dots."""

    part: str
    name: str
    joined: bool = False


@dataclass(frozen=True, slots=True)
class Key:
    """A key taken apart; `role` is the matrix's, in LyCORIS' words where there are several."""

    place: Place
    role: str


# What comes before the layer's path -> the part it is for; the longest that fits counts.
_PREFIXES = {
    "unet.": UNET,
    "unet.base_model.model.": UNET,
    "base_model.model.unet.": UNET,
    "base_model.model.": UNET,
    "diffusion_model.": UNET,
    "model.diffusion_model.": UNET,
    "text_encoder.": ENCODER,
    "text_encoder.base_model.model.": ENCODER,
    "base_model.model.text_encoder.": ENCODER,
    "text_encoders.clip_l.transformer.": ENCODER,
    "text_encoders.clip_l.": ENCODER,
    "clip_l.transformer.": ENCODER,
    "clip_l.": ENCODER,
    "te1.": ENCODER,
    "conditioner.embedders.0.transformer.": ENCODER,
    "text_encoder_2.": ENCODER_2,
    "text_encoder_2.base_model.model.": ENCODER_2,
    "base_model.model.text_encoder_2.": ENCODER_2,
    "text_encoders.clip_g.transformer.": ENCODER_2,
    "text_encoders.clip_g.": ENCODER_2,
    "clip_g.transformer.": ENCODER_2,
    "clip_g.": ENCODER_2,
    "te2.": ENCODER_2,
}
_JOINED_PREFIXES = {
    "lora_unet_": UNET,
    "lycoris_unet_": UNET,
    "lycoris_": UNET,
    "lora_te1_": ENCODER,
    "lycoris_te1_": ENCODER,
    "lora_te2_": ENCODER_2,
    "lycoris_te2_": ENCODER_2,
}

#: How a key ends -> its role; the named group says it where there are several.
_ENDINGS = tuple(
    (re.compile(pattern + r"\Z"), role)
    for pattern, role in (
        (r"[._]lora(?:_linear_layer)?\.down\.weight", "down"),
        (r"[._]lora(?:_linear_layer)?\.up\.weight", "up"),
        (r"\.lora_down(?:\.default)?\.weight", "down"),
        (r"\.lora_up(?:\.default)?\.weight", "up"),
        (r"\.lora_mid\.weight", "mid"),
        (r"\.lora_A(?:\.[^.]+)?\.weight", "down"),
        (r"\.lora_B(?:\.[^.]+)?\.weight", "up"),
        (r"\.lora_B(?:\.[^.]+)?\.bias", "up_bias"),
        (r"\.lora_up\.bias", "up_bias"),
        (r"\.lora_magnitude_vector(?:\.[^.]+)?", "magnitude"),
        (r"\.lora_magnitude_vector\.[^.]+\.weight", "magnitude"),
        (r"\.([ab][12])\.weight", ""),
        (r"\.(hada_w[12]_[ab]|hada_t[12]|lokr_w[12](?:_[ab])?|lokr_t[12])", ""),
        (r"\.(alpha|scale|scalar|dora_scale|diff|diff_b|w_norm|b_norm|on_input)", ""),
        (r"\.weight", "weight"),
    )
)

_OLD_PROCESSOR = re.compile(r"\.processor(?=\.)")


def take_apart(key: str) -> Key | None:
    """The key's place and role, or None if it is not a LoRA's for an SDXL model."""
    for ending, said in _ENDINGS:
        found = ending.search(key)
        if found:
            place = _place(_OLD_PROCESSOR.sub("", key[: found.start()]))
            return Key(place, said or found.group(1)) if place else None
    return None


def _place(stem: str) -> Place | None:
    for prefixes, joined in ((_JOINED_PREFIXES, True), (_PREFIXES, False)):
        fitting = [prefix for prefix in prefixes if stem.startswith(prefix)]
        if fitting:
            longest = max(fitting, key=len)
            return Place(prefixes[longest], stem[len(longest) :], joined)
    return Place(UNET, stem) if "." in stem else None
