"""Frames that are mostly dark on purpose: cut to black, a keyhole that somebody is seen through."""

from __future__ import annotations

import re
from dataclasses import replace

from daemon.thumbs.scene import Note, Scene

_PLAIN = re.compile(
    r"\b(?:cut|cuts|cutting|fade|fades|fading|smash|snap|snaps|dip|dips|goes|going|dissolves?|slams?)"
    r"(?: cut)?(?: to| into)? (?:pure |total |full )?(black|white)(?= *$| *[.,;:!-]"
    r"| (?:with|as|and|before|for|over|screen|frame|on|while|then|only)\b)"
    r"|\b(black|white) (?:screen|frame)\b",
    re.IGNORECASE,
)
"""A frame of one colour."""


def through_a_hole(scene: Scene) -> Scene:
    """With who is seen through a keyhole in the middle of it, and no second keyhole."""
    if not scene.through:
        return scene
    things = tuple(one for one in scene.things if one.kind != scene.through)
    narrow = scene.through != "binoculars" and len(scene.figures) == 1
    figures = tuple(replace(one, side="centre") if narrow else one for one in scene.figures)
    return replace(scene, things=things, figures=figures)


def blank_of(text: str, scene: Scene) -> Scene:
    """The scene of a text that only says which colour the frame has."""
    kinds = {one.kind for one in scene.things} | {scene.insert or "computer"}
    shown = scene.figures or scene.crowd or scene.says or kinds - {"computer"}
    found = _PLAIN.search(text)
    if shown or (scene.place and not scene.insert) or found is None:
        return scene
    colour = next(one for one in found.groups() if one).lower()
    said = Note("place", " ".join(found[0].split()).upper())
    notes = (said, *(one for one in scene.notes if one.kind == "thing"))
    plain = replace(scene, shot="full", place="", things=(), insert="", into="", label=("", ""))
    return replace(plain, blank=colour, notes=notes)
