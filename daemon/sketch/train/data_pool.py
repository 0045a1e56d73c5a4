"""Pictures ready for the UNet: drawn, encoded and captioned by a process of their own.

The maker writes shards of encoded pictures into a folder, oldest out first once there are enough
(4 GB); `Pool` maps them into memory as they come, so training never waits for a pencil and a run
cut short finds its pictures again.  Some are blurred to a smaller original size or are crops of a
larger one, and `times` says so truthfully: that is what makes size conditioning mean something.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch
import torch.multiprocessing as multiprocessing
import torch.nn.functional as F
from torch import Tensor

from daemon.sketch.train import stages
from daemon.sketch.train.blueprint import SCALING
from daemon.sketch.train.stages import Room
from daemon.sketch.train.train_text import Reader
from daemon.sketch.world import captions, world
from daemon.sketch.world.draw import draw
from daemon.sketch.world.world import Picture

#: Captions read for each picture.
CAPTIONS = 3
#: Pictures in a shard; a shard has one size, nearly always the native one.
SHARD = 64
NATIVE = (256, 256)
#: Seconds between new shards once there are enough.
RENEW = 15.0
#: Shards that are enough for a training of few steps.
FEW = 2
#: Sizes other than the native one, a small share of the shards each.
BUCKETS = ((192, 192), (384, 384), (256, 384), (384, 256), (192, 256), (256, 192), (320, 320))
RARE = 0.06


@dataclass(frozen=True)
class Shard:
    """Encoded pictures of one size; n of them, c captions each, latents of h x w."""

    pictures: tuple[Picture, ...]
    latents: Tensor  # (n, 4, h, w)
    objects: Tensor  # (n, 1, h, w), 1 where something is that is not background
    times: Tensor  # (n, 6) original, crop and target sizes
    tokens: Tensor  # (n, c, 77, CROSS)
    pooled: Tensor  # (n, c, width)

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
        return rng.choice(few) if few else rng.randrange(len(self.pictures))


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

    pictures: tuple[Picture, ...]
    latents: Tensor
    objects: Tensor
    times: Tensor
    tokens: Tensor
    pooled: Tensor


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


@torch.no_grad()
def make_shard(
    rng: random.Random, vae: Any, reader: Reader, size: tuple[int, int], count: int
) -> Shard:
    """Draw, encode and describe this many pictures."""
    chosen = [world.sample(rng) for _ in range(count)]
    latents, objects, times = [], [], []
    for k in range(0, count, 8):
        drawn = [render_masked(rng, p, *size) for p in chosen[k : k + 8]]
        x = torch.stack([image for image, _, _ in drawn]).to(vae.device)
        x = x.contiguous(memory_format=torch.channels_last)
        with torch.autocast(x.device.type, torch.bfloat16):
            latents.append(vae.encode(x).latent_dist.mean.float() * SCALING)
        objects += [mask for _, _, mask in drawn]
        times += [t for _, t, _ in drawn]
    texts = [captions.caption(rng, p)[0] for p in chosen for _ in range(CAPTIONS)]
    said = [reader(texts[k : k + 16]) for k in range(0, len(texts), 16)]
    tokens, pooled = (torch.cat([part[k] for part in said]) for k in (0, 1))
    return Shard(
        tuple(chosen),
        torch.cat(latents).half().contiguous().cpu(),
        torch.stack(objects).bool(),
        torch.tensor(times),
        tokens.half().unflatten(0, (count, CAPTIONS)).cpu(),
        pooled.half().unflatten(0, (count, CAPTIONS)).cpu(),
    )


def _last(folder: Path) -> int:
    return max((int(p.stem) for p in folder.glob("*.pt")), default=0)


def _make(room: Room, folder: Path, seed: int, most: int, trainer: int) -> None:
    """Fill the folder with shards for as long as the process `trainer` lives."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the trainer's, who ends this one
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # lets go of what it holds
    os.nice(8)
    torch.set_num_threads(1)
    folder.mkdir(parents=True, exist_ok=True)
    reader = Reader(room)
    vae = stages.load(room, "vae").eval().to(memory_format=torch.channels_last)
    partial = folder / f"{os.getpid()}.partial"  # a second trainer's maker may be at work here
    while os.getppid() == trainer:
        number = _last(folder)
        rng = random.Random(f"{seed} {number}")  # goes on, after a restart, with other pictures
        rare = rng.random() < RARE
        size = rng.choice(BUCKETS) if rare else NATIVE
        shard = make_shard(rng, vae, reader, size, room.enough(SHARD))
        torch.save({"shard": shard}, partial)
        os.replace(partial, folder / f"{_last(folder) + 1:06}.pt")
        shards = sorted(folder.glob("*.pt"))
        for old in shards[:-most]:
            old.unlink(missing_ok=True)
        if len(shards) > (FEW if room.steps else most):
            _rest(trainer)  # enough to choose from: the training may have this core


def _rest(trainer: int) -> None:
    """A pause that ends with the process `trainer`."""
    end = time.monotonic() + RENEW
    while time.monotonic() < end and os.getppid() == trainer:
        time.sleep(0.5)


class Pool:
    """The encoded pictures there are by now, and batches of them."""

    def __init__(self, room: Room, seed: int, most: int = 600, first: int = 3) -> None:
        self.room, self.most, self.folder = room, most, room.pool
        self.rng = random.Random(seed)
        self.shards: dict[int, Shard] = {}
        self.looked = 0.0
        self.maker: Any = None
        self._look(0)
        if not room.steps or self._lacks(first):  # a rehearsal makes do with what there is
            self._draw(seed, first)

    def _lacks(self, first: int) -> bool:
        return sum(len(s.pictures) for s in self._of(True)) < self.room.enough(first * SHARD)

    def _draw(self, seed: int, first: int) -> None:
        """Have pictures drawn from now on, and wait for the first shards."""
        self.maker = multiprocessing.get_context("spawn").Process(
            target=_make, args=(self.room, self.folder, seed, self.most, os.getpid()), daemon=True
        )
        self.maker.start()
        while self._lacks(first):
            if not self.maker.is_alive():
                raise RuntimeError(
                    "the process that draws the training pictures ended (exit code "
                    f"{self.maker.exitcode}; -9 may mean that memory ran out): what it said last "
                    "is above"
                )
            time.sleep(0.5)
            self._look(0)

    def _of(self, native: bool) -> list[Shard]:
        edge = NATIVE[0] // 8
        square = (edge, edge)
        return [s for s in self.shards.values() if (s.latents.shape[-2:] == square) == native]

    def _look(self, every: float = 15.0) -> None:
        """Take in new shards, let go of those the maker dropped."""
        if time.monotonic() - self.looked < every:
            return
        self.looked = time.monotonic()
        there = {int(p.stem): p for p in self.folder.glob("*.pt")}
        self.shards = {n: s for n, s in self.shards.items() if n in there}
        for number in sorted(there.keys() - self.shards.keys()):
            try:
                saved = torch.load(there[number], weights_only=False, mmap=True)
            except FileNotFoundError:  # dropped just now
                continue
            self.shards[number] = saved["shard"]

    def take(self, count: int, favour: Favour = Favour(), window: int = 0) -> Batch:
        """A batch of native size; with `window`, squares of that many latents around things."""
        self._look()
        return self._batch(self._of(True), count, window, favour)

    def shrunk(self, count: int, favour: Favour = Favour()) -> Batch:
        """Whole pictures at half their size: latents that shrink as the picture does allow it."""
        whole = self.take(count, favour)
        latents = F.interpolate(whole.latents, scale_factor=0.5, mode="bilinear", antialias=True)
        objects = F.max_pool2d(whole.objects, 2)
        return replace(whole, latents=latents, objects=objects, times=(whole.times / 2).round())

    def take_other(self, count: int) -> Batch | None:
        """A batch of one of the other sizes, as many as make the area of `count` native ones."""
        others = self._of(False)
        if not others:
            return None
        shard = self.rng.choice(others)
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
        device = self.room.device
        captioned = list(zip(places, said, strict=True))
        return Batch(
            tuple(s.pictures[r] for s, r in places),
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

    def close(self) -> None:
        """Let the maker go; its shards stay."""
        if self.maker is not None:
            self.maker.terminate()
            self.maker.join()
