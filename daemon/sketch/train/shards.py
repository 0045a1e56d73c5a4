"""Shards on disk made by as many processes as torch has threads, in sittings.

Each process makes every so-and-so-manieth shard and leaves out what is there: what was cut short is
gone on with. What a shard holds is not known here.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import torch

from daemon.sketch.train.stages import Room, TimeUp

Work = Callable[..., None]
"""Makes some shards: called with their numbers, what was given, and the trainer's process."""


def make(room: Room, label: str, shards: int, each: int, work: Work, *given: Any) -> None:
    """Have all of the shards made, `each` pictures in one, and say how far it is.

    Raises `TimeUp` once the room's sitting is over, RuntimeError where a process has failed.
    """
    hands = torch.get_num_threads()
    helpers = [
        get_context("spawn").Process(
            target=work, args=(range(hand, shards, hands), *given, os.getpid()), daemon=True
        )
        for hand in range(1, min(hands, shards))
    ]
    try:
        for helper in helpers:
            helper.start()
        for shard in range(0, shards, hands):
            work([shard], *given, os.getpid())
            print(f"{label} {min(shard + hands, shards) * each} of {shards * each}", flush=True)
            if shard + hands < shards and room.is_over():
                raise TimeUp
        for helper in helpers:
            helper.join()
            if helper.exitcode:
                raise RuntimeError(f"a process that made {label} has failed; see above")
    finally:
        for helper in helpers:
            helper.terminate()


def while_there(shards: Iterable[int], trainer: int) -> Iterator[int]:
    """The shards one after another, as long as the process `trainer` lives."""
    for shard in shards:
        if trainer not in (os.getpid(), os.getppid()):
            return
        yield shard


@contextmanager
def whole(target: Path) -> Iterator[Path]:
    """A name to write to; the file is whole or missing under its own, never half written."""
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_suffix(f".{os.getpid()}.partial")
    try:
        yield partial
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)
