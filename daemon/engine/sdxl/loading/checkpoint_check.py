"""Whether a checkpoint of one file is an SDXL in a form that is read here, by its keys and types.

A key that would be left out in silence says what the model is: it is refused by its name. Knows
nothing of how the weights are taken out.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from torch import Tensor

from daemon.engine.interface import UnloadableError
from daemon.engine.sdxl.lora.layer_names import names_of_unet
from daemon.protocol.weight_kinds import kind_of_checkpoint

if TYPE_CHECKING:
    from daemon.engine.sdxl.networks import Unet

UNET = "model.diffusion_model."

#: What each component is called in the file, and how it is called for a person.
PREFIXES = {
    UNET: "UNet",
    "first_stage_model.": "VAE",
    "conditioner.embedders.0.transformer.": "first text encoder",
    "conditioner.embedders.1.model.": "second text encoder",
}

_OTHER_NOISE = {
    "edm_vpred.": "CosXL or another model with the noise of EDM",
    "edm_": "Playground 2.5 or another model with the noise of EDM",
}
_OTHER_STORAGE = {
    "scaled_fp8": "as fp8 with scales beside them",
    ".scale_weight": "as fp8 with scales beside them",
    ".absmax": "in four or eight bits (bitsandbytes)",
    ".quant_state": "in four or eight bits (bitsandbytes)",
    ".quant_map": "in four or eight bits (bitsandbytes)",
    ".weight_scale": "in fewer bits with scales beside them",
    ".comfy_quant": "in fewer bits with scales beside them",
    ".qweight": "in four bits (SVDQuant, AWQ or GPTQ)",
}
_NO_WEIGHTS = ("position_ids", "num_batches_tracked")  # whole numbers that files bring along
_FIRST_LAYER = "model.diffusion_model.input_blocks.0.0.weight"
_CHANNELS = (4, 9)  # plain, and made for painting over

_FULL = "Take a full SDXL checkpoint."
_PLAIN = "Take the same model in fp16, bf16 or plain fp8."


def check_checkpoint(path: Path, weights: Mapping[str, Tensor]) -> None:
    """Raises UnloadableError for what is not SDXL, or not in a form that is read here."""
    keys = weights.keys()
    missing = [
        name for prefix, name in PREFIXES.items() if not any(key.startswith(prefix) for key in keys)
    ]
    if missing:
        told = kind_of_checkpoint(keys) or f"It lacks {', '.join(missing)}"
        raise UnloadableError(f"{path} is no complete SDXL model. {told}.", _FULL)
    for mark, model in _OTHER_NOISE.items():
        if any(key.startswith(mark) for key in keys):
            raise UnloadableError(f"{path} is {model}, which no sampler here can follow.", _FULL)
    how = _storage(keys)
    if how:
        raise UnloadableError(f"{path} stores its weights {how}, which is not read.", _PLAIN)
    for key, weight in weights.items():
        mine = key.startswith(tuple(PREFIXES)) and not key.endswith(_NO_WEIGHTS)
        if mine and not weight.is_floating_point():
            kind = str(weight.dtype).removeprefix("torch.")
            raise UnloadableError(
                f"{path} stores its weights as {kind} ({key}), which is not read.", _PLAIN
            )
    channels = input_channels(weights)
    if channels not in _CHANNELS:
        what = ": it edits by instruction" if channels == 8 else ""
        raise UnloadableError(
            f"{path} has a UNet of {channels} input channels{what}, which is not SDXL's.", _FULL
        )


def _storage(keys: Collection[str]) -> str:
    ways = (how for mark, how in _OTHER_STORAGE.items() if any(key.endswith(mark) for key in keys))
    return next(ways, "")


def input_channels(weights: Mapping[str, Tensor]) -> int:
    """Of the UNet: 9 if it is made for painting over, else 4."""
    first = weights.get(_FIRST_LAYER)
    return int(first.shape[1]) if first is not None and first.dim() == 4 else _CHANNELS[0]


def check_all_used(path: Path, weights: Mapping[str, Tensor], unet: Unet) -> None:
    """Raises UnloadableError for layers that `unet`, built of these weights, has not."""
    names = names_of_unet(unet).dotted
    strange = [
        key
        for key in weights
        if key.startswith(UNET) and key.removeprefix(UNET).rpartition(".")[0] not in names
    ]
    if strange:
        raise UnloadableError(
            f"The UNet in {path} holds what SDXL's has not ({min(strange)[:120]}"
            f"{f' and {len(strange) - 1} more' if len(strange) > 1 else ''}): it is another model, "
            "or stored in a form that is not read.",
            _FULL,
        )
