"""Things, animals and vehicles as outlines, from `data/objects.txt` and `gear.txt`, in centimetres.

Data alone: `objects` draws them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

from daemon.thumbs.files import entries_of

Spots = tuple[tuple[float, ...], ...]
_NUMBER = re.compile(r"[0-9.]|-(?=[0-9])")


@dataclass(frozen=True, slots=True)
class Piece:
    """A shape (its parts: what, numbers) in a colour, or a line of a weight."""

    parts: tuple[tuple[str, Spots], ...]
    colour: str = "*"
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Outline:
    """A thing: its colour, where it is usually, where it is gripped, its pieces, and its box
    (left, low, right, high) in centimetres."""

    name: str
    colour: str
    where: str
    grip: tuple[float, float]
    pieces: tuple[Piece, ...]
    box: tuple[float, float, float, float]

    @property
    def wide(self) -> float:
        """In metres."""
        return (self.box[2] - self.box[0]) / 100

    @property
    def high(self) -> float:
        """In metres."""
        return (self.box[3] - self.box[1]) / 100


FILES = ("objects.txt", "gear.txt", "more.txt", "landmarks.txt")


class Outlines(Mapping[str, Outline]):
    """By name; one is made of its lines when it is first asked for: a picture needs a few."""

    def __init__(self) -> None:
        written = [entry for name in FILES for entry in entries_of(name)]
        self._lines = {head.split("|", 1)[0].strip(): (head, body) for head, body in written}
        self._made: dict[str, Outline] = {}

    def __getitem__(self, name: str) -> Outline:
        if name not in self._made:
            self._made[name] = _read(*self._lines[name])
        return self._made[name]

    def __contains__(self, name: object) -> bool:
        return name in self._lines

    def __iter__(self) -> Iterator[str]:
        return iter(self._lines)

    def __len__(self) -> int:
        return len(self._lines)


@lru_cache(maxsize=1)
def outlines() -> Outlines:
    """Every thing that can be drawn."""
    return Outlines()


def _read(head: str, body: list[str]) -> Outline:
    name, colour, where, grip = (part.strip() for part in head.split("|"))
    pieces = tuple(map(_piece, body))
    xs, ys = [], []
    for kind, spots in (part for piece in pieces for part in piece.parts):
        rows = [(x - a, x + a, y - b, y + b) for x, y, a, b in _boxes(kind, spots)]
        xs += [value for row in rows for value in row[:2]]
        ys += [value for row in rows for value in row[2:]]
    x, y = grip.split(",")
    return Outline(
        name, colour, where, (float(x), float(y)), pieces, (min(xs), min(ys), max(xs), max(ys))
    )


def _boxes(kind: str, spots: Spots) -> list[tuple[float, float, float, float]]:
    if kind == "o":
        return [(spots[0][0], spots[0][1], spots[1][0], spots[1][1])]
    return [(s[0], s[1], s[2] if kind == "b" else 0.0, s[2] if kind == "b" else 0.0) for s in spots]


def _piece(line: str) -> Piece:
    first, *more = line.split(" & ")
    kind, rest = first[0], first[2:]
    if kind == "l":
        weight, _, numbers = rest.partition(" ")
        return Piece((("l", _spots(numbers)),), weight=float(weight))
    cut = _first_number(rest)
    parts = [(kind, _spots(rest[cut:]))]
    parts += [(other[0], _spots(other[_first_number(other) :])) for other in more]
    return Piece(tuple(parts), rest[:cut].strip())


def _first_number(text: str) -> int:
    """Where the numbers of a line begin."""
    found = _NUMBER.search(text)
    assert found is not None, text
    return found.start()


@cache
def _number(text: str) -> float:
    """One object for all that are the same: there are tens of thousands."""
    return float(text)


def _spots(text: str) -> Spots:
    return tuple(tuple(map(_number, spot.split(","))) for spot in text.split())
