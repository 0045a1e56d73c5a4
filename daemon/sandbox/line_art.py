"""A drawing as a control model wants it: white strokes on black, and nothing else.

Takes any photograph, scan or export of one: on white or black paper, in pencil, ink or colour, lit
from a side. Pure: a Pillow image in, another one out. Knows nothing of files and jobs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageChops, ImageFilter

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Plane = NDArray[np.float32]

SIDE = 1536
"""Pixels of the longer side at which a drawing is looked at; a smaller one keeps its size."""

GROUND = 24
"""The ground is looked at in so many cells along the shorter side: strokes are finer than one,
light and shadow are not."""

NOISE = 4.0
"""Times the grain of the paper from which something is a stroke."""

FAINT = 0.035
"""The least share of the paper's light that a stroke takes away."""

WEAK = 0.45
"""Of what tells strokes from paper: what is weaker belongs to a stroke where it touches one."""

STROKE = 40
"""Of the longer side, the widest stroke is such a part."""

SOLID = 0.5
"""Share of the light whose lack is a filled shape's, and no shadow's."""

BLUE, PALE = 0.02, 0.2
"""So much more red than blue light is lacking where it is blue, and so much at most in a rule."""

SPECK = 9
"""Pixels on each side in which a speck stands alone."""

LEAST = 14
"""Pixels of ink around a stroke's pixel; fewer are a speck."""

ALONE = 30
"""The same of a stroke that is pale from end to end."""

THICK = 17
"""Pixels a side of a filled shape, of which only the outline counts."""

MUCH = 0.2
"""Share of ink from which a picture is hardly a drawing."""

LITTLE = 0.0004
"""Share of ink below which a picture is blank."""


@dataclass(frozen=True, slots=True)
class Cleaned:
    """`picture` is white on black ("L"); `ink` the share of it that is white, before filled shapes
    are emptied."""

    picture: Image.Image
    ink: float

    @property
    def is_blank(self) -> bool:
        return self.ink < LITTLE

    @property
    def is_crowded(self) -> bool:
        return self.ink > MUCH


def cleaned(drawing: Image.Image, *, even: bool) -> Cleaned:
    """`drawing` is upright, in any mode that `as_colours` takes; `even` makes all strokes about as
    strong as each other, as in rough drawings; else their own weight and softness stay."""
    colours = as_colours(drawing)
    ink = _ink(colours)
    strokes, share = _strokes(ink)
    if even:
        return Cleaned(_evened(strokes), share)
    return Cleaned(_soft(ink, strokes), share)


def as_colours(drawing: Image.Image) -> Image.Image:
    """Red, green and blue, at most `SIDE` pixels a side, on the ground on which something shows:
    white, or black where all that is not transparent is white."""
    small = _at_most(drawing, SIDE)
    if small.mode.startswith(("I", "F")):
        small = _eight_bits(small)
    if not (small.mode in ("LA", "La", "PA", "RGBA", "RGBa") or "transparency" in small.info):
        return small.convert("RGB")
    layered = small.convert("RGBA")
    alpha = layered.getchannel("A")
    on_white = Image.new("RGB", layered.size, "white")
    on_white.paste(layered, mask=alpha)
    if alpha.getextrema()[0] == 255 or _spread(on_white) > 24:
        return on_white
    on_black = Image.new("RGB", layered.size, "black")
    on_black.paste(layered, mask=alpha)
    return on_black if _spread(on_black) > _spread(on_white) else on_white


def _at_most(drawing: Image.Image, side: int) -> Image.Image:
    """Shrunk by whole pixels first, which costs least of a picture of many megapixels."""
    if drawing.mode in ("1", "P") or drawing.mode.startswith("I;"):
        drawing = drawing.convert(_plain_mode(drawing))
    factor = max(drawing.size) // side
    if factor > 1:
        drawing = drawing.reduce(factor)
    scale = side / max(drawing.size)
    if scale >= 1:
        return drawing
    width, height = (max(1, round(each * scale)) for each in drawing.size)
    return drawing.resize((width, height), Image.Resampling.BOX)


def _plain_mode(drawing: Image.Image) -> str:
    if drawing.mode == "1":
        return "L"
    if drawing.mode == "P":
        return "RGBA" if "transparency" in drawing.info else "RGB"
    return "I"


def _eight_bits(drawing: Image.Image) -> Image.Image:
    """Of numbers with more bits: those of a scan go up to 65,535, those of a float to 1."""
    values = np.asarray(drawing, dtype=np.float32)
    top = float(values.max(initial=0.0))
    scale = 255.0 if top <= 1.0 else 255.0 / 65_535 if top > 255 else 1.0
    return Image.fromarray(np.clip(values * scale, 0, 255).astype(np.uint8), "L")


def _spread(picture: Image.Image) -> int:
    low, high = picture.convert("L").getextrema()
    return int(high) - int(low)  # type: ignore[arg-type]


# --- ink ------------------------------------------------------------------------------------------


def _ink(colours: Image.Image) -> Plane:
    """How much of the light of its paper each place lacks, about 0 to 1; where the strokes are
    lighter than their ground, how much more it has. What is pale blue hardly counts: the rules of
    paper, and the first lines of animators."""
    grey = colours.convert("L")
    if _is_light_on_dark(grey):
        return _lacking(ImageChops.invert(grey))
    soft = colours.filter(ImageFilter.GaussianBlur(2))  # JPEG keeps colours coarsely
    ink, red, blue = (_lacking(each) for each in (grey, *soft.split()[::2]))
    return np.where((red - blue > BLUE) & (ink < PALE), ink * 0.3, ink)


def _is_light_on_dark(grey: Image.Image) -> bool:
    """Whether the strokes are lighter than the ground: what stands out does so upwards."""
    away = np.asarray(grey, np.float32) - np.asarray(_ground(grey), np.float32)
    low, high = np.percentile(away, (0.5, 99.5))
    middle = float(np.median(np.asarray(grey)))
    return bool(high > -low) if middle < 128 else bool(high > -3 * low and middle < 200)


def _lacking(plane: Image.Image) -> Plane:
    """Beside the paper around, and beside the lightest place near enough for a stroke: a shadow's
    edge lacks much by the first, and nothing by the second. What is dark enough is no shadow."""
    ground = np.asarray(_ground(plane), np.float32)
    light = np.asarray(plane.filter(ImageFilter.GaussianBlur(0.7)), np.float32)
    wide = np.clip(1 - light / np.maximum(ground, 1), -1, 1)
    side = max(plane.size) // STROKE | 1
    smooth = np.asarray(plane.filter(ImageFilter.GaussianBlur(1.5)))
    near = _narrowed(_widened(smooth, side), side).astype(np.float32)
    thin = 1 - light / np.maximum(near, 1)
    lacking: Plane = np.where(wide > SOLID, wide, np.minimum(wide, thin))
    # what is nearly black in a dark corner lacks little light, and is little to be trusted
    return lacking * np.clip(ground / 40, 0, 1)


def _ground(plane: Image.Image) -> Image.Image:
    """The paper without what is drawn on it: the lighter part of each cell, blurred."""
    width, height = plane.size
    cell = max(4, min(width, height) // GROUND)
    across, down = max(1, width // cell), max(1, height // cell)
    fine = plane.resize((max(1, across * 4), max(1, down * 4)), Image.Resampling.BOX)
    lighter = fine.filter(ImageFilter.MaxFilter(5)).filter(ImageFilter.MinFilter(3))
    return lighter.filter(ImageFilter.GaussianBlur(3)).resize(
        (width, height), Image.Resampling.BICUBIC
    )


def _widened(values: NDArray[np.uint8], side: int) -> NDArray[np.uint8]:
    """Of each place the largest value in the square of `side` (odd) pixels around it."""
    for axis in (0, 1):
        padding = [(side // 2, side // 2) if each == axis else (0, 0) for each in (0, 1)]
        found, reach = np.pad(values, padding), 1
        while reach < side:  # doubles what each value has seen
            step = min(reach, side - reach)
            length = found.shape[axis] - step
            first, second = (found.take(range(at, at + length), axis) for at in (0, step))
            found, reach = np.maximum(first, second), reach + step
        values = found
    return values


def _narrowed(values: NDArray[np.uint8], side: int) -> NDArray[np.uint8]:
    """The same of the smallest."""
    return 255 - _widened(255 - values, side)


# --- strokes --------------------------------------------------------------------------------------


def _strokes(ink: Plane) -> tuple[Image.Image, float]:
    """Where there are strokes (255), specks dropped and filled shapes emptied; and the share of ink
    before that."""
    least = max(FAINT, NOISE * _grain(ink))
    strong = max(least, _otsu(ink[ink > least]))
    weak = max(least, WEAK * strong)
    seeds = _without_specks(_as_mask(ink > strong), LEAST // 2)
    wide = _as_mask(ink > weak)
    near = seeds
    for _ in range(3):  # a stroke grows pale towards its ends
        near = ImageChops.darker(near.filter(ImageFilter.MaxFilter(5)), wide)
    alone = _without_specks(wide, ALONE)  # and one that is pale from end to end is long
    found = _without_specks(ImageChops.lighter(ImageChops.lighter(near, seeds), alone), LEAST)
    share = float(np.asarray(found).mean()) / 255
    core = _narrowed(np.asarray(found), THICK)
    if core.any():
        found = ImageChops.subtract(found, Image.fromarray(_widened(core, THICK - 6), "L"))
    return found, share


def _grain(ink: Plane) -> float:
    """How much the bare paper varies from one place to the next."""
    return float(np.median(np.abs(ink[:, 2:] - ink[:, :-2]))) if ink.shape[1] > 2 else 0.0


def _otsu(values: Plane) -> float:
    """The value that parts `values` (0 to 1) best into two kinds."""
    if values.size == 0:
        return 0.0
    counts, edges = np.histogram(values, bins=128, range=(0.0, 1.0))
    middles = (edges[:-1] + edges[1:]) / 2
    below = np.cumsum(counts)
    above = below[-1] - below
    sums = np.cumsum(counts * middles)
    with np.errstate(divide="ignore", invalid="ignore"):
        apart = below * above * (sums / below - (sums[-1] - sums) / above) ** 2
    best = np.flatnonzero(apart == np.nanmax(apart[:-1]))
    return float(edges[1 + int(best.mean())])


def _without_specks(mask: Image.Image, least: int) -> Image.Image:
    """The mask without what has fewer than `least` pixels of it around."""
    area = (2 * SPECK + 1) ** 2
    around = np.asarray(mask.filter(ImageFilter.BoxBlur(SPECK)), np.float32) * area / 255
    return ImageChops.darker(mask, _as_mask(around >= least))


def _as_mask(where: NDArray[np.bool_]) -> Image.Image:
    return Image.fromarray(where.astype(np.uint8) * 255, "L")


def _evened(strokes: Image.Image) -> Image.Image:
    """All strokes at least three pixels wide, their gaps of a pixel closed."""
    return strokes.filter(ImageFilter.MaxFilter(3))


def _soft(ink: Plane, strokes: Image.Image) -> Image.Image:
    """Strokes in their own weight: the strongest white, what is paler grey."""
    where = np.asarray(strokes.filter(ImageFilter.MaxFilter(3))) > 0
    if not where.any():
        return strokes
    full = max(float(np.percentile(ink[where], 95)), FAINT)
    return Image.fromarray((np.clip(ink / full, 0, 1) * where * 255).astype(np.uint8), "L")
