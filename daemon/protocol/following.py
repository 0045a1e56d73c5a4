"""In which calls of a pass a picture is followed: one rule for the engine and for whoever foretells
it. Pure.
"""

from __future__ import annotations


def controls_in(start: float, end: float, call: int, calls: int) -> bool:
    """Whether a control acts in call number `call` (from 0) of so many, as diffusers counts: the
    whole call must lie within."""
    return not (call / calls < start or (call + 1) / calls > end)


def looked_at(start: float, end: float, share: float) -> bool:
    """Whether a reference is looked at after that share of a pass; who follows it to the end does
    so in the last call, too."""
    return start <= share and (share < end or end >= 1.0)
