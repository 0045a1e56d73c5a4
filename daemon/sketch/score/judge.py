"""Pictures to words, by geometry and colour alone: the scorer's eye.

The border gives the background, distance from it the mask, its median the object's colour, its
middle the position, its reach the size, and its form against templates the shape.  Two colours in
one object, a hole in it, a stain on the ground and anything beside it are mistakes.  It never sees
a caption or the model, and it is measured on true drawings first (its ceiling) and on spoilt ones
(what it notices).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import torch
from numpy.typing import NDArray

from daemon.sketch.world import draw, world

Pixels = NDArray[np.float32]
Mask = NDArray[np.bool_]
TEMPLATE = 40
#: A part up to this share of the largest, and of the picture, is a speck: some strokes end in one.
SPECK, SPECK_OF_ALL = 0.04, 0.001
#: The share of an object's pixels, without its rim, that must be nearest to its colour.
PURE = 0.8
#: The share of an object that may be holes where its shape has none.
HOLES = 0.02
#: How far from its median, in any channel, nineteen in twenty pixels of a plain ground may be.
STAIN = 0.08
#: How far, in pixels of `TEMPLATE`, the rim of a shape may lie from its template's all around.
WOBBLE = 2
DIFFERENT = 0.13  # a pixel at least this far from the background, in colour, is part of something


@dataclass(frozen=True)
class Seen:
    """One object as seen: names, and the figures behind them."""

    shape: str
    colour: str
    size: str
    place: str
    x: float
    y: float
    reach: float
    likeness: float
    purity: float  # the share of it that is nearest to its colour
    holes: float  # what it encloses, as a share of itself

    def is_a(self, shape: str) -> bool:
        """Whether it is most like this shape, and like enough to be called so."""
        whole = shape == "ring" or self.holes <= HOLES
        return self.shape == shape and self.likeness >= least_likeness(shape) and whole

    def is_in(self, colour: str) -> bool:
        """Whether it has this colour, all of it."""
        return self.colour == colour and self.purity >= PURE


@dataclass(frozen=True)
class Verdict:
    """What a picture shows."""

    ground: str
    things: tuple[Seen, ...]
    stain: float  # how far nineteen in twenty pixels of the ground are from its colour, at most

    @property
    def even(self) -> bool:
        """Whether the ground is of one colour."""
        return self.stain <= STAIN


def _palette() -> Pixels:
    return np.array(list(world.COLOURS.values()), dtype=np.float32) / np.float32(255)


def _nearest(pixels: Pixels) -> NDArray[np.intp]:
    """The number of the nearest palette colour of each pixel, (..., 3)."""
    return ((pixels[..., None, :] - _palette()) ** 2).sum(-1).argmin(-1)  # type: ignore[no-any-return]


def colour_name(rgb: Pixels) -> str:
    """The nearest palette colour."""
    return list(world.COLOURS)[int(_nearest(rgb))]


def _median(pixels: Pixels) -> Pixels:
    return np.median(pixels.reshape(-1, 3), axis=0).astype(np.float32)


def border(image: Pixels) -> Pixels:
    """The median colour of the outermost pixels; objects touch the border only here and there."""
    edge = max(2, min(image.shape[:2]) // 40)
    rows = (image[:edge], image[-edge:])
    columns = (image[:, :edge].swapaxes(0, 1), image[:, -edge:].swapaxes(0, 1))
    return _median(np.concatenate([part.reshape(-1, 3) for part in (*rows, *columns)]))


def components(mask: Mask) -> list[Mask]:
    """Connected parts, largest first, found by spreading the highest label (four neighbours)."""
    labels = np.where(mask, np.arange(1, mask.size + 1).reshape(mask.shape), 0)
    while True:
        padded = np.pad(labels, 1)
        spread = np.maximum.reduce(
            [labels, padded[:-2, 1:-1], padded[2:, 1:-1], padded[1:-1, :-2], padded[1:-1, 2:]]
        )
        spread = np.where(mask, spread, 0)
        spread = spread.ravel()[np.maximum(spread - 1, 0)].reshape(mask.shape) * mask
        if (spread == labels).all():
            break
        labels = spread
    names, counts = np.unique(labels[labels > 0], return_counts=True)
    return [labels == names[k] for k in np.argsort(-counts)]


def _cropped(mask: Mask) -> Mask:
    ys, xs = np.nonzero(mask)
    return mask[ys.min() : ys.max() + 1, xs.min() : xs.max() + 1]


def _normal(mask: Mask) -> Pixels:
    """A mask centred in a square of its own size: position and size drop out."""
    crop = _cropped(mask)
    side = max(crop.shape)
    square = np.zeros((side, side), dtype=np.float32)
    top, left = (side - crop.shape[0]) // 2, (side - crop.shape[1]) // 2
    square[top : top + crop.shape[0], left : left + crop.shape[1]] = crop
    small = torch.nn.functional.interpolate(
        torch.from_numpy(square)[None, None], (TEMPLATE, TEMPLATE), mode="bilinear", antialias=True
    )
    return small[0, 0].numpy()


@cache
def _templates() -> dict[str, Pixels]:
    shapes = {}
    for shape in world.SHAPES:
        thing = world.Thing(shape, "black", "big", "centre", 0.5, 0.5, 0.3)
        image = draw.draw(world.Picture("single", things=(thing,)), 192, 192)
        shapes[shape] = _normal((image[0] < 0.5).numpy())
    return shapes


@cache
def least_likeness(shape: str) -> float:
    """What a template has in common with itself without its rim: thin shapes lose more by it."""
    template = torch.from_numpy(_templates()[shape])[None, None]
    outside = torch.nn.functional.pad(-template, [WOBBLE] * 4)
    inner = -torch.nn.functional.max_pool2d(outside, 2 * WOBBLE + 1, stride=1)
    return float(inner.sum() / template.sum())


def shape_name(mask: Mask) -> tuple[str, float]:
    """The most alike template, by intersection over union of soft masks."""
    mine = _normal(mask)
    best, likeness = "", -1.0
    for shape, template in _templates().items():
        value = float(np.minimum(mine, template).sum() / np.maximum(mine, template).sum())
        if value > likeness:
            best, likeness = shape, value
    return best, likeness


def _size_name(reach: float, pair: bool) -> str:
    """From half the larger side of the box; the border lies midway between the two ranges."""
    return "small" if reach < (0.134 if pair else 0.160) else "big"


def _place_name(x: float, y: float) -> str:
    places = world.PLACES.items()
    return min(places, key=lambda item: (item[1][0] - x) ** 2 + (item[1][1] - y) ** 2)[0]


def _box(mask: Mask) -> tuple[float, float, float]:
    """The middle of a part in shares of width and height, and half the larger side of its box in
    shares of the picture's shorter one."""
    height, width = mask.shape
    ys, xs = np.nonzero(mask)
    x, y = (xs.min() + xs.max() + 1) / 2 / width, (ys.min() + ys.max() + 1) / 2 / height
    reach = max(xs.max() - xs.min() + 1, ys.max() - ys.min() + 1) / 2 / min(height, width)
    return float(x), float(y), float(reach)


def _inside(image: Pixels, mask: Mask) -> Pixels:
    """The pixels of a part without its rim, where colours are mixed."""
    inner = _shrink(_shrink(mask))
    return image[inner if inner.sum() > 8 else mask]


def colour_and_place(image: Pixels, mask: Mask) -> tuple[str, str]:
    """The two facts of a part that need no clear outline."""
    x, y, _ = _box(mask)
    return colour_name(_median(_inside(image, mask))), _place_name(x, y)


def _see(image: Pixels, mask: Mask, pair: bool) -> Seen:
    x, y, reach = _box(mask)
    shape, likeness = shape_name(mask)
    pixels = _inside(image, mask)
    colour = colour_name(_median(pixels))
    return Seen(
        shape,
        colour,
        _size_name(reach, pair),
        _place_name(x, y),
        x,
        y,
        reach,
        likeness,
        float((_nearest(pixels) == list(world.COLOURS).index(colour)).mean()),
        holes(mask),
    )


def holes(mask: Mask) -> float:
    """What a part encloses, as a share of its own area."""
    others = components(np.pad(~_cropped(mask), 1, constant_values=True))
    return float(sum(part.sum() for part in others if not part[0, 0]) / mask.sum())


def _shrink(mask: Mask) -> Mask:
    """The mask without its outermost pixels."""
    padded = np.pad(mask, 1)
    return mask & padded[:-2, 1:-1] & padded[2:, 1:-1] & padded[1:-1, :-2] & padded[1:-1, 2:]


def foreground(image: Pixels) -> tuple[str, Mask]:
    """The background's colour and everything that differs from it."""
    ground = border(image)
    return colour_name(ground), np.sqrt(((image - ground) ** 2).mean(-1)) > DIFFERENT


def _stain(image: Pixels, mask: Mask) -> float:
    """How far nineteen in twenty pixels are from the ground's colour, well away from any part."""
    reach = max(mask.shape) // 64
    near = torch.nn.functional.max_pool2d(
        torch.from_numpy(mask)[None].float(), 2 * reach + 1, stride=1, padding=reach
    )[0]
    away = np.abs(image - border(image)).max(-1)[near.numpy() == 0]
    return float(np.percentile(away, 95)) if away.size else 0.0


def parts(mask: Mask) -> list[Mask]:
    """The parts that are no mere specks, largest first."""
    least = max(12, mask.size // 2500)
    found = [part for part in components(mask) if part.sum() >= least]
    return [p for p in found if p.sum() > min(SPECK * found[0].sum(), SPECK_OF_ALL * mask.size)]


def judge(image: Pixels, things: int = 1) -> Verdict:
    """What a plain picture of one or two objects shows; `image` is (h, w, 3) in 0..1.

    Every part that is no mere speck counts, so more than were asked for are more than were asked
    for.
    """
    ground, mask = foreground(image)
    seen = tuple(_see(image, part, things > 1) for part in parts(mask))
    return Verdict(ground, seen, _stain(image, mask))
