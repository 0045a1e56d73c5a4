"""A posed body on the paper: where its joints land, and the outlines that limbs are made of.

Knows no clothes and no faces; `bodies` and `heads` draw with it.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from daemon.thumbs.halves import based, seated
from daemon.thumbs.paper import Point, oval
from daemon.thumbs.poses import POSES
from daemon.thumbs.scene import Figure
from daemon.thumbs.stances import Joint, Pose

YAW = {"front": 14.0, "right": 66.0, "left": -66.0, "back": 166.0}
CYCLES = ("bicycle", "motorcycle", "scooter")
"""What is ridden leaning forwards, with hands on its bars."""
HEIGHTS = {"baby": 0.46, "child": 0.70, "teen": 0.92, "adult": 1.0, "old": 0.96}
HEADS = {"baby": 0.155, "child": 0.122, "teen": 0.096, "adult": 0.090, "old": 0.092}
"""Half the height of a head, of a body that is 1 high."""
GIRTH = {"fat": 1.45, "strong": 1.22, "thin": 0.86, "plain": 1.0}


@dataclass(frozen=True, slots=True)
class Puppet:
    """`feet` is where it stands on the paper, `size` how high it is there; `yaw` in degrees: 0
    faces us, 90 faces right."""

    figure: Figure
    pose: Pose
    feet: Point
    size: float
    yaw: float
    tip: float = 0.10

    @property
    def sine(self) -> float:
        return math.sin(math.radians(self.yaw))

    @property
    def cosine(self) -> float:
        return math.cos(math.radians(self.yaw))

    @property
    def seen_from_behind(self) -> bool:
        return self.cosine < -0.2

    @property
    def girth(self) -> float:
        return GIRTH.get(self.figure.look.build, 1.0)

    @property
    def head_size(self) -> float:
        return HEADS[self.figure.look.age] * self.size

    def at(self, joint: Joint) -> Point:
        """Where a joint lands."""
        x, y, z = joint
        if self.pose.lying:
            u = (y - 0.5) * (1.0 if self.sine >= 0 else -1.0)
            return (
                self.feet[0] + u * self.size,
                self.feet[1] - (0.085 + 0.7 * x - 0.3 * z) * self.size,
            )
        u = x * self.sine + z * self.cosine
        toward = x * self.cosine - z * self.sine
        v = y + self.pose.lift - toward * self.tip
        return (self.feet[0] + u * self.size, self.feet[1] - v * self.size)

    def toward(self, joint: Joint) -> float:
        """How much nearer to us than the body's middle."""
        return joint[0] * self.cosine - joint[2] * self.sine

    def middle(self, x: float, y: float) -> Point:
        return self.at((x, y, 0.0))

    @property
    def head(self) -> Point:
        """The middle of the head. A large head sits higher on its neck."""
        (nx, ny), (hx, hy) = self.pose.neck, self.pose.head
        more = HEADS[self.figure.look.age] / HEADS["adult"]
        return self.middle(nx + hx * more, ny + hy * (0.35 + 0.65 * more))

    @property
    def hand(self) -> Point:
        """The hand that holds things."""
        return self.at(self.pose.right_hand)


def puppet(figure: Figure, feet: Point, adult: float, yaw: float) -> Puppet:
    """A figure posed; `adult` is the height of a grown person there, in panel heights."""
    if figure.pose == "riding" and figure.on in CYCLES:
        figure = replace(figure, pose="cycling")
    if figure.held == "tray" and not figure.on and figure.pose in _BEARING:
        base = "walking" if figure.pose in ("walking", "carrying") else ""
        figure = replace(figure, pose="serving", base=base)
    sits = figure.on or figure.pose in _SITTING
    pose = seated(figure.pose) if sits else based(figure.pose, figure.base)
    build = {"tall": 1.07, "short": 0.88, "giant": 2.3}.get(figure.look.build, 1.0)
    sex = 0.95 if figure.look.sex == "f" and figure.look.age in ("adult", "old", "teen") else 1.0
    size = adult * HEIGHTS[figure.look.age] * build * sex
    return Puppet(figure, pose, feet, size, yaw)


_BEARING = ("carrying", "holding", "standing", "walking")
"""How somebody stands who has a tray on one hand."""
_SITTING = frozenset(name for name, pose in POSES.items() if pose.seat == "chair")


def capsule(points: Sequence[Point], widths: Sequence[float]) -> list[list[Point]]:
    """A limb: tapering pieces from joint to joint with round ends, as parts of one shape."""
    parts = []
    for (one, other), (near, far) in zip(
        itertools.pairwise(points), itertools.pairwise(widths), strict=True
    ):
        parts.append(tapered(one, other, near, far))
    return parts


def tapered(one: Point, other: Point, near: float, far: float) -> list[Point]:
    """A round-ended bar."""
    angle = math.atan2(other[1] - one[1], other[0] - one[0])
    made = []
    for centre, radius, first in (
        (one, near, angle + math.pi / 2),
        (other, far, angle - math.pi / 2),
    ):
        for k in range(7):
            turn = first + math.pi * k / 6
            made.append((centre[0] + radius * math.cos(turn), centre[1] + radius * math.sin(turn)))
    return made


def hull(points: Sequence[Point]) -> list[Point]:
    """The convex outline around points."""
    spots = sorted(set(points))
    if len(spots) < 3:
        return list(spots)

    def half(chain: Sequence[Point]) -> list[Point]:
        made: list[Point] = []
        for spot in chain:
            while len(made) > 1 and _turns_right(made[-2], made[-1], spot):
                made.pop()
            made.append(spot)
        return made[:-1]

    return half(spots) + half(spots[::-1])


def _turns_right(a: Point, b: Point, c: Point) -> bool:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]) <= 0


def between(one: Point, other: Point, share: float) -> Point:
    return (one[0] + (other[0] - one[0]) * share, one[1] + (other[1] - one[1]) * share)


def ring(centre: Point, radius: float) -> list[Point]:
    return oval(centre, radius, radius, 10)
