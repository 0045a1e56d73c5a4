"""IP-Adapters: reference pictures as extra words of the cross attention.

An adapter's weights are two matrices per layer and a projection from the image encoder's output
to a few tokens. They are never built into the UNet: per picture they are turned into keys and
values (see `attention`), so several adapters can be at hand and cost nothing while unused.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor
from torch.nn import functional as F

from daemon.engine.attention import Attended, Keyed, Layer, cross_layers, split_heads
from daemon.engine.base import RenderError, UnloadableError
from daemon.protocol import Reference

#: The blocks of SDXL that carry style and layout (InstantStyle, arXiv 2404.02733).
STYLE = "up_blocks.0.attentions.1."
LAYOUT = "down_blocks.2.attentions.1."
BLOCKS = {"subject": ("",), "style": (STYLE,), "layout": (LAYOUT,), "style+layout": (STYLE, LAYOUT)}


@dataclass(frozen=True, slots=True)
class Adapter:
    """One adapter's weights: per cross attention layer the matrices for keys and for values."""

    projection: Any
    matrices: dict[str, tuple[Tensor, Tensor]]
    wants_hidden: bool

    def tokens(self, embedded: Tensor) -> Tensor:
        """(rows, references, ...) from the image encoder -> (rows, references, tokens, width)."""
        flat = self.projection(embedded.flatten(0, 1))
        return flat.unflatten(0, embedded.shape[:2])


@dataclass(frozen=True, slots=True)
class Shown:
    """References of one picture that go through one adapter, and their tokens."""

    adapter: Adapter
    references: tuple[Reference, ...]
    tokens: Tensor


def check_adapter(name: str, path: str, layers: int) -> None:
    """Look at the file's table of contents, so that a wrong file is found while loading."""
    try:
        with safe_open(path, framework="pt") as file:
            keys = set(file.keys())
    except (OSError, SafetensorError) as error:
        raise UnloadableError(
            f"The IP-Adapter {name} in {path} can't be read: {error}.",
            "Fetch it again with `hotfolder models pull`, or take it out of the model's card.",
        ) from error
    wanted = {f"ip_adapter.{2 * i + 1}.to_{kv}_ip.weight" for i in range(layers) for kv in "kv"}
    found = {key for key in keys if key.startswith("ip_adapter.")}
    if found != wanted or not any(key.startswith("image_proj.") for key in keys):
        raise UnloadableError(
            f"The file {path} is no IP-Adapter for this model.",
            f"It has weights for {len(found) // 2} attention layers and the model has {layers}; "
            "SDXL needs an adapter whose name says sdxl.",
        )


def load_adapter(path: str, unet: Any, place: torch.device, dtype: torch.dtype) -> Adapter:
    with safe_open(path, framework="pt") as file:
        weights = {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118
    image_proj = {
        key.removeprefix("image_proj."): weight
        for key, weight in weights.items()
        if key.startswith("image_proj.")
    }
    projection = unet._convert_ip_adapter_image_proj_to_diffusers(image_proj)
    kind = type(projection).__name__
    if kind not in ("ImageProjection", "IPAdapterPlusImageProjection"):
        raise RenderError(
            f"The IP-Adapter {path} is of a kind that is not supported ({kind}).",
            remedy="Use the base, plus or plus-face adapter for SDXL with the ViT-H encoder.",
        )
    matrices = {}
    for number, (name, _) in enumerate(cross_layers(unet)):
        key, value = (weights[f"ip_adapter.{2 * number + 1}.to_{kv}_ip.weight"] for kv in "kv")
        matrices[name] = (key.to(place, dtype), value.to(place, dtype))
    return Adapter(projection.to(place, dtype).eval(), matrices, kind != "ImageProjection")


class Attention:
    """Everything one picture's cross attention looks at, step by step."""

    def __init__(self, unet: Any, text: dict[str, Keyed], shown: list[Shown]) -> None:
        self._heads = {name: attn.heads for name, attn in cross_layers(unet)}
        self._text = text
        self._shown = shown
        self._known: dict[tuple[tuple[int, ...], ...], Attended] = {}

    def at(self, step: int, steps: int) -> Attended:
        """What step number `step` (from 0) of `steps` looks at."""
        active = tuple(
            tuple(
                i
                for i, reference in enumerate(group.references)
                if reference.scale and reference.start <= step / steps < _end(reference)
            )
            for group in self._shown
        )
        if active not in self._known:
            self._known[active] = {name: self._layer(name, active) for name in self._text}
        return self._known[active]

    def _layer(self, name: str, active: tuple[tuple[int, ...], ...]) -> Layer:
        images = []
        for group, indices in zip(self._shown, active, strict=True):
            here = [i for i in indices if name.startswith(BLOCKS[group.references[i].kind])]
            if here:
                images.append(self._images(name, group, here))
        return Layer(self._text[name], tuple(images))

    def _images(self, name: str, group: Shown, here: list[int]) -> Keyed:
        """Tokens of all these references in one attention; each weighs by its own scale."""
        chosen = group.tokens
        if len(here) < len(group.references):
            chosen = chosen[:, here]
        to_key, to_value = group.adapter.matrices[name]
        key, value = F.linear(chosen, to_key), F.linear(chosen, to_value)
        scales = [group.references[i].scale for i in here]
        if len(set(scales)) > 1:
            shares = torch.tensor([scale / scales[0] for scale in scales])
            value = value * shares.to(value).view(1, -1, 1, 1)
        heads = self._heads[name]
        return Keyed(
            split_heads(key.flatten(1, 2), heads),
            split_heads(value.flatten(1, 2), heads),
            scales[0],
        )


def _end(reference: Reference) -> float:
    return reference.end if reference.end < 1.0 else 2.0
