"""Animals on top of what they are on, and before what runs after them, once all things stand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from daemon.thumbs.outlines import outlines
from daemon.thumbs.panel.spots import Spot
from daemon.thumbs.panel.standing import SEATS_OF


def settle(made: list[Spot]) -> list[Spot]:
    """The same things, with each animal where it belongs."""
    for number, one in enumerate(made):
        if one.thing.on:
            made[number] = _upon(one, made)
        elif one.thing.relation == "fleeing" and number:
            hunter = made[number - 1]
            gap = hunter.turn * (0.7 * outlines()[hunter.thing.kind].wide + 0.5)
            made[number] = replace(one, x=hunter.x + gap, z=hunter.z - 0.02, turn=hunter.turn)
    return made


def _upon(beast: Spot, made: Sequence[Spot]) -> Spot:
    """An animal on top of what it is on."""
    for one in made:
        if one.thing.kind == beast.thing.on and one is not beast and not one.sky:
            outline = outlines()[one.thing.kind]
            high = SEATS_OF.get(one.thing.kind, min(outline.high, 2.2)) * one.grow + one.up
            high = min(high, 1.1) if beast.thing.does == "jumping" else high
            return replace(beast, x=one.x, z=one.z - 0.05, up=high, sky=None)
    return beast
