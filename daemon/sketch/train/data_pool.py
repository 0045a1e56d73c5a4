"""Pictures ready for the UNet: drawn, encoded and captioned by a process of their own.

The maker writes shards of encoded pictures into a folder, oldest out first once there are enough
(4 GB); `Pool` maps them into memory as they come, so training never waits for a pencil and a run
cut short finds its pictures again.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import time
from pathlib import Path
from typing import Any

import torch
import torch.multiprocessing as multiprocessing

from daemon.sketch.train import stages
from daemon.sketch.train.batches import NATIVE, Batch, Favour, Shard, Shelf
from daemon.sketch.train.shape_gallery import BUCKETS
from daemon.sketch.train.shape_latents import make_shard
from daemon.sketch.train.stages import Room
from daemon.sketch.train.train_text import Reader

#: Pictures in a shard; a shard has one size, nearly always the native one.
SHARD = 64
#: Seconds between new shards once there are enough.
RENEW = 15.0
#: Shards that are enough for a training of few steps.
FEW = 2
#: Shards of another size than the native one.
RARE = 0.06


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


class Pool(Shelf):
    """The encoded pictures there are by now, and batches of them."""

    def __init__(self, room: Room, seed: int, most: int = 600, first: int = 3) -> None:
        self.room, self.most, self.folder = room, most, room.pool
        super().__init__((), room.device, random.Random(seed))
        self.shards: dict[int, Shard] = {}
        self.looked = 0.0
        self.maker: Any = None
        self._look(0)
        if not room.steps or self._lacks(first):  # a rehearsal makes do with what there is
            self._draw(seed, first)

    def _lacks(self, first: int) -> bool:
        return sum(len(s.pictures) for s in self.native) < self.room.enough(first * SHARD)

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
        self.native = [shard for shard in self.shards.values() if shard.is_native]
        self.others = [shard for shard in self.shards.values() if not shard.is_native]

    def take(self, count: int, favour: Favour = Favour(), window: int = 0) -> Batch:
        self._look()
        return super().take(count, favour, window)

    def close(self) -> None:
        """Let the maker go; its shards stay."""
        if self.maker is not None:
            self.maker.terminate()
            self.maker.join()
