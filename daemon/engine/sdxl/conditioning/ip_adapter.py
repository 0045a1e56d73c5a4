"""IP-Adapters: reference pictures as extra words of the cross attention.

An adapter's weights are two matrices per layer and a projection from the image encoder's output
to a few tokens. They are never built into the UNet: per picture they are turned into keys and
values (see `attention`), so several adapters can be at hand and cost nothing while unused.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor
from torch.nn import functional as F

from daemon.engine.interface import RenderError, UnloadableError
from daemon.engine.sdxl.attention import (
    Attended,
    Keyed,
    Layer,
    cross_layers,
    side_by_side,
    split_heads,
)
from daemon.engine.sdxl.foreign_weights import refusing
from daemon.engine.sdxl.model_files import MEND
from daemon.protocol.following import looked_at
from daemon.protocol.render import ReferenceParams

if TYPE_CHECKING:
    from daemon.engine.sdxl.networks import Unet

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
    """References of one picture that go through one adapter, and their tokens; `masks` are
    (1, 1, height, width) at the size of the picture, None where a reference acts everywhere."""

    adapter: Adapter
    references: tuple[ReferenceParams, ...]
    tokens: Tensor
    masks: tuple[Tensor | None, ...]


def check_adapter(name: str, path: str, layers: int) -> None:
    """Look at the file's table of contents, so that a wrong file is found while loading."""
    try:
        with safe_open(path, framework="pt") as file:
            keys = set(file.keys())
    except (OSError, SafetensorError) as error:
        why = (error.strerror if isinstance(error, OSError) else None) or "it is broken or cut off"
        raise UnloadableError(
            f"The IP-Adapter {name} in {path} can't be read: {why}.",
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


def load_adapter(path: str, unet: Unet, place: torch.device, dtype: torch.dtype) -> Adapter:
    """The adapter in the file `path`. Raises RenderError for one that is none for this model."""
    with refusing(
        f"The IP-Adapter in {path} can't be used.",
        "Its tensors are not those of an IP-Adapter for this model: it is damaged, or of another "
        "kind.",
    ):
        return _load(path, unet, place, dtype)


def _load(path: str, unet: Unet, place: torch.device, dtype: torch.dtype) -> Adapter:
    with safe_open(path, framework="pt") as file:
        weights = {key: _checked(path, key, file.get_tensor(key)) for key in file.keys()}  # noqa: SIM118
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


def _checked(path: str, key: str, weight: Tensor) -> Tensor:
    """`weight`, which would spoil every picture that looks through it, in silence or not."""
    if key.startswith(("image_proj.", "ip_adapter.")) and not (
        weight.is_floating_point() and bool(torch.isfinite(weight.float()).all())
    ):
        raise RenderError(
            f"The IP-Adapter in {path} is broken.",
            why=f"{key} holds whole numbers, or values that are not numbers (NaN or infinite).",
            remedy=MEND,
        )
    return weight


@dataclass(frozen=True, slots=True)
class View:
    """What one layer looks at of one picture: its text, and its references by slot. Pictures that
    share a call meet slot by slot."""

    text: Keyed
    images: dict[str, Keyed]


class Attention:
    """Everything one picture's cross attention looks at, step by step.

    References of one adapter share one softmax; one with a mask has its own, as diffusers has it.
    """

    def __init__(self, unet: Unet, text: dict[str, Keyed], shown: list[Shown]) -> None:
        self._heads = {name: attn.heads for name, attn in cross_layers(unet)}
        self._levels = len(unet.config.block_out_channels)
        self._text = text
        self._shown = shown
        self._known: dict[tuple[tuple[int, ...], ...], dict[str, View]] = {}

    def at(self, share: float) -> dict[str, View]:
        """What is looked at after `share` of the steps; the same object while nothing changes."""
        active = tuple(
            tuple(
                i
                for i, reference in enumerate(group.references)
                if reference.scale and looked_at(reference.start, reference.end, share)
            )
            for group in self._shown
        )
        if active not in self._known:
            self._known[active] = {
                name: View(text, self._images(name, active)) for name, text in self._text.items()
            }
        return self._known[active]

    def _images(self, name: str, active: tuple[tuple[int, ...], ...]) -> dict[str, Keyed]:
        images = {}
        for group, indices in zip(self._shown, active, strict=True):
            here = [i for i in indices if name.startswith(BLOCKS[group.references[i].kind])]
            whole = [i for i in here if group.masks[i] is None]
            adapter = group.references[0].model
            if whole:
                images[adapter] = self._keyed(name, group, whole)
            masked = [i for i in here if group.masks[i] is not None]
            for number, i in enumerate(masked):
                keyed = self._keyed(name, group, [i])
                images[f"{adapter}, mask {number}"] = keyed._replace(
                    where=self._where(name, group, i)
                )
        return images

    def _keyed(self, name: str, group: Shown, here: list[int]) -> Keyed:
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
            torch.full((key.shape[0], 1, 1), scales[0], dtype=torch.float32, device=key.device),
        )

    def _where(self, name: str, group: Shown, i: int) -> Tensor:
        """The mask of reference `i` as this layer's places see it: (rows, places, 1)."""
        mask = group.masks[i]
        assert mask is not None
        height, width = mask.shape[2] // 8, mask.shape[3] // 8
        for _ in range(_level(name, self._levels)):
            height, width = (height + 1) // 2, (width + 1) // 2
        small = F.interpolate(mask, size=(height, width), mode="bicubic").flatten().view(1, -1, 1)
        return small.to(group.tokens).expand(group.tokens.shape[0], -1, -1)


def side_by_side_views(views: list[tuple[dict[str, View], int]]) -> Attended:
    """What a call looks at: the views of its pictures, each with its number of rows."""
    first = views[0][0]
    if len(views) == 1:
        return {n: Layer(view.text, tuple(view.images.values())) for n, view in first.items()}
    attended = {}
    for name in first:
        here = [(view[name], rows) for view, rows in views]
        slots = dict.fromkeys(slot for view, _ in here for slot in view.images)
        images = (side_by_side([(v.images.get(slot), rows) for v, rows in here]) for slot in slots)
        attended[name] = Layer(side_by_side([(v.text, rows) for v, rows in here]), tuple(images))
    return attended


def _level(name: str, levels: int) -> int:
    """How often the picture has been halved where this layer is."""
    part, number = name.split(".")[:2]
    if part == "down_blocks":
        return int(number)
    return levels - 1 - int(number) if part == "up_blocks" else levels - 1
