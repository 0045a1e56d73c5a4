"""The paper: shapes and strokes in two layers, tone and line, and how pencil, colour and wash look.

Points are (x, y) in panel heights: x from the middle, y from the top. A near shape hides the lines
of a far one, since it wipes the line layer where it lies. Knows nothing of what is drawn.
"""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Iterable, Sequence
from functools import lru_cache

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from daemon.thumbs.media import pencil, wash
from daemon.thumbs.palette import Colour, grey

Point = tuple[float, float]
Points = Sequence[Point]
Box = tuple[float, float, float, float]
"""Left, top, right, bottom, in panel heights."""

OVER = 2
"""Drawn this many times as large, against stairs."""
FAR = 12.0
"""Nothing is drawn farther from the panel's middle than this, in panel heights."""
WIDEST = 1.2
"""The radius of a glow at most, in panel heights: beyond that it is only slow."""
MARGIN = 0.45
"""How far outside the panel, in panel heights, something is not seen however the picture leans."""
BEND = {"pencil": 0.0026, "colour": 0.0018, "wash": 0.0030, "lines": 0.0}


class Paper:
    """An empty panel of `width` x `height` pixels; `look` is one of `scene.STYLES`, or
    `lines`: those alone, black on white."""

    def __init__(self, width: int, height: int, look: str, seed: int) -> None:
        self.look = look
        self.size = (width, height)
        self.aspect = width / height
        self._unit = height * OVER
        self._middle = width * OVER / 2
        over = (width * OVER, height * OVER)
        colour = look == "colour"
        self._tone = Image.new("RGB" if colour else "L", over, (255, 255, 255) if colour else 255)
        self._line = Image.new("L", over, 0)
        self._tones = ImageDraw.Draw(self._tone)
        self._lines = ImageDraw.Draw(self._line)
        self.chance = random.Random(seed)
        turn = self.chance.uniform
        self._waves = [(turn(3, 9), turn(3, 9), turn(0, 6), turn(0.7, 1.2)) for _ in range(2)]
        self.roll = 0.0
        self.lean = 0.0
        """How much narrower things are at the top than at the bottom; below 0 the other way."""
        self.open_air = 1.0
        """How much far tones are lightened where there is no colour: 1 by day, 0 at night."""
        self.pale = 0.0
        """How pale the lines are now: 0 black, 1 gone."""

    # --- drawing ----------------------------------------------------------------------------------

    def shape(
        self, parts: Iterable[Points], colour: Colour, weight: float = 1.0, *, soft: bool = False
    ) -> None:
        """Closed outlines that become one shape: all of it in one colour, a line around the whole
        and none between its parts. `weight` 0: no line; `soft` leaves lines below alone."""
        seen = [part for part in parts if len(part) > 2 and not self._is_outside(part)]
        placed = [self._place(part, closed=True) for part in seen]
        ink, wide = self._strength(), self._width(weight)
        if weight > 0:
            for part in placed:
                self._lines.polygon(part, fill=ink)
                self._lines.line([*part, part[0], part[1]], fill=ink, width=2 * wide, joint="curve")
        tone = self._ink(colour)
        for part in placed:
            if not soft:
                self._lines.polygon(part, fill=0)
            self._tones.polygon(part, fill=tone)

    def stroke(self, points: Points, weight: float = 1.0, strength: float = 1.0) -> None:
        """A line through points."""
        if len(points) < 2 or self._is_outside(points):
            return
        ink = round(self._strength() * strength)
        wide = max(1, round(self._width(weight) * 1.4))
        self._lines.line(self._place(points), fill=ink, width=wide, joint="curve")

    def band(self, points: Points, colour: Colour, width: float) -> None:
        """A line of colour, `width` in panel heights, without an outline."""
        wide = max(1, round(width * self._unit))
        self._tones.line(self._place(points), fill=self._ink(colour), width=wide, joint="curve")

    def dot(
        self,
        centre: Point,
        radius: float,
        colour: Colour,
        weight: float = 1.0,
        *,
        soft: bool = False,
    ) -> None:
        """A disc."""
        self.shape([oval(centre, radius, radius)], colour, weight, soft=soft)

    def fade(self, top: float, bottom: float, upper: Colour, lower: Colour) -> None:
        """A tone from side to side that goes from one colour to another, top to bottom."""
        first, last = round(top * self._unit), round(bottom * self._unit)
        if last <= first:
            return
        steps = 24 if self.look == "colour" else 14
        wide, kept = self._tone.width, self.pale
        self.pale = 0.75
        for step in range(steps):
            share = step / (steps - 1)
            low = first + (last - first) * step // steps
            high = first + (last - first) * (step + 1) // steps
            between = tuple(round(a + (b - a) * share) for a, b in zip(upper, lower, strict=True))
            self._tones.rectangle((0, low, wide, high), fill=self._ink(between))
        self.pale = kept

    def glow(self, centre: Point, radius: float, colour: Colour, strength: float = 0.6) -> None:
        """Light around a point, laid over what is drawn there."""
        unit = self._unit
        ((x, y),) = self._place([centre])
        side = max(2, round(min(radius, WIDEST) * unit))
        if x < -side or y < -side or x > self._tone.width + side or y > self._tone.height + side:
            return
        box = (round(x) - side, round(y) - side)
        spot = _spot().resize((2 * side, 2 * side)).point(lambda value: value * strength)
        self._tone.paste(Image.new(self._tone.mode, spot.size, self._ink(colour)), box, spot)

    def veil(self, colour: Colour, strength: float) -> None:
        """A thin layer of colour over everything so far, lines as well."""
        over = Image.new(self._tone.mode, self._tone.size, self._ink(colour))
        self._tone = Image.blend(self._tone, over, strength)
        self._line = self._line.point(lambda value: value * (1 - strength))
        self._tones, self._lines = ImageDraw.Draw(self._tone), ImageDraw.Draw(self._line)

    def blur(self, radius: float) -> None:
        """Everything so far out of focus; `radius` in panel heights."""
        small = (max(1, self._tone.width // 4), max(1, self._tone.height // 4))
        soft = ImageFilter.GaussianBlur(radius * self._unit / 4)
        self._tone = self._tone.resize(small).filter(soft).resize(self._tone.size)
        lines = self._line.resize(small).filter(soft).resize(self._line.size)
        self._line = lines.point(lambda value: value * 0.7)
        self._tones, self._lines = ImageDraw.Draw(self._tone), ImageDraw.Draw(self._line)

    # --- the end ----------------------------------------------------------------------------------

    def finish(self, *, tooth: bool = True) -> Image.Image:
        """The panel, RGB; `tooth` is the grain of the paper."""
        if self.look == "colour":
            return self._coloured()
        if self.look == "lines":
            return self._line.reduce(OVER).point(lambda value: 255 - value).convert("RGB")
        line = np.asarray(self._line.reduce(OVER), dtype=np.float32) / 255
        shade = np.asarray(self._tone.reduce(OVER), dtype=np.float32)
        made = (pencil if self.look == "pencil" else wash)(shade, line, 1.0 if tooth else 0.0)
        return Image.fromarray(made)

    def _coloured(self) -> Image.Image:
        base = self._tone.reduce(OVER)
        base.paste((34, 32, 38), (0, 0, *base.size), self._line.reduce(OVER))
        return base

    # --- inside -----------------------------------------------------------------------------------

    def _ink(self, colour: Sequence[int]) -> tuple[int, ...] | int:
        r, g, b = colour[0], colour[1], colour[2]
        if self.look == "colour":
            return (r, g, b)
        far = min(0.55, self.pale * 0.8) * self.open_air
        return round(255 - (255 - grey((r, g, b))) * (1 - far))

    def _strength(self) -> int:
        most = {"pencil": 240, "colour": 255, "wash": 255, "lines": 255}[self.look]
        return max(24, round(most * (1 - self.pale)))

    def _width(self, weight: float) -> int:
        heavy = {"pencil": 0.0044, "colour": 0.0042, "wash": 0.0050, "lines": 0.0046}[self.look]
        return max(1, round(weight * heavy * self._unit * (1 - 0.35 * self.pale)))

    def _is_outside(self, points: Points) -> bool:
        """Whether nothing of it can be seen."""
        far = self.aspect / 2 + MARGIN
        xs, ys = [x for x, _ in points], [y for _, y in points]
        return min(xs) > far or max(xs) < -far or min(ys) > 1 + MARGIN or max(ys) < -MARGIN

    def seen(self, points: Points) -> list[Point]:
        """Where points are on the paper however it leans, in panel heights."""
        placed = [self._place([one])[0] for one in points]
        return [((x - self._middle) / self._unit, y / self._unit) for x, y in placed]

    def _place(self, points: Points, closed: bool = False) -> list[Point]:
        """In pixels, with a hand's unsteadiness: lines that met still meet."""
        chain = [*points, points[0]] if closed else points
        spots = [chain[0]]
        for (ax, ay), (bx, by) in itertools.pairwise(chain):
            parts = min(12, int(max(abs(bx - ax), abs(by - ay)) / 0.1) + 1)
            step = ((bx - ax) / parts, (by - ay) / parts)
            spots += [(ax + step[0] * k, ay + step[1] * k) for k in range(1, parts + 1)]
        if closed:
            spots.pop()
        bend, unit, middle = BEND[self.look], self._unit, self._middle
        sin = math.sin
        made = []
        tilted, lean = self.roll != 0.0, self.lean
        cosine, sine = math.cos(self.roll) * 1.12, math.sin(self.roll) * 1.12
        for x, y in spots:
            x, y = max(-FAR, min(FAR, x)), max(-FAR, min(FAR, y))
            if tilted:
                x, y = x * cosine - (y - 0.5) * sine, 0.5 + x * sine + (y - 0.5) * cosine
            if lean:
                x *= 1 + lean * (max(-0.6, min(1.6, y)) - 0.6)
            dx = dy = 0.0
            for fx, fy, phase, much in self._waves:
                dx += sin(fx * x + fy * y * 1.7 + phase) * much
                dy += sin(fy * x * 1.6 - fx * y + phase * 2) * much
            made.append(((x + dx * bend) * unit + middle, (y + dy * bend) * unit))
        return made


def oval(centre: Point, rx: float, ry: float, count: int = 22, turn: float = 0.0) -> list[Point]:
    """Points around an ellipse."""
    x, y = centre
    if not turn:
        return [(x + rx * c, y + ry * s) for c, s in _circle(count)]
    cosine, sine = math.cos(turn), math.sin(turn)
    return [
        (x + rx * c * cosine - ry * s * sine, y + rx * c * sine + ry * s * cosine)
        for c, s in _circle(count)
    ]


@lru_cache(maxsize=32)
def _circle(count: int) -> tuple[Point, ...]:
    turns = (2 * math.pi * k / count for k in range(count))
    return tuple((math.cos(turn), math.sin(turn)) for turn in turns)


def box(left: float, top: float, right: float, bottom: float) -> list[Point]:
    """The corners of an upright rectangle."""
    return [(left, top), (right, top), (right, bottom), (left, bottom)]


@lru_cache(maxsize=1)
def _spot() -> Image.Image:
    side = np.linspace(-1, 1, 96, dtype=np.float32)
    far = np.sqrt(side[:, None] ** 2 + side[None, :] ** 2)
    return Image.fromarray((np.clip(1 - far, 0, 1) ** 1.6 * 255).astype(np.uint8))
