"""Every word that this world's captions use: what a model trained on them can have learnt.

The tables of words, and what sentences put between them, heard in a few thousand captions.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Iterator

from daemon.sketch.world import words, world
from daemon.sketch.world.captions import caption

CAPTIONS = 3_000
"""So many use every joining word dozens of times; the rare words are in the tables."""

_TABLES = (
    words.LEADS, words.TAILS, words.SMALL, words.BIG, words.SHAPE_WORDS, words.GROUNDS,
    words.PATTERN_WORDS, words.STYLE_WORDS, words.TIME_WORDS, words.LAND_WORDS, words.EMPTY,
    words.NOUNS, words.THINGS, tuple(world.COLOURS), world.SHAPES, world.SIZES,
    world.PROPS, world.LIGHTS,
)  # fmt: skip


def vocabulary() -> list[str]:
    """The words, sorted, in small letters."""
    rng = random.Random(0)
    heard = (caption(rng, world.sample(rng), unseen=bool(n % 2))[0] for n in range(CAPTIONS))
    found: set[str] = set()
    for text in (*_texts(_TABLES), *heard):
        found.update(re.findall(r"[a-z]+", re.sub(r"\{\w+\}", " ", text.lower())))
    return sorted(found)


def _texts(table: object) -> Iterator[str]:
    if isinstance(table, str):
        yield table
    elif isinstance(table, Iterable):
        for part in table.values() if isinstance(table, dict) else table:
            yield from _texts(part)
