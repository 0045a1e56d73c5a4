"""Areas of a picture: what `left`, `top right` or `[x, y, width, height]` mean, in fractions.

Plain values; what becomes of an area (a mask, a crop) is not known here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from daemon.errors import JobError
from daemon.jobfile import tree
from daemon.jobfile.collected import Place
from daemon.jobfile.value_errors import say
from daemon.text.suggest import did_you_mean

Box = tuple[float, float, float, float]
"""x and y of its corner at the top left, width and height: fractions of the picture's sides."""

_HALF, _THIRD = 1 / 2, 1 / 3
_ACROSS: dict[str, tuple[float, float]] = {
    "left": (0.0, _THIRD),
    "centre": (_THIRD, _THIRD),
    "right": (2 * _THIRD, _THIRD),
}
_DOWN: dict[str, tuple[float, float]] = {
    "top": (0.0, _THIRD),
    "bottom": (2 * _THIRD, _THIRD),
}

WORDS: dict[str, Box] = {
    **{word: (x, 0.0, width, 1.0) for word, (x, width) in _ACROSS.items()},
    **{word: (0.0, y, 1.0, height) for word, (y, height) in _DOWN.items()},
    **{
        f"{'middle' if word == 'centre' else word} third": (x, 0.0, width, 1.0)
        for word, (x, width) in _ACROSS.items()
    },
    **{f"{word} third": (0.0, y, 1.0, height) for word, (y, height) in _DOWN.items()},
    "left half": (0.0, 0.0, _HALF, 1.0),
    "right half": (_HALF, 0.0, _HALF, 1.0),
    "top half": (0.0, 0.0, 1.0, _HALF),
    "bottom half": (0.0, _HALF, 1.0, _HALF),
    **{
        f"{down} {across}": (x, y, width, height)
        for down, (y, height) in _DOWN.items()
        for across, (x, width) in _ACROSS.items()
    },
}
"""Every word for an area; sides, thirds and the centre reach from edge to edge the other way. A
side is a third, not half: figures in looks stand in the middle, and two halves that meet in the
middle draw both of them there (`tests/sketch/measure_cast.py` tells how often)."""

_SPELLINGS = {
    "center": "centre",
    "middle": "centre",
    "upper": "top",
    "lower": "bottom",
    "central": "centre",
    "lefthand": "left",
    "righthand": "right",
}
_SAID = "left, right, top, bottom, centre, left third, middle third, right third, top left …"
MOST = 1 + 1e-6
"""How far an area may reach: thirds and tenths don't add up to one exactly."""


@dataclass(frozen=True, slots=True)
class Area:
    """A part of a picture, and how it was called: `left`, or its four numbers."""

    word: str
    box: Box


def area(node: tree.Node, place: Place) -> Area:
    """The area that `node` describes. Raises JobError at `place`."""
    value = tree.plain(node)
    if isinstance(value, str):
        if (word := _folded(value)) in WORDS:
            return Area(word, WORDS[word])
        said = tree.shown(value)
        raise JobError(
            f"`{tree.shown(place.key)}` is at {said!r}, which is no place in a picture.",
            line=place.line,
            key=place.key,
            why=did_you_mean(value, WORDS),
            remedy=f"Write one of {_SAID}, or [x, y, width, height] in fractions of the picture.",
        )
    box = fractions(value, place)
    return Area(" ".join(f"{each:g}" for each in box), box)


def fractions(value: object, place: Place) -> Box:
    """Four numbers as a part of a picture. Raises JobError at `place`."""
    numbers = [
        float(each)
        for each in (value if isinstance(value, list) else ())
        if isinstance(each, int | float) and not isinstance(each, bool)
    ]
    if not isinstance(value, list) or len(value) != 4 or len(numbers) != 4:
        is_list = isinstance(value, list)
        raise _no_area(place, "" if is_list else f"but {say(value, place.number)}")
    x, y, width, height = numbers
    if min(x, y) < 0 or min(width, height) <= 0 or x + width > MOST or y + height > MOST:
        raise _no_area(place, "all within the picture: x + width and y + height are at most 1")
    return x, y, width, height


def _no_area(place: Place, more: str) -> JobError:
    what = f"`{tree.shown(place.key)}` must be four fractions of the picture"
    return JobError(
        f"{what}, {more}." if more else f"{what}.",
        line=place.line,
        key=place.key,
        remedy="Write [x, y, width, height], for instance [0, 0, 0.5, 1] for its left half.",
    )


def _folded(word: str) -> str:
    """`word` as `WORDS` has it: upper left, Top-Left and top_left are one."""
    parts = [_SPELLINGS.get(part, part) for part in re.split(r"[\s_-]+", word.strip().casefold())]
    if parts == ["centre", "third"]:
        return "middle third"
    return " ".join(part for part in parts if part not in ("the", "side"))
