"""How closely a drawing is followed, in words and in numbers.

A word means other numbers for a rough drawing than for clean lines, and others again with a control
model that has a recipe: that says what `follow` is, and the other words move with it. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from daemon.protocol.json_object import JsonObject

USUAL = "follow"
WORDS = ("loose", USUAL, "exact")

ROUGH = {"loose": (0.4, 0.5), USUAL: (0.7, 0.7), "exact": (1.0, 0.8)}
CLEAN = {"loose": (0.5, 0.5), USUAL: (0.7, 0.8), "exact": (1.0, 1.0)}
"""(scale, end) by word: of a rough drawing, and of all that says more exactly where things are."""

_MOST = {"scale": 2.0, "end": 1.0}


@dataclass(frozen=True, slots=True)
class Followed:
    """How strongly and how long, in numbers; those of `left_open` are what `word` means, and no
    more than that has been said of them."""

    scale: float
    end: float
    word: str
    left_open: tuple[str, ...]


def followed(item: Mapping[str, object]) -> Followed:
    """What an item of `controls` says of it; its word is one of `WORDS`."""
    said = item.get("scale")
    word = said if isinstance(said, str) else USUAL
    given = {"scale": None if isinstance(said, str) else said, "end": item.get("end")}
    left_open = tuple(key for key, value in given.items() if value is None)
    numbers = closeness(word, str(item.get("kind", "drawing")), start=item.get("start"))
    numbers |= {key: value for key, value in given.items() if value is not None}
    return Followed(numbers["scale"], numbers["end"], word, left_open)


def closeness(
    word: str, kind: str, meant: Mapping[str, float] | None = None, *, start: object = None
) -> JsonObject:
    """`scale` and `end` of a word for a picture of that kind; `meant` is what `follow` is with one
    control model, as far as it has a say."""
    table = ROUGH if kind == "drawing" else CLEAN
    found: JsonObject = {}
    for at, key in enumerate(("scale", "end")):
        usual, said = table[USUAL][at], table[word][at]
        moved = said * (meant or {}).get(key, usual) / usual
        found[key] = min(round(moved, 3), _MOST[key])
    if isinstance(start, int | float) and start >= found["end"]:
        found["end"] = 1.0  # whoever begins so late means the rest
    return found
