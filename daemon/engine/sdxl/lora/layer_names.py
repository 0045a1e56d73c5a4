"""The layers of a network that a LoRA may change, by every name that files have for them.

A UNet's layers have diffusers' names and those of the original code (LDM's input_blocks,
middle_block, output_blocks), which most trainers for SDXL still write. The correspondence follows
from the UNet's blocks; it is the one of diffusers' `convert_diffusers_to_original_sdxl.py`. Knows
no file.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from torch import nn

from daemon.engine.sdxl.lora.keys import Place

if TYPE_CHECKING:
    from daemon.engine.sdxl.networks import Network, TextEncoder, Unet

#: Kinds of layers that any LoRA file is for.
KINDS = (nn.Linear, nn.Conv2d, nn.LayerNorm, nn.GroupNorm)

_RESNET = {
    "norm1": "in_layers.0",
    "conv1": "in_layers.2",
    "time_emb_proj": "emb_layers.1",
    "norm2": "out_layers.0",
    "conv2": "out_layers.3",
    "conv_shortcut": "skip_connection",
}
_ENDS = {
    "conv_in": "input_blocks.0.0",
    "time_embedding.linear_1": "time_embed.0",
    "time_embedding.linear_2": "time_embed.2",
    "add_embedding.linear_1": "label_emb.0.0",
    "add_embedding.linear_2": "label_emb.0.2",
    "conv_norm_out": "out.0",
    "conv_out": "out.2",
}

#: How the first LoRAs of diffusers named the projections of CLIP's attention.
_OLD_CLIP = {"q_proj": "to_q", "k_proj": "to_k", "v_proj": "to_v", "out_proj": "to_out"}


@dataclass(frozen=True, slots=True)
class LayerNames:
    """Names of a network's layers -> the paths of their modules, with dots and joined."""

    dotted: Mapping[str, str]
    joined: Mapping[str, str]

    def find(self, place: Place) -> str | None:
        """The path of the module at `place`, or None if there is none."""
        return (self.joined if place.joined else self.dotted).get(place.name)


def names_of_unet(unet: Unet) -> LayerNames:
    """Names of `unet`'s layers: diffusers', LDM's, and those of the first processors."""
    blocks = dict(_blocks(unet))
    names: dict[str, str] = {}
    for path in _paths(unet):
        names[path] = path
        names[_ldm(path, blocks)] = path
    for name, path in list(names.items()):
        if name.endswith(".to_out.0"):
            names.setdefault(name.removesuffix(".0"), path)
    return _both(names)


def names_of_encoder(encoder: TextEncoder) -> LayerNames:
    """Names of a text encoder's layers, with and without `text_model.` before them."""
    names: dict[str, str] = {}
    for path in _paths(encoder):
        bare = path.removeprefix("text_model.")
        head, _, last = bare.rpartition(".")
        aliases = [bare] + ([f"{head}.{_OLD_CLIP[last]}"] if last in _OLD_CLIP else [])
        for alias in aliases:
            names[alias] = names[f"text_model.{alias}"] = path
    return _both(names)


def _both(names: dict[str, str]) -> LayerNames:
    return LayerNames(names, {name.replace(".", "_"): path for name, path in names.items()})


def _paths(network: Network) -> Iterator[str]:
    return (path for path, module in network.named_modules() if isinstance(module, KINDS))


def _ldm(path: str, blocks: Mapping[str, str]) -> str:
    """LDM's name of a UNet's layer; diffusers' own where both have the same."""
    if path in _ENDS or path in blocks:
        return _ENDS.get(path) or blocks[path]
    for ours, theirs in blocks.items():
        if path.startswith(f"{ours}."):
            inside = path[len(ours) + 1 :]
            kind = ours.split(".")[-2]
            return f"{theirs}.{_RESNET.get(inside, inside) if kind == 'resnets' else inside}"
    return path


def _blocks(unet: Unet) -> Iterator[tuple[str, str]]:
    """diffusers' name and LDM's of everything that a UNet's layers are in."""
    place = 1
    for level, block in enumerate(unet.down_blocks):
        for each in range(len(block.resnets)):
            yield from _pair(f"down_blocks.{level}", block, each, f"input_blocks.{place}")
            place += 1
        if block.downsamplers:
            yield f"down_blocks.{level}.downsamplers.0.conv", f"input_blocks.{place}.0.op"
            place += 1
    yield "mid_block.resnets.0", "middle_block.0"
    yield "mid_block.attentions.0", "middle_block.1"
    yield "mid_block.resnets.1", "middle_block.2"
    place = 0
    for level, block in enumerate(unet.up_blocks):
        attends = bool(getattr(block, "attentions", None))
        for each in range(len(block.resnets)):
            yield from _pair(f"up_blocks.{level}", block, each, f"output_blocks.{place}")
            place += 1
        if block.upsamplers:
            last = f"output_blocks.{place - 1}.{2 if attends else 1}.conv"
            yield f"up_blocks.{level}.upsamplers.0.conv", last


def _pair(ours: str, block: nn.Module, each: int, theirs: str) -> Iterator[tuple[str, str]]:
    yield f"{ours}.resnets.{each}", f"{theirs}.0"
    if getattr(block, "attentions", None):
        yield f"{ours}.attentions.{each}", f"{theirs}.1"
