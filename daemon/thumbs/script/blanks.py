"""Frames that are mostly dark on purpose: cut to black, a keyhole that somebody is seen through."""

from __future__ import annotations

import re
from dataclasses import replace

from daemon.thumbs.lexicon import lexicon
from daemon.thumbs.scene import Note, Scene
from daemon.thumbs.uses import VEHICLES

_PLAIN = re.compile(
    r"\b(?:(?:cut|cuts|cutting|smash|snap|snaps|dip|dips|dissolves?|slams?)(?: cut)?(?: to| into)"
    r"|(?:fade|fades|fading|goes|going)(?: to| into)?) (?:pure |total |full )?(black|white)"
    r"(?= *$| *[.,;:!-]| (?:with|as|and|before|for|over|screen|frame|on|while|then|only)\b)"
    r"|\b(black|white) (?:screen|frame)\b",
    re.IGNORECASE,
)
"""A frame of one colour."""
_WITHIN = re.compile(
    r"\b(?:from |pov )(?:the )?inside (?:of )?(?:an?|the|his|her|their) "
    r"(\w+(?: \w+)?)(?= as\b| *$|[,.:;])",
    re.IGNORECASE,
)
"""What a point of view is in."""


_STATES = {
    "mouth": ("open mouth", re.compile(
        r"\b(?:mouth|jaw)(?: \w+){0,2},? (?:open|opens|opening|agape|gaping)\b|\bopen mouth"
        r"|\b(?:scream|shout|yell|sing|gasp)(?:s|ing)\b", re.IGNORECASE)),
    "eyes": ("closed eyes", re.compile(
        r"\beyes(?: \w+){0,2},? (?:shut|closed?|closing|closes)\b|\b(?:shut|closed) eyes",
        re.IGNORECASE)),
    "eye": ("closed eye", re.compile(
        r"\beye(?: \w+){0,2},? (?:shut|closed?|closing|closes)\b|\b(?:shut|closed) eye\b",
        re.IGNORECASE)),
}  # fmt: skip
"""How a part of somebody is that fills the picture, by words that stand right at it."""


def stated(text: str, part: str) -> str:
    """A part as the words say it is: a mouth that is open."""
    changed, words = _STATES.get(part, (part, None))
    return changed if words is not None and words.search(text) else part


def from_within(text: str, scene: Scene) -> Scene:
    """What the camera is in (a locker, a fridge) is not seen, but what is before its opening."""
    found = _WITHIN.search(text)
    first = text[: found.start()] if found else ""
    seen = found is not None and (scene.camera == "point of view" or not first.strip(" ,"))
    if found is None or not seen or scene.insert or scene.through:
        return scene
    words = tuple(found[1].lower().split())
    known = [one for start in range(len(words)) for one in lexicon().find(words[start:])]
    kind = next((one.value for one in known if one.kind == "thing"), "")
    if any(one.kind == "place" or "inside" in one.more for one in known) or kind in VEHICLES:
        return scene
    known_words = next((words[k:] for k in range(len(words)) if lexicon().find(words[k:])), words)
    said = " ".join(known_words).upper()
    notes = [one for one in scene.notes if not {*said.split()} & {*one.text.split()}]
    gone = (kind,) if scene.figures else (kind, "table")
    things = tuple(one for one in scene.things if one.kind not in gone)
    place = scene.place if scene.figures else ""
    within = Note("place", f"INSIDE {said}")
    within_it = replace(scene, camera="point of view", through="inside", place=place, things=things)
    return replace(within_it, notes=(within, *notes))


def through_a_hole(scene: Scene) -> Scene:
    """With who is seen through a keyhole in the middle of it, and no second keyhole."""
    if not scene.through:
        return scene
    things = tuple(one for one in scene.things if one.kind != scene.through)
    narrow = scene.through not in ("binoculars", "inside") and len(scene.figures) == 1
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
