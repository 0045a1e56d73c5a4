"""Attention computed for some places after the others: less memory, and never more numbers at once
than the device gets right.

Apple's graphics give wrong results, without any error, once the products of all queries with all
keys are about 2**31 numbers (torch 2.13, macOS 26); pictures of 1024x1024 are there at 12 rows, and
those of 2048x2048 at one. Slices are cut by the shapes alone, so the same picture is always
computed in the same way. Never run on a Mac: the limit is held in tests on a processor.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor
from torch.nn import functional as F
from torch.overrides import TorchFunctionMode

from daemon.protocol.json_object import JsonObject

if TYPE_CHECKING:
    from daemon.engine.sdxl.networks import Unet

PLACES = 1024
"""Places that look at everything at once where memory is short; the rest wait for their turn."""


class Slices(TorchFunctionMode):
    """While this is entered, attention is computed in slices: of `places` queries at most, and of
    `limit` products at most, rows and heads counted. With a limit slices are copies: Metal takes
    views that begin inside another tensor for something else."""

    def __init__(self, places: int | None = None, limit: int | None = None) -> None:
        super().__init__()
        self._places = places
        self._limit = limit

    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: Any,
        args: tuple[Any, ...] = (),
        kwargs: JsonObject | None = None,
    ) -> Any:
        kwargs = kwargs or {}
        if func is not F.scaled_dot_product_attention:
            return func(*args, **kwargs)
        query, key, *rest = args
        most = self._at_once(query, key)
        if query.shape[-2] <= most:
            return func(*args, **kwargs)
        parts = [
            func(self._cut(query, place, place + most), key, *rest, **kwargs)
            for place in range(0, query.shape[-2], most)
        ]
        return torch.cat(parts, dim=-2)

    def _at_once(self, query: Tensor, key: Tensor) -> int:
        """Queries of one slice."""
        most = query.shape[-2] if self._places is None else self._places
        if self._limit is not None:
            for_one = math.prod(query.shape[:-2]) * key.shape[-2]
            most = min(most, max(1, self._limit // for_one))
        return most

    def _cut(self, query: Tensor, start: int, end: int) -> Tensor:
        part = query[..., start:end, :]
        return part if self._limit is None else part.clone()


def whole_rows(unet: Unet, width: int, height: int, limit: int) -> int:
    """Rows of a call for pictures of this size, in pixels, whose attention needs no slices."""
    needs = (heads * places * places for heads, places in self_attentions(unet, width, height))
    return min((limit // products for products in needs), default=limit)


def self_attentions(unet: Unet, width: int, height: int) -> list[tuple[int, int]]:
    """Heads and places of the self attention of each level that has one, for pictures of this size
    in pixels."""
    return [
        (heads, -(-width // (8 * 2**level)) * -(-height // (8 * 2**level)))
        for level, heads in enumerate(_heads(unet))
        if heads
    ]


def _heads(unet: Unet) -> list[int]:
    """Heads of the self attention at every level, 0 where there is none."""
    config = unet.config
    # diffusers' `attention_head_dim` is the number of heads (its issue 2011)
    given = config.num_attention_heads or config.attention_head_dim
    each = [given] * len(config.down_block_types) if isinstance(given, int) else list(given)
    return [
        heads if "CrossAttn" in kind else 0
        for heads, kind in zip(each, config.down_block_types, strict=True)
    ]
