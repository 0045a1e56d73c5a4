"""Cross attention that takes its keys and values ready-made.

Text and references do not change while a picture is being made, so their keys and values are
computed once per picture instead of at every step, and travel with the call: the processors hold
no state, a picture can't leave anything behind for the next, and one without references costs
exactly what the base model costs. The arithmetic is diffusers', operation for operation.

What travels is named tuples of tensors and nothing else, so that a compiled block meets the same
structure whatever the pictures are: a scale is a tensor of its own precision, never a number.
Every block is handed its own `Layer` from outside, which leaves one and the same code in all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import torch
from diffusers.models.attention_processor import AttnProcessor2_0
from torch import Tensor
from torch.nn import functional as F

from daemon.protocol.json_object import JsonObject

if TYPE_CHECKING:
    from daemon.engine.sdxl.networks import AttentionLayer, Unet


#: From queries, keys and values, by head, to what is seen.
Attend = Callable[[Tensor, Tensor, Tensor], Tensor]


class Keyed(NamedTuple):
    """Keys and values by head, (rows, heads, tokens, width).

    `scale` (rows, 1, 1) in float32 weighs what is seen, `where` (rows, places, 1) says at which
    places of the picture; `there` (rows, 1, 1, tokens) is False for what only fills up a row that
    has fewer tokens than its neighbours."""

    key: Tensor
    value: Tensor
    scale: Tensor | None = None
    where: Tensor | None = None
    there: Tensor | None = None


class Layer(NamedTuple):
    """What one cross attention layer looks at in one step: the text, then references."""

    text: Keyed
    images: tuple[Keyed, ...] = ()


#: For every cross attention layer of the UNet, by the name of its processor.
Attended = dict[str, Layer]


class SelfAttention(AttnProcessor2_0):
    """diffusers' own, but not surprised by the argument meant for its neighbours."""

    def __call__(
        self,
        attn: AttentionLayer,
        hidden_states: Tensor,
        encoder_hidden_states: Tensor | None = None,
        attention_mask: Tensor | None = None,
        temb: Tensor | None = None,
        layer: Layer | None = None,  # noqa: ARG002 - passed to every processor alike
    ) -> Tensor:
        return super().__call__(attn, hidden_states, encoder_hidden_states, attention_mask, temb)


class CrossAttention:
    """Looks at the text of this call and then, each with its scale, at the call's references."""

    def __call__(
        self,
        attn: AttentionLayer,
        hidden_states: Tensor,
        encoder_hidden_states: Tensor | None = None,  # noqa: ARG002 - `layer` says it all
        attention_mask: Tensor | None = None,  # noqa: ARG002 - SDXL has none
        temb: Tensor | None = None,  # noqa: ARG002
        layer: Layer | None = None,
    ) -> Tensor:
        assert layer is not None
        query = split_heads(attn.to_q(hidden_states), attn.heads)
        return attn.to_out[0](look(query, layer))


def install(unet: Unet) -> None:
    """Put our processors in; the UNet then needs `attended` with every call."""
    unet.set_attn_processor(
        {
            name: CrossAttention() if _is_cross(name) else SelfAttention()
            for name in unet.attn_processors
        }
    )
    for name, attn in cross_layers(unet):
        # What diffusers' processor would do beyond ours, and SDXL never asks for.
        assert attn.group_norm is None
        assert attn.spatial_norm is None
        assert not attn.norm_cross
        assert attn.norm_q is None
        assert attn.norm_k is None
        assert not attn.residual_connection
        assert attn.rescale_output_factor == 1.0
        block = unet.get_submodule(name.removesuffix(".attn2.processor"))
        block.register_forward_pre_hook(_Handing(name), with_kwargs=True)


class _Handing:
    """Before a block runs: hands it, of all that is attended to, what belongs to it."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __call__(
        self, _block: Any, given: tuple[Any, ...], named: JsonObject
    ) -> tuple[tuple[Any, ...], JsonObject]:
        layer = named["cross_attention_kwargs"]["attended"][self._name]
        return given, {**named, "cross_attention_kwargs": {"layer": layer}}


def cross_layers(unet: Unet) -> Iterator[tuple[str, AttentionLayer]]:
    """(processor name, attention module) of every cross attention, in diffusers' order."""
    for name in unet.attn_processors:
        if _is_cross(name):
            yield name, unet.get_submodule(name.removesuffix(".processor"))


def _is_cross(name: str) -> bool:
    return name.endswith("attn2.processor")


def key_text(unet: Unet, hidden: Tensor) -> dict[str, Keyed]:
    """Every layer's keys and values for the text."""
    return {
        name: Keyed(
            split_heads(attn.to_k(hidden), attn.heads), split_heads(attn.to_v(hidden), attn.heads)
        )
        for name, attn in cross_layers(unet)
    }


def split_heads(states: Tensor, heads: int) -> Tensor:
    rows = states.shape[0]
    return states.view(rows, -1, heads, states.shape[-1] // heads).transpose(1, 2)


def joined_heads(states: Tensor) -> Tensor:
    rows, heads, _, width = states.shape
    return states.transpose(1, 2).reshape(rows, -1, heads * width)


def look(query: Tensor, layer: Layer, attend: Attend = F.scaled_dot_product_attention) -> Tensor:
    """What is seen of the text and then, each with its scale, of the references; `attend` may
    compute attention in which nothing is masked."""
    seen = _glimpse(query, layer.text, attend)
    for image in layer.images:
        assert image.scale is not None
        glimpse = _glimpse(query, image, attend)
        if image.where is not None:
            glimpse = glimpse * image.where
        weighed = image.scale * glimpse
        if weighed.dtype != seen.dtype:
            # Half precision: rounded once, after the product, as with a plain number.
            weighed = weighed.to(seen.dtype)
        seen = seen + weighed
    return seen


def _glimpse(query: Tensor, keyed: Keyed, attend: Attend) -> Tensor:
    if keyed.there is None:
        return joined_heads(attend(query, keyed.key, keyed.value))
    seen = F.scaled_dot_product_attention(query, keyed.key, keyed.value, attn_mask=keyed.there)
    return joined_heads(seen)


# --- several pictures in one call -----------------------------------------------------------------


def side_by_side(pictures: Sequence[tuple[Keyed | None, int]]) -> Keyed:
    """One attention over the rows of several pictures, each given with its number of rows.

    No row ever sees a token of another picture: what fills a shorter row up is masked, and a
    picture that has nothing here (None) looks at zeros with scale 0.
    """
    present = [keyed for keyed, _ in pictures if keyed is not None]
    first = present[0]
    if len(pictures) == 1:
        return first
    tokens = max(keyed.key.shape[2] for keyed in present)
    uneven = any(keyed.key.shape[2] < tokens for keyed in present)
    parts = [_filled(keyed, rows, first, tokens) for keyed, rows in pictures]
    return Keyed(
        key=torch.cat([part.key for part in parts]),
        value=torch.cat([part.value for part in parts]),
        scale=None if first.scale is None else torch.cat([_weight(part) for part in parts]),
        where=None if first.where is None else torch.cat([_places(part, first) for part in parts]),
        there=torch.cat([_presence(part) for part in parts]) if uneven else None,
    )


def _filled(keyed: Keyed | None, rows: int, like: Keyed, tokens: int) -> Keyed:
    """`keyed` with `tokens` tokens; zeros where there is nothing."""
    if keyed is None:
        _, heads, _, width = like.key.shape
        nothing = like.key.new_zeros((rows, heads, tokens, width))
        return Keyed(nothing, nothing, like.key.new_zeros((rows, 1, 1), dtype=torch.float32))
    short = tokens - keyed.key.shape[2]
    if short == 0:
        return keyed
    there = keyed.key.new_ones((rows, 1, 1, tokens), dtype=torch.bool)
    there[..., tokens - short :] = False
    filling = (0, 0, 0, short)
    return keyed._replace(
        key=F.pad(keyed.key, filling), value=F.pad(keyed.value, filling), there=there
    )


def _weight(part: Keyed) -> Tensor:
    assert part.scale is not None
    return part.scale


def _places(part: Keyed, like: Keyed) -> Tensor:
    if part.where is not None:
        return part.where
    assert like.where is not None
    return like.where.new_ones((part.key.shape[0], *like.where.shape[1:]))


def _presence(part: Keyed) -> Tensor:
    if part.there is not None:
        return part.there
    rows, _, tokens, _ = part.key.shape
    return part.key.new_ones((rows, 1, 1, tokens), dtype=torch.bool)
