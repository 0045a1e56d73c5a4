"""The storyboard world as trainings upon its UNet take it: whoever a panel shows may be referred
to, and be drawn roughly.
"""

from __future__ import annotations

import random
from dataclasses import replace

import torch
from torch import Tensor
from torch.nn import functional as F

from daemon.sketch.storyboard import drawn, facts, looks, panels
from daemon.sketch.storyboard.panels import Mix
from daemon.sketch.train.batches import NATIVE, Favour
from daemon.sketch.train.panel_latents import differing, twin
from daemon.sketch.train.shape_gallery import NOT_ASKED
from daemon.sketch.train.worlds import Facts
from daemon.sketch.world import rough
from daemon.thumbs.scene import Scene

PENCIL = Mix(pencil=1.0)
BOARD = (0.16, 0.22, 0.2)
"""The blackboard that chalk is on."""
VAGUE = ("", "storyboard", "storyboard panel", "somebody", "a person")
UNTOLD = 0.15
"""How many prompts beside a reference say nothing in particular; the others say all but looks."""
PLACED = ("side", "prop.side")
"""What a drawing tells by itself."""
QUESTIONS = {name: facts.QUESTIONS[name] for name in looks.LOOKS}
WEIGHTS = dict.fromkeys(looks.LOOKS, 6.0)
"""Of 29 questions only these are asked of a reference."""
HALF = 0.5
"""The share of a patch that somebody has to cover to be asked for there."""


class PanelGallery:
    """Panels, and whoever is in them."""

    questions, weights = QUESTIONS, WEIGHTS
    favour = Favour()
    sizes = tuple(dict.fromkeys(size for size in drawn.SIZES if size != NATIVE))

    def draw(self, picture: Scene, height: int, width: int) -> Tensor:
        pixels = torch.from_numpy(drawn.pixels(picture, height, width).copy())
        return pixels.permute(2, 0, 1).float() / 255

    def seen(self, chance: random.Random) -> Scene:
        return panels.sample(chance, looks.REFERENCES)

    def reference(self, chance: random.Random, picture: Scene) -> Scene:
        return looks.reference(chance, picture)

    def truth(self, picture: Scene) -> Facts:
        return looks.looks(picture)

    def plainly(self, picture: Scene) -> str:
        return looks.plainly(picture)

    def patches(self, picture: Scene, edge: int) -> Tensor:
        side = drawn.SIDE
        one, other = (drawn.pixels(each, side, side) for each in (picture, twin(picture)))
        there = torch.from_numpy(differing(one, other)).float()[None]
        on = F.adaptive_avg_pool2d(there, edge).flatten() > HALF
        known = torch.full((len(self.questions), edge * edge), NOT_ASKED)
        told = self.truth(picture)
        for row, (name, answers) in enumerate(self.questions.items()):
            if name in told:
                known[row, on] = answers.index(told[name])
        return known

    def beside(self, chance: random.Random, picture: Scene) -> str:
        if chance.random() < UNTOLD:
            return chance.choice(VAGUE)
        return looks.caption(chance, picture)

    def hint(self, chance: random.Random, picture: Scene) -> str:
        """All but where and how large, half of the time without the looks, too."""
        unsaid = looks.HIDDEN if chance.random() < 0.5 else ()
        return looks.caption(chance, picture, (*PLACED, *unsaid))

    def lines(self, picture: Scene, height: int, width: int) -> Tensor:
        """Those of the panel by day and in clear weather: shadow, rain and fog are no lines."""
        plain = replace(picture, style="colour", time="day", weather="clear")
        return rough.edges(self.draw(plain, height, width))

    def chalked(self, chance: random.Random) -> tuple[Tensor, Scene]:
        """The pencil's drawing, white on a blackboard."""
        scene = panels.sample(chance, PENCIL)
        lead = 1 - self.draw(scene, *NATIVE).mean(0, keepdim=True)
        board = torch.tensor(BOARD).view(3, 1, 1)
        return board + (0.95 - board) * lead, scene

    def unchalked(self, chance: random.Random, picture: Scene) -> str:
        return looks.caption(chance, picture, ("style",))
