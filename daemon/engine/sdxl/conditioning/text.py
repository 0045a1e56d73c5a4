"""Words to tensors: what the UNet is told about a picture before it starts.

Gives what diffusers' SDXL pipeline gives, quirks included, because seeds and recipes of years rely
on them: `clip_skip` moves the prompt's layer and never the negative prompt's; no negative prompt
at all means zeros where the model's index says so. Where diffusers cuts a text that is longer than
an encoder's window, all of it is read, window by window (`token_windows`), and that is reported.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from daemon.engine.interface import RenderError
from daemon.engine.sdxl.conditioning.cache import Cache, Kept
from daemon.engine.sdxl.conditioning.fingerprint import Fingerprint
from daemon.engine.sdxl.conditioning.token_windows import Cut, Window, cut, padded, weights
from daemon.engine.sdxl.lora.stack import LoraStack
from daemon.engine.sdxl.offloadable import Offloadable
from daemon.protocol.render import Emphasis, Lora, Render

if TYPE_CHECKING:
    from daemon.engine.sdxl.networks import Tokenizer


@dataclass(frozen=True, slots=True)
class Words:
    """A picture's texts, encoded. Row 0 is the negative when guided, the last row the prompt."""

    hidden: Tensor
    pooled: Tensor
    hit: bool
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Side:
    """The prompt or the negative prompt: a text for each encoder, in windows."""

    name: str
    cuts: tuple[Cut, ...]
    clip_skip: int | None = None

    @property
    def length(self) -> int:
        """How many windows it needs."""
        return max(len(each.windows) for each in self.cuts)

    def warnings(self) -> list[str]:
        torn = [each for each in self.cuts if each.torn]
        if not torn:
            return []
        tokens = max(each.tokens for each in torn)
        return [
            f"The {self.name} has {tokens} tokens, more than the model reads at once; "
            f"it was read in {self.length} parts."
        ]


class TextEncoders:
    """Both text encoders with their tokenizers; what they said before is in the cache, whose
    entries are theirs by `source`."""

    def __init__(
        self,
        tokenizers: tuple[Tokenizer, Tokenizer],
        encoders: tuple[Offloadable, Offloadable],
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

    def encode(self, render: Render, *, guided: bool, lora_stack: LoraStack) -> Words:
        self._missed = False
        prompt = self._prompt(render)
        negative = self._negative(render) if guided else None
        length = max(prompt.length, negative.length if negative else 1)
        hidden, pooled = self._say(prompt, length, render.loras, lora_stack)
        if guided and negative:
            lower, lower_pooled = self._say(negative, length, render.loras, lora_stack)
        elif guided:
            lower, lower_pooled = torch.zeros_like(hidden), torch.zeros_like(pooled)
        if guided:
            hidden = torch.cat([lower, hidden])
            pooled = torch.cat([lower_pooled, pooled])
        warnings = prompt.warnings() + (negative.warnings() if negative else [])
        return Words(hidden, pooled, hit=not self._missed, warnings=tuple(warnings))

    # --- texts to windows -------------------------------------------------------------------------

    def _prompt(self, render: Render) -> Side:
        said, weighted = render.sampling, render.emphasis or Emphasis()
        spans = (weighted.prompt, weighted.prompt_2 or weighted.prompt)
        texts = (said.prompt, said.prompt_2 or said.prompt)
        return self._side("prompt", texts, spans if render.emphasis else None, said.clip_skip)

    def _negative(self, render: Render) -> Side | None:
        """None when the model wants zeros for a prompt that isn't there."""
        first = render.sampling.negative_prompt
        second = render.sampling.negative_prompt_2 or first
        if not first and not second and self._zeros_for_empty:
            return None
        weighted = render.emphasis or Emphasis()
        spans = (weighted.negative_prompt, weighted.negative_prompt_2 or weighted.negative_prompt)
        return self._side("negative prompt", (first, second), spans if render.emphasis else None)

    def _side(
        self,
        name: str,
        texts: tuple[str, str],
        spans: tuple[Any, Any] | None,
        clip_skip: int | None = None,
    ) -> Side:
        cuts = tuple(
            cut(tokenizer, text, spans[which] if spans else None)
            for which, (tokenizer, text) in enumerate(zip(self._tokenizers, texts, strict=True))
        )
        return Side(name, cuts, clip_skip)

    # --- windows to tensors -----------------------------------------------------------------------

    def _say(
        self, side: Side, length: int, loras: tuple[Lora, ...], lora_stack: LoraStack
    ) -> tuple[Tensor, Tensor]:
        """Hidden states of `length` windows, those that are missing saying nothing; and what the
        second encoder makes of the first window as a whole."""
        columns, pooled = [], None
        for which, each in enumerate(side.cuts):
            missing = length - len(each.windows)
            heard = [
                self._hear(which, window, side.clip_skip, loras, lora_stack)
                for window in (*each.windows, *[Window()] * missing)
            ]
            columns.append(torch.cat([hidden for hidden, _ in heard], dim=1))
            pooled = heard[0][1] if heard[0][1] is not None else pooled
        assert pooled is not None
        return torch.cat(columns, dim=-1), pooled

    def _hear(
        self,
        which: int,
        window: Window,
        clip_skip: int | None,
        loras: tuple[Lora, ...],
        lora_stack: LoraStack,
    ) -> tuple[Tensor, Tensor | None]:
        """What one encoder says to one window, its weights laid on."""
        # Everything that the answer depends on, besides the encoders themselves.
        key = (which, window.ids, clip_skip, lora_stack.of_encoder(which, loras))
        kept = self._cache.recall(key, self._source)
        if kept is None:
            self._missed = True
            kept = self._cache.keep(
                key, self._source, self._encode(which, window, clip_skip, loras, lora_stack)
            )
        hidden = kept.tensors["hidden"]
        if window.weighted:
            # A1111's arithmetic without its last step, which brings the mean back to what it was:
            # SDXL's mean is next to nothing, and it has an option of its own to leave that out.
            places = torch.tensor(weights(self._tokenizers[which], window))
            hidden = hidden * places.to(hidden).view(1, -1, 1)
        return hidden, kept.tensors.get("pooled")

    def _encode(
        self,
        which: int,
        window: Window,
        clip_skip: int | None,
        loras: tuple[Lora, ...],
        lora_stack: LoraStack,
    ) -> Kept:
        encoder = self.encoders[which].wake()
        ids = torch.tensor([padded(self._tokenizers[which], window)], device=encoder.device)
        with lora_stack.encoder_wearing(which, encoder, loras):
            said = encoder(ids, output_hidden_states=True)
        # SDXL reads the layer before the last; the pooled text comes from the second encoder.
        depth = 2 + (clip_skip or 0)
        if depth > len(said.hidden_states):
            raise RenderError(
                f"This model's text encoder has too few layers to skip {clip_skip} of them.",
                remedy=f"Make `clip_skip` at most {len(said.hidden_states) - 2}.",
            )
        hidden = said.hidden_states[-depth]
        return Kept({"hidden": hidden} | ({"pooled": said[0]} if said[0].ndim == 2 else {}))


def time_ids(render: Render, rows: int, dtype: torch.dtype) -> Tensor:
    """SDXL's size conditioning; the model counts height before width."""
    said, own = render.sampling, (render.width, render.height)
    width, height = said.original_size or own
    target_width, target_height = said.target_size or own
    top, left = said.crops_coords_top_left or (0, 0)
    numbers = [height, width, top, left, target_height, target_width]
    return torch.tensor([numbers], dtype=dtype).repeat(rows, 1)
