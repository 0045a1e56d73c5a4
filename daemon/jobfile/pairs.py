"""Pairs of numbers as people write them: 768x768, [768, 768], 16:9, 2.39:1."""

from __future__ import annotations

import re
from fractions import Fraction

from daemon.errors import JobError
from daemon.jobfile import value_errors
from daemon.jobfile.collected import Place

_PAIR = re.compile(r"\s*([0-9]{1,5})\s*[x×*X,]\s*([0-9]{1,5})\s*")
_SIDE = r"([0-9]{1,5}(?:\.[0-9]{1,4})?)"
_RATIO = re.compile(rf"\s*{_SIDE}\s*(?:[:/x×X]\s*{_SIDE}\s*)?")
MOST = 8


def pair(value: object, place: Place) -> tuple[int, int]:
    """Two whole numbers. Raises JobError at `place`."""
    if isinstance(value, str) and (match := _PAIR.fullmatch(value)):
        return int(match[1]), int(match[2])
    if isinstance(value, list) and len(value) == 2 and all(type(item) is int for item in value):
        return value[0], value[1]
    raise JobError(
        f"`{place.key}` must be two whole numbers, but {_said(value, place)}.",
        line=place.line,
        key=place.key,
        remedy=f"Write for instance: {place.key}: 768x768",
    )


def aspect(value: object, place: Place) -> tuple[int, int]:
    """Width to height, in lowest terms. Raises JobError at `place`."""
    key, line = place.key, place.line
    found: Fraction | None = None
    if isinstance(value, str) and (match := _RATIO.fullmatch(value)):
        found = _ratio(Fraction(match[1]), Fraction(match[2] or 1))
    elif isinstance(value, int | float) and not isinstance(value, bool):
        found = _ratio(Fraction(str(value)), Fraction(1))
    elif isinstance(value, list) and len(value) == 2 and all(type(item) is int for item in value):
        found = _ratio(Fraction(value[0]), Fraction(value[1]))
    if found is None:
        raise JobError(
            f"`{key}` must be a shape such as 16:9, but {_said(value, place)}.",
            line=line,
            key=key,
            remedy=f"Write for instance: {key}: 16:9",
        )
    if not Fraction(1, MOST) <= found <= MOST:
        raise JobError(
            f"`{key}` can be from 1:{MOST} to {MOST}:1; this is beyond.", line=line, key=key
        )
    return found.numerator, found.denominator


def _said(value: object, place: Place) -> str:
    """What stands there; of two numbers, the one that is none of ours."""
    if isinstance(value, list) and len(value) == 2:
        odd = next((at for at, item in enumerate(value) if type(item) is not int), None)
        if odd is not None:
            return value_errors.say(value[odd], place.of_item(odd).number)
    return value_errors.say(value, place.number)


def _ratio(width: Fraction, height: Fraction) -> Fraction | None:
    """In lowest terms; None for what is no shape. Beyond all bounds it stays as it is."""
    if width <= 0 or height <= 0:
        return None
    ratio = width / height
    return ratio.limit_denominator(1_000) if Fraction(1, 1_000) < ratio < 1_000 else ratio
