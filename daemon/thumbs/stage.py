"""The stage: where a camera stands, what lands where on the paper, and how light falls there.

The world is in metres: x to the right, y up from the ground, z away from the camera. Knows no
figures and no places.
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass

from daemon.thumbs.palette import Colour, Light, mix
from daemon.thumbs.paper import Box, Paper, Point, oval
from daemon.thumbs.scene import Scene

NEAREST = 0.35


@dataclass(frozen=True, slots=True)
class Camera:
    """`focal` in panel heights; `horizon` where eye level lies, from the top; `height` in metres;
    the subject stands at `distance`."""

    focal: float
    horizon: float
    height: float
    distance: float

    def at(self, x: float, y: float, z: float) -> Point:
        """Where a point of the world lands."""
        scale = self.focal / max(z, NEAREST)
        return (x * scale, self.horizon + (self.height - y) * scale)

    def scale(self, z: float) -> float:
        """Panel heights a metre at that distance."""
        return self.focal / max(z, NEAREST)

    def far_for(self, y: float) -> float:
        """The distance at which the ground lies at height `y` of the panel."""
        return self.focal * self.height / max(y - self.horizon, 1e-3)


#: shot: how tall an adult is (panel heights), focal length, where feet or eyes are wanted
_TALL = {
    "extreme wide": (0.15, 0.85),
    "wide": (0.40, 1.0),
    "full": (0.76, 1.2),
    "medium": (1.50, 1.7),
    "close-up": (3.0, 2.6),
    "extreme close-up": (6.2, 4.0),
    "insert": (3.5, 2.8),
}
_FEET = {"extreme wide": 0.80, "wide": 0.86, "full": 0.93}
_EYES = {"medium": 0.27, "close-up": 0.40, "extreme close-up": 0.46, "insert": 0.44}
ADULT = 1.75


def camera_of(scene: Scene, chance: random.Random, eyes: float = 1.6) -> Camera:
    """Where the camera stands for a scene whose subject's head is `eyes` metres up; another take,
    another framing."""
    tall, focal = _TALL[scene.shot]
    if scene.take > 1:
        tall *= chance.uniform(0.86, 1.16)
        focal *= chance.uniform(0.85, 1.25)
    scale = tall / ADULT
    height = {"low": 0.2, "high": 4.2, "top": 7.5}.get(scene.camera, 1.5)
    if scene.shot in ("close-up", "extreme close-up", "insert"):
        height = eyes + {"low": -0.5, "high": 0.55, "top": 0.8}.get(scene.camera, 0.02)
    elif scene.shot == "extreme wide":
        height = {"low": 0.6, "high": 14.0, "top": 22.0}.get(scene.camera, 2.6)
    if scene.shot in _FEET:
        feet = _FEET[scene.shot] + (0.03 if scene.camera == "low" else 0.0)
        if eyes < 0.6 and scene.shot == "full":  # who lies has the middle of the picture
            feet, scale = 0.80, scale * 1.15
        horizon = feet - height * scale
        if scene.camera not in ("high", "top"):
            horizon = min(0.84, max(0.16, horizon))
    else:
        shift = {"low": -0.02, "high": 0.05}.get(scene.camera, 0.0)
        horizon = _EYES[scene.shot] + shift - (height - eyes) * scale
    return Camera(focal, horizon, height, focal / scale)


class Stage:
    """A paper with a camera before it and light on it."""

    def __init__(self, paper: Paper, camera: Camera, light: Light, scene: Scene) -> None:
        self.paper, self.camera, self.light, self.scene = paper, camera, light, scene
        self.chance = random.Random(scene.seed * 31 + 5)
        self.half = paper.aspect / 2
        self.lettered: list[Box] = []
        """Where letters stand: left, top, right, bottom."""
        paper.open_air = max(0.0, 1 - light.dark * 1.9)
        self._air = 9.0 if scene.weather == "fog" else 34.0

    def depth(self, z: float) -> float:
        """0 at the subject, towards 1 far away."""
        return 1 - math.exp(-max(0.0, z - self.camera.distance) / self._air)

    def tint(self, colour: Colour, z: float = 0.0, near: bool = False) -> Colour:
        return self.light.on(colour, self.depth(z), near)

    def at(self, x: float, y: float, z: float) -> Point:
        return self.camera.at(x, y, z)

    def pale(self, z: float) -> None:
        """Lines from now on as pale as things are at that distance."""
        self.paper.pale = min(0.72, 0.12 + 0.75 * self.depth(z)) if z else 0.0

    # --- pieces of the world ----------------------------------------------------------------------

    def ground(
        self, spots: Sequence[tuple[float, float]], colour: Colour, weight: float = 0.0
    ) -> None:
        """A patch of ground by its (x, z)."""
        far = sum(z for _, z in spots) / len(spots)
        self.pale(far)
        corners = [self.at(x, 0.0, z) for x, z in spots]
        self.paper.shape([corners], self.light.on(colour, self.depth(far) * 0.6), weight)

    def floor(self, colour: Colour) -> None:
        """Ground everywhere below the horizon, paler with distance."""
        top = self.camera.horizon
        if top < 1:
            far = self.light.on(colour, 0.85)
            self.paper.fade(
                max(0.0, top), 1.0, far if top > 0 else self.tint(colour), self.tint(colour)
            )

    def wall(
        self,
        one: tuple[float, float],
        other: tuple[float, float],
        height: float,
        colour: Colour,
        weight: float = 1.0,
        base: float = 0.0,
    ) -> None:
        """An upright rectangle between two (x, z), from `base` to `height`."""
        (ax, az), (bx, bz) = one, other
        far = (az + bz) / 2
        self.pale(far)
        corners = [
            self.at(ax, base, az),
            self.at(ax, height, az),
            self.at(bx, height, bz),
            self.at(bx, base, bz),
        ]
        self.paper.shape([corners], self.tint(colour, far), weight)

    def panel(
        self,
        x: float,
        y: float,
        z: float,
        wide: float,
        high: float,
        colour: Colour,
        weight: float = 1.0,
    ) -> None:
        """A rectangle that faces the camera; x its middle, y its lower edge."""
        self.wall((x - wide / 2, z), (x + wide / 2, z), y + high, colour, weight, base=y)

    def block(
        self,
        x: float,
        z: float,
        wide: float,
        high: float,
        deep: float,
        colour: Colour,
        base: float = 0.0,
    ) -> None:
        """A box on the ground; z its near side."""
        left, right = x - wide / 2, x + wide / 2
        dark = mix(colour, (40, 40, 50), 0.22)
        pale = mix(colour, (255, 255, 255), 0.18)
        if left > 0:
            self.wall((left, z), (left, z + deep), base + high, dark, base=base)
        elif right < 0:
            self.wall((right, z), (right, z + deep), base + high, dark, base=base)
        if self.camera.height > base + high:
            corners = [
                self.at(left, base + high, z),
                self.at(right, base + high, z),
                self.at(right, base + high, z + deep),
                self.at(left, base + high, z + deep),
            ]
            self.paper.shape([corners], self.tint(pale, z))
        self.wall((left, z), (right, z), base + high, colour, base=base)

    def shadow(self, x: float, z: float, radius: float) -> None:
        """The shadow under something that stands at (x, z)."""
        scale = self.camera.scale(z)
        flat = min(0.5, max(0.08, self.camera.height / max(z, 1.0) * 0.5))
        tone = self.tint(mix((128, 124, 122), (40, 40, 60), self.light.dark), z)
        self.paper.shape([oval(self.at(x, 0, z), radius * scale, radius * scale * flat)], tone, 0)
