"""What a file of weights is that is not what it was taken for, in a sentence for a person.

Told by its keys where it is safetensors, by its first bytes where it is not. Sentences come without
their full stop. Knows nothing of layers.
"""

from __future__ import annotations

from collections.abc import Collection

# A part of a key -> the model that has layers of such a name; the first that occurs counts.
_MODELS = (
    ("distilled_guidance_layer", "Chroma"),
    ("double_stream_blocks", "HiDream"),
    ("double_blocks", "Flux or another model of its kind"),
    ("single_transformer_blocks", "Flux or another model of its kind"),
    ("single_blocks", "Flux or another model of its kind"),
    ("joint_blocks", "Stable Diffusion 3"),
    ("add_q_proj", "Stable Diffusion 3 or a later model"),
    ("img_mlp", "Qwen-Image"),
    ("noise_refiner", "Lumina or Z-Image"),
    ("cross_attn.", "a video model"),
    ("cross_attn_", "a video model"),
    ("lora_te3_", "Stable Diffusion 3"),
    ("lora_prior_", "Stable Cascade"),
    ("condition_embedder.", "a video model"),
    ("lora_te_text_model", "Stable Diffusion 1.5 or 2"),
    ("cond_stage_model.transformer", "Stable Diffusion 1.5"),
    ("cond_stage_model.model", "Stable Diffusion 2"),
)

ZERO_SNR = "ztsnr"
"""The tensor that marks a checkpoint as trained down to a signal of zero."""

IP_ADAPTER = "It is an IP-Adapter"
_OFT = "It is an OFT, which turns weights instead of adding to them; that is not read"

# A part of a key -> what a file with such keys is, whatever model it is for.
_THINGS = (
    ("boft_", "It is a BOFT, which turns weights instead of adding to them; that is not read"),
    ("oft_blocks", _OFT),
    ("oft_diag", _OFT),
    (".oft_", _OFT),
    ("vera_lambda", "It is a VeRA, whose matrices are drawn anew by its trainer; that is not read"),
    ("lora_controlnet", "It is a ControlNet (a Control-LoRA)"),
    ("zero_convs.", "It is a ControlNet"),
    ("input_hint_block.", "It is a ControlNet"),
    ("controlnet_cond_embedding", "It is a ControlNet"),
    ("control_model.", "It is a ControlNet"),
    ("lllite_", "It is a ControlNet-LLLite"),
    ("id_adapter", "It is PuLID, which follows faces; that is not read"),
    ("id_encoder.", "It is PhotoMaker, which follows faces; that is not read"),
    ("image_proj.", IP_ADAPTER),
    ("ip_adapter.", IP_ADAPTER),
    ("ip_adapter_", IP_ADAPTER),
    ("to_k_ip.", IP_ADAPTER),
    ("adapter.body.", "It is a T2I-Adapter"),
    ("adapter.conv_in.", "It is a T2I-Adapter"),
    ("motion_modules.", "It is a motion module (AnimateDiff)"),
    ("emb_params", "It is an embedding (textual inversion)"),
)
_BLOCKS_OF_TRANSFORMERS = ("transformer.", "transformer_blocks", "blocks.", "blocks_", "layers.")
_LORA = (".lora_down.", ".lora_A.", ".lora.down.", "_lora.down.", ".hada_w1_a", ".lokr_w1")

_VAE = ("encoder.", "decoder.", "quant_", "post_quant_")

# How a file begins -> what it is.
_PAGE = "It is a page of HTML (a login or error page, saved instead of the file)"
_BEGINNINGS = (
    (b"version https://git-lfs", "It is only a pointer of Git LFS, not the file itself"),
    (b"<!doctype html", _PAGE),
    (b"<html", _PAGE),
    (b"gguf", "It is a GGUF file"),
    (b"pk\x03\x04", "It is a pickle or an archive with another ending, and those are never opened"),
    (b"\x80\x02", "It is a pickle with another ending, and those are never opened"),
    (b'{"', "It is JSON, perhaps an error that a server gave instead of the file"),
)

#: Inputs of the layers that look at the prompt, where nothing else tells one model from another.
_PROMPT_WIDTHS = {768: "Stable Diffusion 1.5", 1024: "Stable Diffusion 2"}

#: All that is in an embedding for SDXL.
_EMBEDDING = {"clip_l", "clip_g"}


def kind_of_lora(keys: Collection[str]) -> str | None:
    """What a file is that was taken for a LoRA for SDXL; None if nothing tells."""
    if any(key.startswith("first_stage_model.") for key in keys):
        return "It is a whole checkpoint, not a LoRA"
    if any("decoder.up_blocks" in key for key in keys):
        return "It is a VAE"
    told = _thing(keys) or _model(keys, "a LoRA")
    if told is None and any(key.startswith(_BLOCKS_OF_TRANSFORMERS) for key in keys):
        return "It is a LoRA for a transformer (Wan, LTX, Sana, Z-Image), not for a UNet"
    if told is None and any(key.startswith("text_model.") for key in keys):
        return "It is a LoRA for a text encoder, and does not say for which of the two"
    return told


def lora_by_width(width: int) -> str | None:
    """The same by the inputs of a layer that looks at the prompt."""
    model = _PROMPT_WIDTHS.get(width)
    return f"It is a LoRA for {model}" if model else None


def kind_of_checkpoint(keys: Collection[str]) -> str | None:
    """What a file is that was taken for a checkpoint of SDXL; None if nothing tells."""
    thing = _thing(keys)
    if thing is not None:
        return thing
    if any(mark in key for key in keys for mark in _LORA):
        return "It is a LoRA, which belongs into the loras folder"
    if any(key.startswith("conditioner.embedders.0.model.") for key in keys):
        return "It is the refiner of SDXL, which can only finish another model's pictures"
    if keys and all(
        key.startswith(("encoder.", "decoder.", "quant_", "post_quant")) for key in keys
    ):
        return "It is a VAE alone"
    if any(key.startswith(_UNET) for key in keys):
        return "It is a UNet alone"
    return _model(keys, "a checkpoint")


def kind_of_stray(keys: Collection[str]) -> tuple[str, str] | None:
    """What a file among the models is that is a part or a companion of models, and where it
    belongs; None for whole models of any kind, and where nothing tells."""
    if any(key.startswith(_WHOLE) for key in keys):
        return None
    if any(mark in key for key in keys for mark in _LORA) or any(
        key.startswith(_LORA_NAMES) for key in keys
    ):
        return "It is a LoRA", "Put it into the folder `loras` of the models folder."
    if keys and all(key.startswith((*_VAE, "first_stage_model.")) for key in keys):
        return "It is a VAE alone", "A model brings its own, as the `vae` of its folder."
    if keys and all(key.startswith(_VISION) for key in keys):
        return (
            "It is an image encoder",
            "Put it into `ip_adapter/image_encoder` of the models folder, as model.safetensors, "
            "with its config.json beside it.",
        )
    thing = _thing(keys) or _model(keys, "a checkpoint")
    if thing == IP_ADAPTER:
        return thing, "Put it into the folder `ip_adapter` of the models folder."
    if thing is not None and thing.startswith(_CONTROLS):
        return thing, "Put it into the folder `controls` of the models folder."
    if thing is None and any(key.startswith(_UNET) for key in keys):
        thing = "It is a UNet alone"
    if thing is None:
        return None
    return thing, "Hotfolder has no use for it: take it out of the models folder."


_CONTROLS = ("It is a ControlNet", "It is a T2I-Adapter")
_WHOLE = ("model.diffusion_model.", "conditioner.embedders.", "cond_stage_model.")
_LORA_NAMES = ("lora_unet_", "lora_te", "lycoris_")
_UNET = ("down_blocks.", "diffusion_model.input_blocks.", "input_blocks.")
_VISION = ("vision_model.", "visual_projection.", "visual.")


def _thing(keys: Collection[str]) -> str | None:
    if keys and set(keys) <= _EMBEDDING:
        return "It is an embedding (textual inversion)"
    return next((told for mark, told in _THINGS if any(mark in key for key in keys)), None)


def _model(keys: Collection[str], what: str) -> str | None:
    found = (model for mark, model in _MODELS if any(mark in key for key in keys))
    model = next(found, None)
    return f"It is {what} for {model}" if model else None


def not_safetensors(beginning: bytes) -> str:
    """What a file that begins so is."""
    if not beginning.strip(b"\0"):
        return "It is empty" if not beginning else "It holds only zeros, as a broken download does"
    head = beginning.lstrip().lower()
    for mark, sentence in _BEGINNINGS:
        if head.startswith(mark):
            return sentence
    return "It is broken, or cut off, or not safetensors"
