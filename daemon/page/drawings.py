"""Thumbnails for takes that are still to come: drawn by rule, until the painted picture is there.

They lie in outbox/.page, are no pictures of the outbox and have no record.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from daemon.fs import atomic
from daemon.page.data_files import make_below
from daemon.page.places import DRAWN, drawn_of
from daemon.page.thumbs import SIDE
from daemon.protocol.json_object import JsonObject
from daemon.thumbs.drawable import Drawable, scene_of


@dataclass(frozen=True, slots=True)
class Wanted:
    """A take that has no picture: its key, what it is drawn from, the shape of its picture as width
    and height in any unit, and the `looks` of its board's characters (name, small picture below the
    outbox)."""

    key: str
    drawable: Drawable
    shape: tuple[int, int]
    looks: tuple[tuple[str, str], ...] = ()

    @property
    def mark(self) -> str:
        """What its drawing is called by: it is another where earlier shots say something else."""
        known = self.drawable.known
        return f"{self.key} {known}" if known else self.key


def wanted_of(
    take: JsonObject,
    board: str,
    looks: tuple[tuple[str, str], ...] = (),
    known: tuple[tuple[str, str], ...] = (),
) -> Wanted | None:
    """What is written down of a take, if it is enough to draw it."""
    prompt, seed, shape = take.get("prompt"), take.get("seed"), take.get("shape")
    if not isinstance(prompt, str) or not isinstance(shape, list):
        return None
    sides = [side for side in shape if isinstance(side, int) and 0 < side < 1 << 20]
    if len(sides) != 2:
        return None
    number = take.get("take")
    drawable = Drawable(
        prompt,
        seed if isinstance(seed, int) else None,
        number if isinstance(number, int) else 1,
        board,
        str(take.get("style") or ""),
        known,
    )
    return Wanted(str(take.get("key")), drawable, (sides[0], sides[1]), looks)


def get_ready() -> None:
    """Have the words read and the libraries there: half a second that the first drawing needs not
    wait for."""
    from daemon.thumbs.drawing import draw as _  # noqa: F401
    from daemon.thumbs.lexicon import lexicon
    from daemon.thumbs.sheet import encoded  # noqa: F401

    lexicon()


def draw(outbox: Path, wanted: Wanted) -> None:
    """Have its thumbnail lie where the page looks for it. Raises OSError."""
    from daemon.thumbs.drawing import draw as drawn
    from daemon.thumbs.sheet import encoded

    width, height = wanted.shape
    share = SIDE / max(width, height)
    size = max(1, round(width * share)), max(1, round(height * share))
    colours = {name: _colours(outbox / small) for name, small in wanted.looks}
    scene = scene_of(wanted.drawable, colours)
    target = outbox / drawn_of(wanted.mark)
    make_below(outbox, target.parent)
    atomic.replace(target, encoded(drawn(scene, *size), ".webp"), sync=False)


@lru_cache(maxsize=200)
def _colours(small: Path) -> Mapping[str, str]:
    """Those of a look by its small picture, which another look has another name for."""
    from PIL import Image

    from daemon.thumbs.look_colours import look_colours

    try:
        with Image.open(small) as image:
            return look_colours(image)
    except OSError:
        return {}


def sweep(outbox: Path, marks: Collection[str], before: Collection[str]) -> frozenset[str]:
    """Take away the drawings of takes that nobody wants any more, or that were painted, where that
    was so `before`: pages that were open then have read it since. Returns what nobody wants now."""
    kept = {Path(drawn_of(mark)).name for mark in marks}
    unwanted: frozenset[str] = frozenset()
    with contextlib.suppress(OSError):
        unwanted = frozenset(os.listdir(outbox / DRAWN)) - kept
        for name in unwanted.intersection(before):
            (outbox / DRAWN / name).unlink()
    return unwanted
