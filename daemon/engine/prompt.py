"""Words to tensors: what the UNet is told about a picture before it starts.

Gives what diffusers' SDXL pipeline gives, quirks included, because seeds and recipes of years rely
on them: `clip_skip` moves the prompt's layer and never the negative prompt's; no negative prompt
at all means zeros where the model's index says so; text beyond the encoder's window is cut, but
here the cut is reported.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from daemon.engine.base import RenderError
from daemon.engine.cache import Cache, Kept
from daemon.engine.drowsy import Drowsy
from daemon.engine.fingerprint import Fingerprint
from daemon.protocol import Render


@dataclass(frozen=True, slots=True)
class Encoded:
    """One text through one encoder; `cut` is the part that did not fit."""

    hidden: Tensor
    pooled: Tensor | None
    cut: str


@dataclass(frozen=True, slots=True)
class Words:
    """A picture's texts, encoded. Row 0 is the negative when guided, the last row the prompt."""

    hidden: Tensor
    pooled: Tensor
    hit: bool
    warnings: tuple[str, ...]


class TextEncoders:
    """Both text encoders with their tokenizers; what they said before is in the cache, whose
    entries are theirs by `source`."""

    def __init__(
        self,
        tokenizers: tuple[Any, Any],
        encoders: tuple[Drowsy, Drowsy],
        cache: Cache,
        source: Fingerprint,
        *,
        zeros_for_empty: bool,
    ) -> None:
        self._tokenizers = tokenizers
        self.encoders = encoders
        self._cache = cache
        self._source = source
        self._zeros_for_empty = zeros_for_empty
        self._missed = False

    def encode(self, render: Render, *, guided: bool) -> Words:
        self._missed = False
        prompts = (render.prompt, render.prompt_2 or render.prompt)
        parts = [self._text(which, text, render.clip_skip) for which, text in enumerate(prompts)]
        hidden, pooled = _join(parts)
        warnings = _cut_warnings("prompt", parts)
        if guided:
            negative = self._negative(render)
            warnings += _cut_warnings("negative prompt", negative)
            if negative:
                lower, lower_pooled = _join(negative)
            else:
                lower, lower_pooled = torch.zeros_like(hidden), torch.zeros_like(pooled)
            hidden = torch.cat([lower, hidden])
            pooled = torch.cat([lower_pooled, pooled])
        return Words(hidden, pooled, hit=not self._missed, warnings=tuple(warnings))

    def _negative(self, render: Render) -> list[Encoded]:
        """Empty when the model wants zeros for a prompt that isn't there."""
        first = render.negative_prompt
        second = render.negative_prompt_2 or first
        if not first and not second and self._zeros_for_empty:
            return []
        return [self._text(which, text, None) for which, text in enumerate((first, second))]

    def _text(self, which: int, text: str, clip_skip: int | None) -> Encoded:
        # Everything that the answer depends on, besides the encoders themselves.
        key = (which, text, clip_skip)
        known = self._cache.recall(key, self._source)
        if known is not None:
            return Encoded(known.tensors["hidden"], known.tensors.get("pooled"), known.texts["cut"])
        self._missed = True
        tokenizer, encoder = self._tokenizers[which], self.encoders[which].wake()
        limit = tokenizer.model_max_length
        ids = tokenizer(
            text, padding="max_length", max_length=limit, truncation=True, return_tensors="pt"
        ).input_ids
        said = encoder(ids.to(encoder.device), output_hidden_states=True)
        # SDXL reads the layer before the last; the pooled text comes from the second encoder.
        depth = 2 + (clip_skip or 0)
        if depth > len(said.hidden_states):
            raise RenderError(
                f"This model's text encoder has too few layers to skip {clip_skip} of them.",
                remedy=f"Make `clip_skip` at most {len(said.hidden_states) - 2}.",
            )
        hidden = said.hidden_states[-depth]
        pooled = said[0] if said[0].ndim == 2 else None
        cut = _cut(tokenizer, text, limit)
        tensors = {"hidden": hidden} if pooled is None else {"hidden": hidden, "pooled": pooled}
        self._cache.keep(key, self._source, Kept(tensors, {"cut": cut}))
        return Encoded(hidden, pooled, cut)


def time_ids(render: Render, rows: int, dtype: torch.dtype) -> Tensor:
    """SDXL's size conditioning; the model counts height before width."""
    width, height = render.original_size or (render.width, render.height)
    target_width, target_height = render.target_size or (render.width, render.height)
    top, left = render.crops_coords_top_left or (0, 0)
    numbers = [height, width, top, left, target_height, target_width]
    return torch.tensor([numbers], dtype=dtype).repeat(rows, 1)


def _join(parts: list[Encoded]) -> tuple[Tensor, Tensor]:
    pooled = next(part.pooled for part in parts if part.pooled is not None)
    return torch.cat([part.hidden for part in parts], dim=-1), pooled


def _cut(tokenizer: Any, text: str, limit: int) -> str:
    ids = tokenizer(text, padding=False, truncation=False, verbose=False).input_ids
    if len(ids) <= limit:
        return ""
    return " ".join(tokenizer.decode(ids[limit - 1 : -1]).split())


def _cut_warnings(name: str, parts: list[Encoded]) -> list[str]:
    cuts = dict.fromkeys(part.cut for part in parts if part.cut)
    return [
        f"The {name} is longer than the model can read; this part had no effect: {cut!r}."
        for cut in cuts
    ]
