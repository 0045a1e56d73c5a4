"""The size of a job's pictures on one model: presets mapped, shapes fitted, bounds kept.

Pure. A job speaks SDXL's sizes; a card says which of them its model was made for.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from daemon.errors import JobError
from daemon.protocol.render import IMAGE

if TYPE_CHECKING:
    from daemon.jobfile.job import Job
    from daemon.models.catalogue import Card

#: Width and height of the pictures SDXL was trained on, the wide half; the tall half mirrors it.
BUCKETS = (
    (1024, 1024), (1024, 960), (1088, 960), (1088, 896), (1152, 896), (1152, 832), (1216, 832),
    (1280, 768), (1344, 768), (1344, 704), (1408, 704), (1472, 704), (1536, 640), (1600, 640),
    (1664, 576), (1728, 576), (1792, 576), (1856, 512), (1920, 512), (1984, 512), (2048, 512),
)  # fmt: skip


#: An image whose number of pixels is so near to the preset's keeps its size, and every pixel.
NEAR = 0.1


def picture_size(
    job: Job, card: Card, image: tuple[int, int] | None = None
) -> tuple[int, int, tuple[str, ...]]:
    """Width, height and warnings of the job's pictures on this model. `image` is the upright size
    of the picture they are painted over or drawn by, if the job takes its shape: about as many
    pixels as the preset has, in that shape."""
    width, height = _mapped(job.width, card), _mapped(job.height, card)
    if image is not None and job.takes_shape:
        width, height = _like(image, width * height, card)
        return width, height, _other_shape(image, (width, height), card, _whose(job))
    if job.size_from in ("explicit", "width"):
        width = job.width
    if job.size_from in ("explicit", "height"):
        height = job.height
    if job.aspect and job.size_from == "preset":
        width, height = _shaped(width * height, job.aspect, card)
    elif job.aspect and job.size_from == "width":
        height = _multiple(width * job.aspect[1] / job.aspect[0], card)
    elif job.aspect and job.size_from == "height":
        width = _multiple(height * job.aspect[0] / job.aspect[1], card)
    fitted = _multiple(width, card), _multiple(height, card)
    warnings = []
    if fitted != (width, height):
        warnings.append(
            f"The size {width}x{height} was rounded to {fitted[0]}x{fitted[1]}: "
            f"the model {card.name} needs multiples of {card.size_multiple}."
        )
    _check_bounds(fitted, card, job)
    if job.aspect:
        warnings += _other_shape(job.aspect, fitted, card, "The shape asked for")
    return *fitted, tuple(warnings)


def _whose(job: Job) -> str:
    return "The shape of `image`" if job.shaped_by == IMAGE else "The shape of the drawing"


def _other_shape(
    wanted: tuple[int, int], size: tuple[int, int], card: Card, called: str
) -> tuple[str, ...]:
    """A warning, if `size` is of another shape than wanted."""
    if abs(math.log(size[0] / size[1] * wanted[1] / wanted[0])) <= 0.03:
        return ()
    return (
        f"{called}, {wanted[0] / wanted[1]:.3g}:1, became {size[0] / size[1]:.3g}:1 "
        f"({size[0]}x{size[1]}): the sides of the model {card.name} can be "
        f"{card.min_size} to {card.max_size} pixels, in steps of {card.size_multiple}.",
    )


def _like(image: tuple[int, int], area: int, card: Card) -> tuple[int, int]:
    """About `area` pixels in the shape of `image`, of the sizes nearby the one that crops least;
    its own size where that will do. SDXL's buckets would crop up to a tenth."""
    step, ratio = card.size_multiple, image[0] / image[1]
    fits = all(card.min_size <= side <= card.max_size and side % step == 0 for side in image)
    if fits and abs(image[0] * image[1] / area - 1) <= NEAR:
        return image
    width, height = math.sqrt(area * ratio), math.sqrt(area / ratio)
    near = [
        (wide, high)
        for wide in (math.floor(width / step) * step, math.ceil(width / step) * step)
        for high in (math.floor(height / step) * step, math.ceil(height / step) * step)
        if min(wide, high) >= card.min_size and max(wide, high) <= card.max_size
    ]
    if not near:
        return _within(width, height, ratio, card)
    return min(
        near,
        key=lambda size: (abs(math.log(size[0] / size[1] / ratio)), abs(size[0] * size[1] - area)),
    )


def _mapped(side: int, card: Card) -> int:
    """A preset's side, which is SDXL's, as this model's."""
    if not card.preset_sizes:
        return side
    if side in card.preset_sizes:
        return card.preset_sizes[side]
    # A person's own preset: scaled as the nearest side that the card does name.
    near = min(card.preset_sizes, key=lambda known: (abs(known - side), known))
    scaled = _multiple(side * card.preset_sizes[near] / near, card)
    return min(max(scaled, card.min_size), card.max_size)


def _multiple(side: float, card: Card) -> int:
    step = card.size_multiple
    return max(step, math.floor(side / step + 0.5) * step)


def _shaped(area: int, aspect: tuple[int, int], card: Card) -> tuple[int, int]:
    """About `area` pixels in the shape `aspect`."""
    ratio = aspect[0] / aspect[1]
    if card.native_size == 1024 and area == 1024 * 1024:
        both = [*BUCKETS, *((low, high) for high, low in BUCKETS)]
        fitting = [b for b in both if card.min_size <= min(b) and max(b) <= card.max_size]
        best = min(
            fitting, key=lambda b: (abs(math.log(b[0] / b[1] / ratio)), -b[0] * b[1]), default=None
        )
        if best and abs(math.log(best[0] / best[1] / ratio)) < 0.1:
            return best
    return _within(math.sqrt(area * ratio), math.sqrt(area / ratio), ratio, card)


def _within(wide: float, high: float, ratio: float, card: Card) -> tuple[int, int]:
    """These sides as the model can have them."""
    width, height = _multiple(wide, card), _multiple(high, card)
    # A very wide shape keeps its proportions when one side meets the model's bounds.
    longest, shortest = max(width, height), min(width, height)
    if longest > card.max_size:
        return _shaped_by(
            card.max_size // card.size_multiple * card.size_multiple, True, ratio, card
        )
    if shortest < card.min_size:
        return _shaped_by(_multiple(card.min_size, card), False, ratio, card)
    return width, height


def _shaped_by(side: int, is_longest: bool, ratio: float, card: Card) -> tuple[int, int]:
    """One side given, the other by the shape; kept within the bounds at the shape's expense."""
    other = side / max(ratio, 1 / ratio) if is_longest else side * max(ratio, 1 / ratio)
    other = min(max(_multiple(other, card), card.min_size), card.max_size)
    longest, shortest = (side, int(other)) if is_longest else (int(other), side)
    return (longest, shortest) if ratio >= 1 else (shortest, longest)


def _check_bounds(size: tuple[int, int], card: Card, job: Job) -> None:
    for key, side in zip(("width", "height"), size, strict=True):
        if not card.min_size <= side <= card.max_size:
            bound = f"at least {card.min_size}" if side < card.min_size else ""
            raise JobError(
                f"A {key} of {side} is {'too small' if bound else 'too large'} "
                f"for the model {card.name}.",
                line=job.lines.get(key) or job.lines.get("aspect") or job.lines.get("preset"),
                key=key,
                why=f"Its sides can be {card.min_size} to {card.max_size} pixels; "
                f"it was made for {card.native_size}.",
                remedy=f"Ask for {bound or f'at most {card.max_size}'}, or use a preset.",
            )
