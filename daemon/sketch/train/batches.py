"""Batches for the UNet out of encoded pictures: whole ones, shrunk ones, and windows around things.

A window is a square cut out of a native picture's latent, a shrunk picture the whole latent at half
its size; `times` tells of either truthfully. Where the pictures come from is not known here.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

#: Captions read for each picture.
CAPTIONS = 3
NATIVE = (256, 256)


@dataclass(frozen=True)
class Shard:
    """Encoded pictures of one size; n of them, c captions each, latents of h x w."""

    pictures: tuple[Any, ...]  # what is favoured is told by these; may be left out
    latents: Tensor  # (n, channels, h, w)
    objects: Tensor  # (n, 1, h, w), 1 where something is that is not background
    times: Tensor  # (n, 6) original, crop and target sizes
    tokens: Tensor  # (n, c, 77, CROSS)
    pooled: Tensor  # (n, c, width)

    @property
    def is_native(self) -> bool:
        """Whether its pictures have the native size."""
        return 8 * self.latents.shape[-2] == NATIVE[0] and 8 * self.latents.shape[-1] == NATIVE[1]

    @property
    def plain(self) -> list[int]:
        """The rows of plain pictures of one thing."""
        return [
            row
            for row, p in enumerate(self.pictures)
            if p.kind == "single" and p.style == "flat" and p.pattern == "plain"
        ]

    def of(self, kind: str) -> list[int]:
        """The rows of pictures of this kind."""
        return [row for row, p in enumerate(self.pictures) if p.kind == kind]

    def row(self, rng: random.Random, favour: Favour) -> int:
        """One of them, at random but for what is favoured."""
        chance = rng.random()
        few: list[int] = []
        if chance < favour.plain:
            few = self.plain
        elif chance < favour.plain + favour.pairs:
            few = self.of("pair")
        elif chance < favour.plain + favour.pairs + favour.scenes:
            few = self.of("scene")
        return rng.choice(few) if few else rng.randrange(len(self.latents))


@dataclass(frozen=True)
class Favour:
    """How many pictures of a batch are chosen among the plain ones of one thing, how many among
    those of two, and how many among scenes; the rest are whatever comes."""

    plain: float = 0.0
    pairs: float = 0.0
    scenes: float = 0.0


@dataclass(frozen=True)
class Batch:
    """Pictures to train on, and one caption of each."""

    pictures: tuple[Any, ...]
    latents: Tensor
    objects: Tensor
    times: Tensor
    tokens: Tensor
    pooled: Tensor


class Shelf:
    """Encoded pictures that are at hand, and batches of them."""

    def __init__(self, shards: Sequence[Shard], device: torch.device, rng: random.Random) -> None:
        self.device, self.rng = device, rng
        self.native = [shard for shard in shards if shard.is_native]
        self.others = [shard for shard in shards if not shard.is_native]

    def close(self) -> None:
        """Let go of whatever makes more of them."""

    def take(self, count: int, favour: Favour = Favour(), window: int = 0) -> Batch:
        """A batch of native size; with `window`, squares of that many latents around things."""
        return self._batch(self.native, count, window, favour)

    def shrunk(self, count: int, favour: Favour = Favour()) -> Batch:
        """Whole pictures at half their size: latents that shrink as the picture does allow it."""
        whole = self.take(count, favour)
        latents = F.interpolate(whole.latents, scale_factor=0.5, mode="bilinear", antialias=True)
        objects = F.max_pool2d(whole.objects, 2)
        return replace(whole, latents=latents, objects=objects, times=(whole.times / 2).round())

    def take_other(self, count: int) -> Batch | None:
        """A batch of one of the other sizes, as many as make the area of `count` native ones."""
        if not self.others:
            return None
        shard = self.rng.choice(self.others)
        area = shard.latents[0, 0].numel() / (NATIVE[0] * NATIVE[1] / 64)
        return self._batch([shard], max(2, round(count / max(1.0, area))), 0, Favour())

    def _batch(self, shards: list[Shard], count: int, window: int, favour: Favour) -> Batch:
        chosen = [self.rng.choice(shards) for _ in range(count)]
        rows = [shard.row(self.rng, favour) for shard in chosen]
        places = list(zip(chosen, rows, strict=True))
        said = [self.rng.randrange(CAPTIONS) for _ in range(count)]
        latents, objects, times = [], [], []
        for shard, row in places:
            z, there, told = shard.latents[row], shard.objects[row], shard.times[row]
            if window:
                top, left = self._corner(there[0], window)
                z = z[:, top : top + window, left : left + window]
                there = there[:, top : top + window, left : left + window]
                told = told + torch.tensor([0, 0, 8 * top, 8 * left, 0, 0])
                told[4:] = 8 * window
            latents.append(z)
            objects.append(there)
            times.append(told)
        device = self.device
        captioned = list(zip(places, said, strict=True))
        return Batch(
            tuple(s.pictures[r] for s, r in places if s.pictures),
            torch.stack(latents).float().to(device),
            torch.stack(objects).float().to(device),
            torch.stack(times).float().to(device),
            torch.stack([s.tokens[r, c] for (s, r), c in captioned]).float().to(device),
            torch.stack([s.pooled[r, c] for (s, r), c in captioned]).float().to(device),
        )

    def _corner(self, there: Tensor, window: int) -> tuple[int, int]:
        """Where a window starts that has some part of a thing near its middle."""
        spots = there.nonzero()
        corner = []
        middle = spots[self.rng.randrange(len(spots))].tolist() if len(spots) else None
        for axis, edge in enumerate(there.shape):
            if middle is None or self.rng.random() < 0.1:
                corner.append(self.rng.randint(0, edge - window))
            else:
                start = middle[axis] - window // 2 + self.rng.randint(-3, 3)
                corner.append(min(max(start, 0), edge - window))
        return corner[0], corner[1]
