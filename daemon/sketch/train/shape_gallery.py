"""The world of shapes as trainings upon its UNet take it."""

from __future__ import annotations

import random
from dataclasses import replace

import torch
from torch import Tensor

from daemon.sketch.train.batches import Favour
from daemon.sketch.train.worlds import Facts
from daemon.sketch.world import captions, facts, hints, rough, words, world
from daemon.sketch.world.draw import draw
from daemon.sketch.world.world import Picture

NOT_ASKED = -100
"""In place of an answer where a patch is not asked; what cross entropy leaves out."""
REACH = 1.1
"""Distance from the middle of a thing, in radii, up to which a patch is asked."""
VAGUE = (*words.EMPTY, "a picture", "a picture", "something")
UNTOLD = 0.75
"""How many prompts beside a reference say nothing in particular."""
BUCKETS = ((192, 192), (384, 384), (256, 384), (384, 256), (192, 256), (256, 192), (320, 320))
QUESTIONS = {"shape": world.SHAPES, "colour": tuple(world.COLOURS), "size": world.SIZES}
WEIGHTS = {"a.shape": 8.0, "b.shape": 4.0} | dict.fromkeys(
    ("kind", "style", "pattern", "ground", "a.colour", "a.size", "place"), 2.0
)
"""The hardest question weighs most, those that every prompt asks come next."""
FAVOUR = Favour(plain=0.15, pairs=0.3, scenes=0.3)
"""Scenes and pairs are harder to place than one thing."""


class ShapeGallery:
    """Things, pairs and scenes."""

    questions, weights, favour, sizes = QUESTIONS, WEIGHTS, FAVOUR, BUCKETS

    def draw(self, picture: Picture, height: int, width: int) -> Tensor:
        return draw(picture, height, width)

    def seen(self, chance: random.Random) -> Picture:
        """Mostly one thing, as most references are, and more often than not on plain ground."""
        if chance.random() < 0.6:
            return world.single(chance, plain=chance.random() < 0.6)
        return world.sample(chance, mix=(0, 0.5, 0.5))

    def reference(self, _chance: random.Random, picture: Picture) -> Picture:
        return picture

    def truth(self, picture: Picture) -> Facts:
        return facts.truth(picture)

    def plainly(self, picture: Picture) -> str:
        return facts.plainly(picture)

    def patches(self, picture: Picture, edge: int) -> Tensor:
        middles = (torch.arange(edge) + 0.5) / edge
        y, x = torch.meshgrid(middles, middles, indexing="ij")
        known = torch.full((len(self.questions), edge * edge), NOT_ASKED)
        for thing in picture.things:
            on = (x - thing.x).hypot(y - thing.y).flatten() < REACH * thing.r
            told = (thing.shape, thing.colour, thing.size)
            for row, (fact, answers) in enumerate(zip(told, self.questions.values(), strict=True)):
                known[row, on] = answers.index(fact)
        return known

    def beside(self, chance: random.Random, picture: Picture) -> str:
        if chance.random() < UNTOLD:
            return chance.choice(VAGUE)
        return captions.caption(chance, picture)[0]

    def hint(self, chance: random.Random, picture: Picture) -> str:
        return hints.what(chance, picture, shapes=chance.random() < 0.8)

    def lines(self, picture: Picture, height: int, width: int) -> Tensor:
        return rough.outlines(picture, height, width)

    def chalked(self, chance: random.Random) -> tuple[Tensor, Picture]:
        picture = replace(world.sample(chance), style="flat")
        return draw(replace(picture, style="chalk"), 256, 256), picture

    def unchalked(self, chance: random.Random, picture: Picture) -> str:
        return captions.caption(chance, picture)[0]
