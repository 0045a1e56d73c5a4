"""Places by name, from `data/places.txt`: what lies behind, what stands about. Data alone."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from daemon.thumbs.files import entries_of


@dataclass(frozen=True, slots=True)
class Piece:
    """A thing of a place: `how` @ on the ground, ^ on the wall, ~ in the air, * scattered; a word
    in quotation marks is to be read there."""

    name: str
    how: str
    numbers: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """One place; `layers` for one out of doors, `size` (width, depth, height) for a room."""

    name: str
    indoors: bool
    ground: str
    layers: tuple[tuple[str, tuple[float, ...]], ...]
    wall: str
    size: tuple[float, ...]
    pieces: tuple[Piece, ...]


@lru_cache(maxsize=1)
def places() -> dict[str, Place]:
    """Every place, by name."""
    made = [_read(head, body) for head, body in entries_of("places.txt")]
    return {one.name: one for one in made}


def _read(head: str, body: list[str]) -> Place:
    name, where, ground, rest = (part.strip() for part in head.split("|"))
    words = [word.strip() for word in rest.split(",")]
    pieces = tuple(map(_piece, body))
    if where == "in":
        return Place(name, True, ground, (), words[0], tuple(map(float, words[1:])), pieces)
    layers = []
    for word in words:
        kind, *numbers = word.split()
        layers.append((kind, tuple(map(float, numbers))))
    return Place(name, False, ground, tuple(layers), "", (), pieces)


def _piece(line: str) -> Piece:
    for how in "@^~":
        name, found, rest = line.partition(how)
        if not found:
            continue
        name, scattered, count = name.partition("*")
        numbers = [float(one) for part in rest.split(",") for one in part.split("..")]
        if scattered:
            return Piece(name, "*", (float(count), *numbers))
        return Piece(name, how, tuple(numbers))
    raise ValueError(line)
