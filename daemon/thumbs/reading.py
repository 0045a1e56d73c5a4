"""Words to a scene: storyboard language as people write it.

Never raises: what is not understood is left out and named in `Scene.unknown`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace

from daemon.thumbs.grammar import Reading
from daemon.thumbs.outlines import outlines
from daemon.thumbs.place_table import places
from daemon.thumbs.scene import MOST_FIGURES, Figure, Scene, Thing

HAND = ("hand", "hands")
MOVING = ("walking", "running", "sneaking", "pushing", "pulling", "jumping", "kicking", "climbing")
"""Poses whose head is away from the middle: a close-up shows the face alone."""


def read_scene(
    text: str,
    *,
    style: str = "",
    cast: Mapping[str, str] | None = None,
    seed: int | None = None,
    take: int = 1,
    board: str = "",
) -> Scene:
    """The scene that a text describes. `style` are words of a board's style, outdone by
    what the text says itself; `cast` has
    each character's words by name; `board` keeps the looks of people who
    have no name. Without `seed` the words are the seed."""
    key = f"{board}/{text if seed is None else seed}"
    seed = int.from_bytes(hashlib.sha256(key.encode(errors="replace")).digest()[:4], "big")
    first = Reading(dict(cast or {}))
    if style:
        first.read(style)
        first.only_setting()
    body, said = split_cast(text.removesuffix(style).rstrip(" ,;") if style else text)
    first.learn(said)
    first.read(body)
    return _scene(first, seed, take, board or text[:200])


def split_cast(text: str) -> tuple[str, dict[str, str]]:
    """A prompt as Hotfolder plans it ends with `; Name: words` for each of its cast."""
    body: list[str] = []
    said: dict[str, str] = {}
    for part in text.split(";"):
        name, colon, words = part.strip().partition(": ")
        one = name.strip()
        if body and colon and one[:1].isupper() and len(one.split()) <= 3 and not one.isupper():
            said[one] = words
        else:
            body.append(part)
    return ";".join(body), said


def _scene(read: Reading, seed: int, take: int, salt: str) -> Scene:
    facts = read.facts
    figures = [draft.figure(f"{salt}/{draft.noun}") for draft in read.drafts if not draft.only_owns]
    crowd = read.crowd or len(figures) > MOST_FIGURES
    figures = figures[:MOST_FIGURES]
    things = [one for one in read.things if one.kind in outlines()]
    place = facts.get("place", "")
    place = place if place in places() else ""
    shot = facts.get("shot", "")
    insert, by_hand, figures = _insert(read, shot, figures, things)
    if place == "car inside" and shot in ("wide", "extreme wide"):  # the car, not who is in it
        place, figures = read.other_place, []
        things = things or [Thing("car")]
    if not shot and not insert:
        shot = _usual_shot(read, place, len(figures), things)
    if insert:
        shot = "insert"
    elif shot == "insert":
        shot = "close-up"
    action = read.action if len(figures) > 1 else ""
    wet = [one.on for one in figures] + [one.kind for one in things]
    if not place and any(name in outlines() and outlines()[name].where == "water" for name in wet):
        place = "sea"
    if not place and any(one.kind == "window" for one in things):
        place = "room"
    if place and places()[place].indoors:  # a room has its own
        things = [one for one in things if one.kind != "window"]
    elif place:
        figures = [
            replace(one, pose="sitting on the ground")
            if one.pose == "sitting" and not one.on
            else one
            for one in figures
        ]
    if shot in ("close-up", "extreme close-up"):
        figures = [replace(one, pose="standing") if one.pose in MOVING else one for one in figures]
    return Scene(
        shot=shot,
        camera=facts.get("camera", "eye level"),
        place=place,
        time=facts.get("time", "day"),
        weather=facts.get("weather", "clear"),
        style=facts.get("style", "pencil"),
        figures=tuple(figures),
        action=action,
        crowd=crowd,
        things=tuple(things[:6]),
        insert=insert,
        by_hand=by_hand,
        seed=seed,
        take=take,
        unknown=tuple(dict.fromkeys(read.unknown)),
    )


def _insert(
    read: Reading, shot: str, figures: list[Figure], things: list[Thing]
) -> tuple[str, bool, list[Figure]]:
    """What an insert shows, whether a hand holds it, and who is left beside it."""
    parts = [part for part in read.parts if part != "face"]
    small = [one for one in things if outlines()[one.kind].where != "sky"]
    close = shot in ("close-up", "extreme close-up")
    if shot == "insert" or (close and not figures):
        held = next((one.held for one in figures if one.held), "")
        if held:
            return held, True, figures
        if small:
            by_hand = any(part in HAND for part in parts) or bool(figures and read.held_by_hand)
            thing = small[0].kind
            if by_hand and outlines()[thing].where in ("ground", "wall", "water"):
                return parts[0], False, figures
            return thing, by_hand, figures
        if parts:
            return parts[0], False, figures
        return "", False, figures
    if parts and not figures and not small and not read.facts.get("place"):
        return parts[0], False, figures
    if close and parts and read.part_first:
        if parts[0] in HAND and (small or any(one.held for one in figures)):
            return (
                (small[0].kind if small else next(one.held for one in figures if one.held)),
                True,
                figures,
            )
        if parts[0] in ("eyes", "feet", "hand", "hands", "mouth"):
            return parts[0], False, figures
    return "", False, figures


def _usual_shot(read: Reading, place: str, people: int, things: list[Thing]) -> str:
    """The shot of words that name none."""
    if people == 0:
        if not place and things and all(outlines()[one.kind].where == "table" for one in things):
            return "close-up"
        return "full" if things and not place else "wide"
    if read.facts.get("camera") == "over the shoulder":
        return "medium"
    if place and places()[place].indoors and place in ("car inside", "cockpit"):
        return "medium"
    if read.crowd or people > 3:
        return "wide"
    posed = any(draft.acted for draft in read.drafts)
    felt = any("feeling" in draft.facts for draft in read.drafts)
    if felt and not posed and people == 1 and not things:
        return "medium"
    if any(outlines()[one.kind].high > 3 for one in things):
        return "wide"
    return "full"


def describe(scene: Scene) -> str:
    """A scene in one line, for people who wonder what was understood."""
    who = ", ".join(
        f"{one.name or one.look.age + ' ' + ('woman' if one.look.sex == 'f' else 'man')} {one.pose}"
        f"{' with ' + one.held if one.held else ''}{' on ' + one.on if one.on else ''}"
        for one in scene.figures
    )
    what = ", ".join(
        f"{one.count} {one.kind}" if one.count > 1 else one.kind for one in scene.things
    )
    facts = [
        scene.shot,
        scene.camera if scene.camera != "eye level" else "",
        who,
        scene.action,
        "crowd" if scene.crowd else "",
        what,
        f"insert of {scene.insert}" if scene.insert else "",
        scene.place,
        scene.time,
        scene.weather if scene.weather != "clear" else "",
    ]
    return "; ".join(filter(None, facts))
