"""A world's pictures as trainings upon a finished UNet take them: drawn, said, referred to.

What adapters, LoRAs and the image encoder have to learn is the same whichever world they learn it
from; what differs is a gallery's. Knows no networks.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any, Protocol

from torch import Tensor

from daemon.sketch.train.batches import Favour
from daemon.sketch.train.panel_gallery import PanelGallery
from daemon.sketch.train.shape_gallery import ShapeGallery
from daemon.sketch.train.worlds import SHAPES, STORYBOARD, Facts

Chance = random.Random
Picture = Any
"""Whatever a world draws from: its own frozen data."""


class Gallery(Protocol):
    """Pictures of a world, by chance and by what is to be learnt from them."""

    @property
    def questions(self) -> Mapping[str, tuple[str, ...]]:
        """What patches that lie on a thing are asked of it, with the answers there are."""

    @property
    def weights(self) -> Mapping[str, float]:
        """What the questions about a whole reference weigh, where that is not 1."""

    @property
    def favour(self) -> Favour:
        """Which pictures are shown oftener to what follows drawings."""

    @property
    def sizes(self) -> tuple[tuple[int, int], ...]:
        """Heights and widths other than the native one."""

    def draw(self, picture: Picture, height: int, width: int) -> Tensor:
        """(3, height, width) in 0..1."""

    def seen(self, chance: Chance) -> Picture:
        """A picture for the image encoder to tell all about."""

    def reference(self, chance: Chance, picture: Picture, /) -> Picture:
        """What somebody who wants this picture may refer to."""

    def truth(self, picture: Picture) -> Facts:
        """What a reference has to say."""

    def plainly(self, picture: Picture) -> str:
        """The same as one sentence: what the adapters' tokens learn to imitate."""

    def patches(self, picture: Picture, edge: int) -> Tensor:
        """(questions, edge * edge): the number of each answer, or `NOT_ASKED`."""

    def beside(self, chance: Chance, picture: Picture) -> str:
        """A prompt beside a reference to this picture."""

    def hint(self, chance: Chance, picture: Picture) -> str:
        """A prompt beside a rough drawing of this picture."""

    def lines(self, picture: Picture, height: int, width: int) -> Tensor:
        """(1, height, width), 1 where the drawing has a line."""

    def chalked(self, chance: Chance) -> tuple[Tensor, Picture]:
        """A picture in chalk, (3, 256, 256) in 0..1, and what it is of."""

    def unchalked(self, chance: Chance, picture: Picture) -> str:
        """A caption of it that does not say chalk."""


GALLERIES: Mapping[str, Gallery] = {SHAPES: ShapeGallery(), STORYBOARD: PanelGallery()}
