"""Files that are no LoRA for SDXL, told by what is in them, in a sentence for a person.

By keys where the file is safetensors, by its first bytes where it is not. Knows nothing of layers.
"""

from __future__ import annotations

from collections.abc import Iterable

# A part of a key -> what a file with such keys is; the first that occurs counts.
_MARKS = (
    ("oft_blocks", "It is an OFT, which turns weights instead of adding to them; that is not read"),
    ("oft_diag", "It is an OFT, which turns weights instead of adding to them; that is not read"),
    ("boft_", "It is a BOFT, which turns weights instead of adding to them; that is not read"),
    ("double_blocks", "It is a LoRA for Flux or another model of its kind"),
    ("single_transformer_blocks", "It is a LoRA for Flux or another model of its kind"),
    ("single_blocks", "It is a LoRA for Flux or another model of its kind"),
    ("joint_blocks", "It is a LoRA for Stable Diffusion 3"),
    ("add_q_proj", "It is a LoRA for Stable Diffusion 3 or a later model"),
    ("img_mlp", "It is a LoRA for Qwen-Image"),
    ("noise_refiner", "It is a LoRA for Lumina or Z-Image"),
    ("cross_attn.", "It is a LoRA for a video model"),
    ("cross_attn_", "It is a LoRA for a video model"),
    ("first_stage_model.", "It is a whole checkpoint, not a LoRA"),
    ("controlnet_cond_embedding", "It is a ControlNet"),
    ("control_model.", "It is a ControlNet"),
    ("lllite_", "It is a ControlNet-LLLite"),
    ("image_proj.", "It is an IP-Adapter"),
    ("ip_adapter.", "It is an IP-Adapter"),
    ("emb_params", "It is an embedding (textual inversion)"),
    ("decoder.up_blocks", "It is a VAE"),
    ("lora_te_text_model", "It is a LoRA for Stable Diffusion 1.5 or 2"),
)

# How a file begins -> what it is.
_BEGINNINGS = (
    (
        b"version https://git-lfs",
        "It is only a pointer of Git LFS, not the file itself",
    ),
    (b"<!doctype html", "It is a page of HTML (a login or error page, saved instead of the file)"),
    (b"<html", "It is a page of HTML (a login or error page, saved instead of the file)"),
    (b"gguf", "It is a GGUF file"),
    (b"pk\x03\x04", "It is a pickle or an archive with another ending, and those are never opened"),
    (b"\x80\x02", "It is a pickle with another ending, and those are never opened"),
    (b'{"', "It is JSON, perhaps an error that a server gave instead of the file"),
)

#: Inputs of the layers that look at the prompt, where nothing else tells one family from another.
_PROMPT_WIDTHS = {
    768: "It is a LoRA for Stable Diffusion 1.5",
    1024: "It is a LoRA for Stable Diffusion 2",
}


def family(keys: Iterable[str]) -> str | None:
    """What a file with these keys is, a sentence without its full stop; None if nothing tells."""
    listed = list(keys)
    if listed and set(listed) <= {"clip_l", "clip_g"}:
        return "It is an embedding (textual inversion)"
    for mark, sentence in _MARKS:
        if any(mark in key for key in listed):
            return sentence
    return None


def family_by_width(width: int) -> str | None:
    """The same by the inputs of a layer that looks at the prompt."""
    return _PROMPT_WIDTHS.get(width)


def not_safetensors(beginning: bytes) -> str:
    """What a file that begins so is, a sentence without its full stop."""
    if not beginning.strip(b"\0"):
        return "It is empty" if not beginning else "It holds only zeros, as a broken download does"
    head = beginning.lstrip().lower()
    for mark, sentence in _BEGINNINGS:
        if head.startswith(mark):
            return sentence
    return "It is broken, or cut off, or not safetensors"
