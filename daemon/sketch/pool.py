"""Pictures ready for the UNet: drawn, encoded, captioned, and renewed while training goes on.

Some are blurred to a smaller original size or are crops of a larger one, and `times` says so
truthfully: that is what makes size conditioning mean something.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from . import captions, world
from .blueprint import SCALING
from .draw import draw
from .train_text import Reader
from .world import Picture

#: Captions read for each picture in a pool.
CAPTIONS = 3


@dataclass(frozen=True)
class Entry:
    """A picture, its latent, what `time_ids` must say of it, and captions of it, encoded."""

    picture: Picture
    latent: Tensor
    times: tuple[int, ...]
    said: tuple[tuple[Tensor, Tensor], ...] = ()
    objects: Tensor | None = None


def render(
    rng: random.Random, picture: Picture, height: int, width: int
) -> tuple[Tensor, tuple[int, ...]]:
    """The drawing in -1..1 and its truthful (original, crop, target) sizes."""
    chance = rng.random()
    if chance < 0.08:  # an original too small, enlarged
        low = rng.uniform(0.3, 0.75)
        h, w = int(height * low), int(width * low)
        image = F.interpolate(
            draw(picture, h, w)[None], (height, width), mode="bilinear", antialias=True
        )[0]
        return image * 2 - 1, (h, w, 0, 0, height, width)
    if chance < 0.16:  # a crop of something larger
        h, w = int(height * rng.uniform(1.1, 1.4)), int(width * rng.uniform(1.1, 1.4))
        top, left = rng.randint(0, h - height), rng.randint(0, w - width)
        image = draw(picture, h, w)[:, top : top + height, left : left + width]
        return image * 2 - 1, (h, w, top, left, height, width)
    return draw(picture, height, width) * 2 - 1, (height, width, 0, 0, height, width)


def render_masked(
    rng: random.Random, picture: Picture, height: int, width: int
) -> tuple[Tensor, tuple[int, ...], Tensor]:
    """`render`, and where its things are at the latent's size: what differs without them."""
    state = rng.getstate()
    image, times = render(rng, picture, height, width)
    rng.setstate(state)
    bare, _ = render(rng, replace(picture, things=(), props=(), light=""), height, width)
    gap = (image - bare).abs().amax(0) > 0.06
    return image, times, F.max_pool2d(gap.float()[None], 8)


class Pool:
    """Encoded pictures of one size, a few of them renewed at every use."""

    def __init__(
        self,
        rng: random.Random,
        vae: Any,
        size: tuple[int, int],
        count: int,
        fresh: int,
        reader: Reader | None = None,
    ) -> None:
        self.rng, self.vae, self.size, self.fresh, self.reader = rng, vae, size, fresh, reader
        self.entries: list[Entry] = []
        self.grow(count)

    @torch.no_grad()
    def grow(self, count: int) -> None:
        """Draw and encode this many more."""
        while count > 0:
            chosen = [world.sample(self.rng) for _ in range(min(count, 8))]
            drawn = [render_masked(self.rng, p, *self.size) for p in chosen]
            x = torch.stack([image for image, _, _ in drawn]).to(self.vae.device)
            x = x.contiguous(memory_format=torch.channels_last)
            with torch.autocast(x.device.type, torch.bfloat16):
                z = self.vae.encode(x).latent_dist.mean.float() * SCALING
            said = self._said(chosen)
            self.entries += [
                Entry(p, e.clone(), t, s, mask)
                for p, e, (_, t, mask), s in zip(chosen, z, drawn, said, strict=True)
            ]
            count -= len(chosen)

    def _said(self, chosen: list[Picture]) -> list[tuple[tuple[Tensor, Tensor], ...]]:
        """A few captions of each, read once: a picture is used more often than that."""
        if self.reader is None:
            return [()] * len(chosen)
        texts = [captions.caption(self.rng, p)[0] for p in chosen for _ in range(CAPTIONS)]
        tokens, pooled = self.reader(texts)
        pairs = list(zip(tokens.half(), pooled, strict=True))
        return [tuple(pairs[k : k + CAPTIONS]) for k in range(0, len(pairs), CAPTIONS)]

    def take(self, count: int) -> list[Entry]:
        """A batch; the oldest few make room for new ones."""
        if self.fresh:
            self.grow(self.fresh)
            del self.entries[: self.fresh]
        return self.rng.sample(self.entries, count)
