"""Pictures to words, by geometry and colour alone: the scorer's eye.

The border gives the background, distance from it the mask, its median the object's colour, its
middle the position, its reach the size, and its form against templates the shape.  It never sees
a caption or the model, and it is measured on true drawings first: that is its ceiling.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import torch
from numpy.typing import NDArray

from . import draw, world

Pixels = NDArray[np.float32]
Mask = NDArray[np.bool_]
TEMPLATE = 40
#: The share of the largest part up to which another is a speck: some strokes end in one.
SPECK = 0.04
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

    def is_a(self, shape: str) -> bool:
        """Whether it is most like this shape, and like enough to be called so."""
        return self.shape == shape and self.likeness >= least_likeness(shape)


@dataclass(frozen=True)
class Verdict:
    """What a picture shows."""

    ground: str
    things: tuple[Seen, ...]


def _palette() -> Pixels:
    return np.array(list(world.COLOURS.values()), dtype=np.float32) / np.float32(255)


def colour_name(rgb: Pixels) -> str:
    """The nearest palette colour."""
    distance = ((_palette() - rgb) ** 2).sum(-1)
    return list(world.COLOURS)[int(distance.argmin())]


def _median(pixels: Pixels) -> Pixels:
    return np.median(pixels.reshape(-1, 3), axis=0).astype(np.float32)


def _border(image: Pixels) -> Pixels:
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


def _normal(mask: Mask) -> Pixels:
    """A mask centred in a square of its own size: position and size drop out."""
    ys, xs = np.nonzero(mask)
    crop = mask[ys.min() : ys.max() + 1, xs.min() : xs.max() + 1]
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
    """From half the larger side of the box, corrected by nothing: small and big lie far apart."""
    return "small" if reach < (0.132 if pair else 0.175) else "big"


def _place_name(x: float, y: float) -> str:
    places = world.PLACES.items()
    return min(places, key=lambda item: (item[1][0] - x) ** 2 + (item[1][1] - y) ** 2)[0]


def _see(image: Pixels, mask: Mask, pair: bool) -> Seen:
    height, width = mask.shape
    unit = min(height, width)
    ys, xs = np.nonzero(mask)
    x, y = (xs.min() + xs.max() + 1) / 2 / width, (ys.min() + ys.max() + 1) / 2 / height
    reach = max(xs.max() - xs.min() + 1, ys.max() - ys.min() + 1) / 2 / unit
    shape, likeness = shape_name(mask)
    inner = _shrink(mask)
    colour = colour_name(_median(image[inner if inner.sum() > 8 else mask]))
    return Seen(
        shape,
        colour,
        _size_name(float(reach), pair),
        _place_name(x, y),
        float(x),
        float(y),
        float(reach),
        likeness,
    )


def _shrink(mask: Mask) -> Mask:
    """The mask without its rim, where colours are mixed."""
    padded = np.pad(mask, 1)
    return mask & padded[:-2, 1:-1] & padded[2:, 1:-1] & padded[1:-1, :-2] & padded[1:-1, 2:]


def foreground(image: Pixels) -> tuple[str, Mask]:
    """The background's colour and everything that differs from it."""
    ground = _border(image)
    return colour_name(ground), np.sqrt(((image - ground) ** 2).mean(-1)) > DIFFERENT


def judge(image: Pixels, things: int = 1) -> Verdict:
    """What a plain picture of one or two objects shows; `image` is (h, w, 3) in 0..1.

    Every part that is no mere speck counts, so more than were asked for are more than were asked
    for.
    """
    ground, mask = foreground(image)
    floor = max(12, mask.size // 2500)
    parts = [part for part in components(mask) if part.sum() >= floor]
    parts = [part for part in parts if part.sum() > SPECK * parts[0].sum()]
    return Verdict(ground, tuple(_see(image, part, things > 1) for part in parts))
