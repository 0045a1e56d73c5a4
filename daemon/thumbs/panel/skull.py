"""Where things of one head are on the paper, seen from any side; and what a dressed body offers.

A feature sits at a longitude and a height of the head and is there if its side is towards us.
"""

from __future__ import annotations

import math
from typing import Protocol

from daemon.thumbs.palette import Colour
from daemon.thumbs.paper import Point, Points
from daemon.thumbs.puppet import Puppet
from daemon.thumbs.scene import Look
from daemon.thumbs.stage import Stage

WIDE = 0.80
"""Half a head's width, of half its height."""


class Dressed(Protocol):
    """What heads, hats and held things need of the body that they belong to."""

    stage: Stage
    puppet: Puppet
    look: Look
    z: float
    skin: Colour

    def shape(self, parts: list[list[Point]], colour: Colour, weight: float = 1.0) -> None: ...

    def line(self, points: Points, weight: float = 0.7, strength: float = 1.0) -> None: ...

    def lit(self, name: str) -> Colour: ...


AWAY = -0.6
"""The cosine of the yaw from which on somebody is seen from behind."""


class Head:
    """Where things of one head are on the paper."""

    def __init__(self, body: Dressed) -> None:
        puppet = body.puppet
        self.body = body
        self.centre, self.r = puppet.head, puppet.head_size
        self.yaw, self.sine, self.cosine = puppet.yaw, puppet.sine, puppet.cosine
        self.turn = 0.0
        if puppet.pose.lying:
            self.turn = 90.0 if puppet.sine >= 0 else -90.0
            self.yaw = 24.0
            self.sine, self.cosine = math.sin(math.radians(24)), math.cos(math.radians(24))
        bowed = {"bowing": 40.0, "crawling": 55.0, "swimming": 50.0, "flying": 55.0,
                 "looking up": -26.0, "looking down": 24.0, "falling": 20.0}  # fmt: skip
        if (lean := bowed.get(puppet.figure.pose)) and not puppet.figure.on:
            self.turn = lean * self.sine
        self.aged = 1.04 if body.look.age in ("child", "baby") else 1.0

    def spot(self, x: float, y: float) -> Point:
        """A point by x (to the right) and y (up), in half head heights."""
        turn = math.radians(self.turn)
        c, s = math.cos(turn), math.sin(turn)
        x, y = x * self.r, y * self.r
        return (self.centre[0] + x * c + y * s, self.centre[1] + x * s - y * c)

    def on(self, lon: float, y: float, out: float = 1.0) -> Point:
        """A point of its surface; `lon` in degrees from the face's middle, to its own left."""
        angle = math.radians(self.yaw + lon)
        return self.spot(math.sin(angle) * self.half(y) * out, y)

    def seen(self, lon: float) -> bool:
        return math.cos(math.radians(self.yaw + lon)) > 0.12

    def half(self, y: float) -> float:
        """Half the width at a height: an egg, narrower below where a chin is seen."""
        y = max(-1.0, min(1.0, y))
        round_ = math.sqrt(max(0.0, 1 - y * y)) * WIDE * self.aged
        return round_ * (1 - 0.22 * max(0.0, -y)) if y < 0 and not self.is_away else round_

    @property
    def is_away(self) -> bool:
        """Whether the back of the head is seen, and no chin."""
        return self.cosine < AWAY and not self.body.puppet.pose.lying

    def egg(self) -> list[Point]:
        """The outline: chin towards the face, skull towards the back."""
        made = []
        for k in range(30):
            angle = 2 * math.pi * k / 30
            y = math.sin(angle)
            x = math.copysign(self.half(y), math.cos(angle))
            forward = self.sine * (0.13 * max(0.0, -y) - 0.10 * max(0.0, y + 0.3))
            made.append(self.spot(x + forward, y))
        return made
