"""What is worn over or on a body: capes, wings, bags, collars, lapels, belts.

Drawn where the chest, the neck and the back are; the body itself `bodies` draws.
"""

from __future__ import annotations

from daemon.thumbs.palette import Colour, mix
from daemon.thumbs.panel.skull import Dressed
from daemon.thumbs.paper import Point, Points
from daemon.thumbs.puppet import Puppet, between, hull, ring, tapered
from daemon.thumbs.scene import Look
from daemon.thumbs.stage import Stage

LONG = {
    "coat": 0.95,
    "dress": 0.85,
    "robe": 1.75,
    "gown": 1.8,
    "skirt": 0.8,
    "tutu": 0.16,
    "lab coat": 0.9,
    "tunic": 0.35,
    "cloak": 1.5,
    "kimono": 1.6,
    "armour": 0.3,
}
"""How far down the legs a garment goes: 1 the knee, 2 the foot."""


class Clothes(Dressed):
    """The parts of a dressed body that lie on it; `weight` is that of its lines."""

    stage: Stage
    puppet: Puppet
    look: Look
    skin: Colour
    upper: Colour
    lower: Colour
    weight: float

    def _cape(self) -> None:
        p, size = self.puppet, self.puppet.size
        (x, y) = p.pose.neck
        top = [p.at((x - 0.02, y - 0.03, z)) for z in (-0.13, 0.13)]
        low = p.pose.hip[1] - 0.36
        hem = [p.at((-0.16, low, 0.24)), p.at((-0.2, low - 0.02, 0.0)), p.at((-0.16, low, -0.24))]
        self.shape(
            [hull([*top, *hem, *ring(p.middle(x - 0.04, y - 0.02), 0.05 * size)])],
            self.lit("dark red"),
        )

    def _wings(self) -> None:
        p = self.puppet
        (x, y) = p.pose.neck
        for sign in (-1, 1):
            root, tip = (
                p.at((x - 0.05, y - 0.05, 0.03 * sign)),
                p.at((x - 0.22, y + 0.16, 0.36 * sign)),
            )
            low = p.at((x - 0.2, y - 0.36, 0.24 * sign))
            self.shape(
                [[root, between(root, tip, 0.6), tip, between(tip, low, 0.5), low]],
                self.lit("white"),
            )

    def _back_things(self) -> None:
        p, size = self.puppet, self.puppet.size
        (x, y) = p.pose.neck
        if "cape" in self.look.extras:
            self._cape()
        if "backpack" in self.look.extras:
            at = p.middle(x - 0.1, y - 0.15)
            self.shape(
                [
                    hull(
                        [
                            *ring((at[0], at[1] - 0.06 * size), 0.075 * size),
                            *ring((at[0], at[1] + 0.07 * size), 0.085 * size),
                        ]
                    )
                ],
                self.lit("olive"),
            )

    def _neck(self) -> None:
        p, size = self.puppet, self.puppet.size
        (x, y) = p.pose.neck
        wide = (0.040 if self.look.sex == "m" else 0.034) * size
        self.shape([tapered(p.middle(x, y - 0.012), p.head, wide, wide * 0.95)], self.skin)
        if "scarf" in self.look.extras:
            centre = p.middle(x + 0.005, y + 0.012)
            end = p.at((x + 0.09, y - 0.16, 0.05))
            self.shape(
                [
                    hull(
                        [
                            *ring((centre[0] - 0.03 * size, centre[1]), 0.034 * size),
                            *ring((centre[0] + 0.03 * size, centre[1]), 0.034 * size),
                        ]
                    ),
                    tapered(centre, end, 0.026 * size, 0.03 * size),
                ],
                self.lit("red"),
            )

    # --- what is seen on the front ----------------------------------------------------------------

    def front(self, down: float, aside: float, out: float = 0.075) -> Point:
        """A point on the chest: `down` from the neck in body heights, `aside` to its left."""
        (hx, hy), (nx, ny) = self.puppet.pose.hip, self.puppet.pose.neck
        share = down / max(0.05, ny - hy)
        return self.puppet.at((nx + (hx - nx) * share + out, ny - down, aside))

    def line(self, points: Points, weight: float = 0.7, strength: float = 1.0) -> None:
        self.stage.paper.stroke(points, weight * self.weight, strength)

    def _front_details(self) -> None:
        wear, size = self.look.wear, self.puppet.size
        upright = self.puppet.pose.neck[1] - self.puppet.pose.hip[1]
        if size < 0.2 or self.puppet.pose.lying or upright < 0.18:
            return
        if wear in ("suit", "coat", "lab coat", "jacket", "uniform", "robe", "kimono"):
            self._lapels(wear)
        elif wear in ("apron", "overalls"):
            colour = self.lit("white") if wear == "apron" else self.lower
            bib = ((0.07, 0.06), (0.07, -0.06), (0.30, -0.095), (0.30, 0.095))
            self.shape([[self.front(*spot) for spot in bib]], colour, 0.8)
            if wear == "apron":
                self._apron(colour)
        elif wear == "spacesuit":
            panel = ((0.09, 0.05), (0.09, -0.05), (0.17, -0.05), (0.17, 0.05))
            self.shape([[self.front(*spot) for spot in panel]], self.lit("grey"), 0.7)
        else:
            self._seams(wear)
        if "collar" in self.look.extras:
            spots = ((-0.012, 0.03), (-0.012, -0.03), (0.045, -0.022), (0.045, 0.022))
            self.shape([[self.front(*spot) for spot in spots]], self.lit("white"), 0.9)
        if self.look.build == "pregnant":
            belly = self.front(0.25, 0.0, 0.115)
            self.shape([ring(belly, 0.088 * size)], self.upper)
        if "tie" in self.look.extras and wear in ("shirt", "apron", "sweater"):
            self.shape(
                [[self.front(0.0, 0.01), self.front(0.0, -0.01), self.front(0.15, 0.0)]],
                self.lit("dark red"),
                0.5,
            )
        if "belt" in self.look.extras:
            self.line([self.front(0.27, 0.1), self.front(0.275, 0.0), self.front(0.27, -0.1)], 2.0)
        if "badge" in self.look.extras:
            self.shape([ring(self.front(0.10, 0.055), 0.018 * size)], self.lit("gold"), 0.6)

    def _apron(self, colour: Colour) -> None:
        """From the waist to the knees, with its strings and straps."""
        p = self.puppet
        (x, y), knee = p.pose.hip, p.pose.left_knee
        low = min(y - 0.02, max(knee[1], y - 0.22))
        out = max(knee[0], x) + 0.07
        hem = [p.at((out, low, z)) for z in (-0.10, 0.10)]
        top = [self.front(0.29, 0.095), self.front(0.29, -0.095)]
        self.shape([[*top, *hem]], colour, 0.9)
        self.line([self.front(0.29, 0.10), self.front(0.29, -0.10)], 1.4)
        for side in (-1, 1):
            self.line([self.front(0.07, 0.055 * side), self.front(-0.01, 0.05 * side)], 1.4)

    def _seams(self, wear: str) -> None:
        """Lines alone."""
        if wear == "pyjamas":
            for k in range(-2, 3):
                self.line([self.front(0.03, 0.035 * k), self.front(0.31, 0.037 * k)], 1.1)
        if wear in ("pyjamas", "scrubs"):
            self.line([self.front(-0.01, 0.04), self.front(0.06, 0.0), self.front(-0.01, -0.04)])
        if wear == "hoodie":
            self.line([self.front(0.02, 0.05), self.front(0.12, 0.025)])
            self.line([self.front(0.02, -0.05), self.front(0.12, -0.025)])
        elif wear == "shirt":
            self.line([self.front(0.01, 0.0), self.front(0.30, 0.0)], 0.5, 0.6)
            self.line([self.front(-0.01, 0.04), self.front(0.035, 0.0), self.front(-0.01, -0.04)])
        elif wear == "armour":
            self.line([self.front(0.12, 0.1), self.front(0.145, 0.0), self.front(0.12, -0.1)])
            self.line([self.front(0.22, 0.09), self.front(0.235, 0.0), self.front(0.22, -0.09)])

    def _lapels(self, wear: str) -> None:
        inside = (
            self.lit("white")
            if wear in ("suit", "lab coat")
            else mix(self.upper, (30, 30, 40), 0.3)
        )
        deep = 0.17 if wear in ("suit", "coat", "lab coat") else 0.09
        if wear != "uniform":
            self.shape(
                [[self.front(-0.005, 0.045), self.front(deep, 0.0), self.front(-0.005, -0.045)]],
                inside,
                0.7,
            )
        if "tie" in self.look.extras or wear == "suit":
            self.shape(
                [
                    [
                        self.front(0.0, 0.012),
                        self.front(0.0, -0.012),
                        self.front(deep * 0.8, -0.016),
                        self.front(deep * 0.95, 0.0),
                        self.front(deep * 0.8, 0.016),
                    ]
                ],
                self.lit("dark red"),
                0.5,
            )
        self.line([self.front(deep, 0.0), self.front(0.46 if wear in LONG else 0.31, 0.0)], 0.7)
        if wear in ("uniform", "coat"):
            for k in range(3):
                self.shape(
                    [ring(self.front(0.10 + 0.08 * k, -0.022), 0.008 * self.puppet.size)],
                    self.lit("gold"),
                    0.4,
                )
