"""Are they the same pictures? Compares PNG files channel value by channel value."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageChops


@dataclass(frozen=True, slots=True)
class Verdict:
    """`identical` of `pictures` agree in every value; `within` is the share of all values that
    differ by at most 1 of 255, `largest` the largest difference."""

    pictures: int
    identical: int
    within: float
    largest: int

    @property
    def same(self) -> bool:
        """Nobody could tell: at least 99.9 % within 1/255, and nothing beyond 2/255."""
        return self.within >= 0.999 and self.largest <= 2

    def in_words(self) -> str:
        if self.identical == self.pictures:
            return f"array-equal, {self.pictures} of {self.pictures}"
        rest = f"{self.within:.3%} within 1/255, max {self.largest}/255"
        told = f"{self.identical} of {self.pictures} array-equal; {rest}"
        return told if self.same else f"DIFFERENT: {told}"


def compare(pairs: Iterable[tuple[Path, Path]]) -> Verdict:
    """One verdict about all pairs of PNG files."""
    pictures = identical = values = close = largest = 0
    for one, other in pairs:
        counts = _differences(one, other)
        pictures += 1
        identical += counts[0] == sum(counts)
        values += sum(counts)
        close += counts[0] + counts[1]
        largest = max(largest, *(size for size, count in enumerate(counts) if count))
    return Verdict(pictures, identical, close / values if values else 0.0, largest)


def _differences(one: Path, other: Path) -> list[int]:
    """How many channel values differ by 0, by 1, … by 255."""
    with Image.open(one) as first, Image.open(other) as second:
        if first.size != second.size:
            return [0] * 255 + [3 * first.width * first.height]
        histogram = ImageChops.difference(first.convert("RGB"), second.convert("RGB")).histogram()
    return [sum(histogram[size::256]) for size in range(256)]
