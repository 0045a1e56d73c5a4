"""Numbers before what they count, as a person says them. Standard library only."""

from __future__ import annotations


def counted(number: float, thing: str, *, none: str = "0") -> str:
    """`3 shots`, `1 shot`, `1,024 shots`, and `0 shots` unless there is another word for `none`."""
    shown = none if number == 0 else f"{number:,}" if isinstance(number, int) else f"{number:g}"
    return f"{shown} {thing}{plural(number)}"


def plural(number: float) -> str:
    """What a noun ends in after so many of it."""
    return "" if number == 1 else "s"


def agrees(number: float, one: str, several: str) -> str:
    """The verb after so many: `1 is`, `2 are`."""
    return one if number == 1 else several
