"""What there is to learn to read, by the name of a world: its questions, and captions without end.

Knows the worlds and nothing of networks.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from daemon.sketch.storyboard import captions as panel_captions
from daemon.sketch.storyboard import facts, panels, wording
from daemon.sketch.world import captions, words, world

Facts = dict[str, str]

SHAPES, STORYBOARD = "shapes", "storyboard"


@dataclass(frozen=True)
class World:
    """`questions` by their possible answers, "" for what was not said; `caption` is a wording and
    what it says, a `loose` one rather less; `unseen` one of what training never has together;
    `vague` are captions that say nothing."""

    questions: Mapping[str, tuple[str, ...]]
    caption: Callable[[random.Random, bool], tuple[str, Facts]]
    unseen: Callable[[random.Random], tuple[str, Facts]]
    vague: tuple[str, ...]


def _of_shapes(chance: random.Random, loose: bool) -> tuple[str, Facts]:
    return captions.caption(chance, world.sample(chance), loose=loose)


def _of_panels(chance: random.Random, _loose: bool) -> tuple[str, Facts]:
    return panel_captions.caption(chance, facts.truth(panels.sample(chance)))


def _unseen_shapes(chance: random.Random) -> tuple[str, Facts]:
    return captions.caption(chance, world.sample(chance), unseen=True)


def _unseen_panels(chance: random.Random) -> tuple[str, Facts]:
    return panel_captions.caption(chance, facts.truth(panels.sample(chance, unseen=True)))


_OF_PANELS = {name: ("", *told) for name, told in facts.QUESTIONS.items()}
WORLDS = {
    SHAPES: World(words.QUESTIONS, _of_shapes, _unseen_shapes, words.EMPTY),
    STORYBOARD: World(_OF_PANELS, _of_panels, _unseen_panels, wording.VAGUE),
}
