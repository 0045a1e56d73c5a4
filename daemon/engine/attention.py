"""Cross attention that takes its keys and values ready-made.

Text and references do not change while a picture is being made, so their keys and values are
computed once per picture instead of at every step, and travel with the call: the processors hold
no state, a picture can't leave anything behind for the next, and one without references costs
exactly what the base model costs. The arithmetic is diffusers', operation for operation.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from diffusers.models.attention_processor import AttnProcessor2_0
from torch import Tensor
from torch.nn import functional as F


@dataclass(frozen=True, slots=True)
class Keyed:
    """Keys and values by head, (rows, heads, tokens, width); `scale` weighs what is seen."""

    key: Tensor
    value: Tensor
    scale: float = 1.0


@dataclass(frozen=True, slots=True)
class Layer:
    """What one cross attention layer looks at in one step: the text, then references."""

    text: Keyed
    images: tuple[Keyed, ...] = ()


#: For every cross attention layer of the UNet, by the name of its processor.
Attended = dict[str, Layer]


class SelfAttention(AttnProcessor2_0):
    """diffusers' own, but not surprised by the argument meant for its neighbours."""

    def __call__(
        self,
        attn: Any,
        hidden_states: Tensor,
        encoder_hidden_states: Tensor | None = None,
        attention_mask: Tensor | None = None,
        temb: Tensor | None = None,
        attended: Attended | None = None,  # noqa: ARG002 - passed to every processor alike
    ) -> Tensor:
        return super().__call__(attn, hidden_states, encoder_hidden_states, attention_mask, temb)


class CrossAttention:
    """Looks at the text of this call and then, each with its scale, at the call's references."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __call__(
        self,
        attn: Any,
        hidden_states: Tensor,
        encoder_hidden_states: Tensor | None = None,  # noqa: ARG002 - `attended` says it all
        attention_mask: Tensor | None = None,  # noqa: ARG002 - SDXL has none
        temb: Tensor | None = None,  # noqa: ARG002
        attended: Attended | None = None,
    ) -> Tensor:
        assert attended is not None
        layer = attended[self._name]
        query = split_heads(attn.to_q(hidden_states), attn.heads)
        seen = _look(query, layer.text)
        for image in layer.images:
            seen = seen + image.scale * _look(query, image)
        return attn.to_out[0](seen)


def install(unet: Any) -> None:
    """Put our processors in; the UNet then needs `attended` with every call."""
    unet.set_attn_processor(
        {
            name: CrossAttention(name) if _is_cross(name) else SelfAttention()
            for name in unet.attn_processors
        }
    )
    for _, attn in cross_layers(unet):
        # What diffusers' processor would do beyond ours, and SDXL never asks for.
        assert attn.group_norm is None
        assert attn.spatial_norm is None
        assert not attn.norm_cross
        assert attn.norm_q is None
        assert attn.norm_k is None
        assert not attn.residual_connection
        assert attn.rescale_output_factor == 1.0


def cross_layers(unet: Any) -> Iterator[tuple[str, Any]]:
    """(processor name, attention module) of every cross attention, in diffusers' order."""
    for name in unet.attn_processors:
        if _is_cross(name):
            yield name, unet.get_submodule(name.removesuffix(".processor"))


def _is_cross(name: str) -> bool:
    return name.endswith("attn2.processor")


def key_text(unet: Any, hidden: Tensor) -> dict[str, Keyed]:
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


def _look(query: Tensor, keyed: Keyed) -> Tensor:
    seen = F.scaled_dot_product_attention(query, keyed.key, keyed.value)
    rows, heads, _, width = seen.shape
    return seen.transpose(1, 2).reshape(rows, -1, heads * width)
