"""Thumbnails for takes that are still to come: drawn by rule, until the painted picture is there.

They lie in outbox/.page, are no pictures of the outbox and have no record.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from daemon.fs import atomic
from daemon.page.data_files import make_below
from daemon.page.places import DRAWN, drawn_of
from daemon.page.thumbs import SIDE
from daemon.protocol.json_object import JsonObject


@dataclass(frozen=True, slots=True)
class Wanted:
    """A take that has no picture: its key, its prompt as it is rendered, its seed, its number, and
    the shape of its picture as width and height in any unit."""

    key: str
    prompt: str
    seed: int | None
    take: int
    shape: tuple[int, int]
    board: str


def wanted_of(take: JsonObject, board: str) -> Wanted | None:
    """What is written down of a take, if it is enough to draw it."""
    prompt, seed, shape = take.get("prompt"), take.get("seed"), take.get("shape")
    if not isinstance(prompt, str) or not isinstance(shape, list):
        return None
    sides = [side for side in shape if isinstance(side, int) and 0 < side < 1 << 20]
    if len(sides) != 2:
        return None
    number = take.get("take")
    return Wanted(
        str(take.get("key")),
        prompt,
        seed if isinstance(seed, int) else None,
        number if isinstance(number, int) else 1,
        (sides[0], sides[1]),
        board,
    )


def draw(outbox: Path, wanted: Wanted) -> None:
    """Have its thumbnail lie where the page looks for it. Raises OSError."""
    from daemon.thumbs.drawing import draw as drawn
    from daemon.thumbs.reading import read_scene
    from daemon.thumbs.sheet import encoded

    width, height = wanted.shape
    share = SIDE / max(width, height)
    size = max(1, round(width * share)), max(1, round(height * share))
    scene = read_scene(wanted.prompt, seed=wanted.seed, take=wanted.take, board=wanted.board)
    target = outbox / drawn_of(wanted.key)
    make_below(outbox, target.parent)
    atomic.replace(target, encoded(drawn(scene, *size), ".webp"), sync=False)


def sweep(outbox: Path, keys: Collection[str]) -> None:
    """Take away the drawings of takes that nobody wants any more, or that were painted."""
    kept = {Path(drawn_of(key)).name for key in keys}
    with contextlib.suppress(OSError):
        for name in os.listdir(outbox / DRAWN):
            if name not in kept:
                (outbox / DRAWN / name).unlink()
