"""Words to a scene: storyboard language as people write it.

Never raises: what is not understood is left out and named in `Scene.unknown`.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import replace
from functools import partial

from daemon.thumbs.halves import SEATED, UPPER
from daemon.thumbs.outlines import outlines
from daemon.thumbs.poses import POSES
from daemon.thumbs.scene import COUNTED, MOST_FIGURES, Figure, Scene, Thing
from daemon.thumbs.script.continuity import Setting, apart, holding
from daemon.thumbs.script.described import read_knowing, split_cast
from daemon.thumbs.script.details import goes_into, insert_of, seen_drafts
from daemon.thumbs.script.drafts import Draft
from daemon.thumbs.script.grammar import Reading
from daemon.thumbs.script.notes import notes_of
from daemon.thumbs.script.outside import shown_from_outside
from daemon.thumbs.script.roles import SICK_ROOMS, in_their_roles
from daemon.thumbs.script.said import time_in, words_in
from daemon.thumbs.script.tables import stood, tabled
from daemon.thumbs.script.tongues import all_in_english, in_english
from daemon.thumbs.script.undrawn import finished
from daemon.thumbs.script.unmeant import drop_unmeant
from daemon.thumbs.script.whereabouts import (
    implied_place,
    implied_time,
    is_outdoors,
    named_place,
    on_land,
    out_of_place,
    seated_in,
    without_its_own,
)
from daemon.thumbs.splits import halves_in
from daemon.thumbs.uses import CAR_SEATS

_WHOLE = ("extreme wide", "wide", "full", "medium")
"""Shots that show more than a face or a thing."""
SITTING_ROOM = (
    "train carriage", "subway train", "bus inside", "plane cabin", "waiting room", "cinema",
)  # fmt: skip
"""Where nobody lies."""
_BEYOND = ("", "beside", "behind")  # so a nearer picture from above would not have it
VIEWS = ("binoculars", "keyhole", "spyglass", "telescope")
FACE = 0.76
"""How high a hand has to be, of somebody who is 1 high, to be seen in a close-up."""
TALLER_THAN_ROOMS = 3.0
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
    looks: Mapping[str, Mapping[str, str]] | None = None,
    known: Mapping[str, str] | None = None,
) -> Scene:
    """The scene that a text describes. `style` are words of a board's style, outdone by what the
    text says itself; `cast` has each character's words by name, `looks` the colours of their
    pictures (see `look_colours`), which words outdo; `board` keeps the looks of people who have no
    name; `known` are the words for whom earlier shots have introduced (see `introductions`), which
    the text and the cast outdo, and where those are (see `continuity`). Without `seed` the words
    are the seed."""
    body, said = split_cast(text)
    if halves := halves_in(body):
        read = partial(read_scene, style=style, cast={**(cast or {}), **said}, seed=seed, take=take,
                       board=board, looks=looks, known=known)  # fmt: skip
        whole = tuple(map(read, halves))
        return replace(whole[0], halves=whole)
    key = f"{board}/{text if seed is None else seed}"
    seed = zlib.crc32(key.encode(errors="replace"))  # hashlib would load 4 MB of OpenSSL
    first = Reading(all_in_english(cast or {}))
    if style:
        first.read(in_english(style))
        first.only_setting()
        body = body.rstrip(" ,;").removesuffix(style.strip().rstrip(" ,;")).rstrip(" ,;")
    first.learn(all_in_english(said), looks or {})
    body = in_english(body)
    held, told = apart(known or {})
    first.setting = frozenset(held.place.split())
    read_knowing(first, body, told)
    drop_unmeant(first)
    scene = _scene(first, seed, take, board or text[:200], held)
    says = words_in(body)
    scene = replace(scene, says=says, clock=time_in(body), label=("", "") if says else first.label)
    return finished(body, replace(scene, notes=notes_of(body, first, scene)))


def _scene(read: Reading, seed: int, take: int, salt: str, before: Setting) -> Scene:
    facts, drafts = read.facts, seen_drafts(read)
    crowd, figures = _many(read, [one.figure(f"{salt}/{one.noun}") for one in drafts])
    figures, things = tabled(_two_handed(read, figures), _things(read, drafts), read.preps)
    place = named_place(read, figures)
    insert, by_hand, figures = insert_of(read, shot := facts.get("shot", ""), figures, things)
    action, figures = _leaning(read.action if len(figures) > 1 else "", figures)
    if place in CAR_SEATS[:2] and shot in ("wide", "extreme wide"):  # the car, not who is in it
        place, figures, things = read.other_place, [], things or [Thing("car")]
    shot = "insert" if insert else "close-up" if shot == "insert" else shot
    held, named = holding(read, before, figures, things), place
    place = held.place or place or implied_place(read, figures, things)
    shot = shot or _usual_shot(read, named, place, len(figures), things)
    figures = [_bedded(one, place, k, action) for k, one in enumerate(figures)]
    place = on_land(place, figures) or "bedroom" * any(one.on == "bed" for one in figures)
    figures, things, action = in_their_roles(drafts, figures, things, place, action)
    things, gone = _in_place(read, place, things, stand=not insert and shot in _WHOLE)
    if not (figures or crowd or insert):
        place, things = shown_from_outside(read, place, things)
    return Scene(
        shot=shot,
        camera=_camera(facts, figures),
        place=place,
        time=facts.get("time") or held.time or implied_time(place, read.evidence),
        weather=facts.get("weather") or held.weather or "clear",
        style=facts.get("style", "pencil"),
        figures=_all_settled(seated_in(figures, place, read.evidence), shot, place, things),
        action=action,
        crowd=crowd,
        things=tuple(without_its_own(place, things)[:6]),
        insert=insert or _lone(shot, figures, things) * (not crowd),
        into=next((one.kind for one in things if insert and goes_into(insert, one)), ""),
        by_hand=by_hand,
        hands=2 if {"hands", "clasped hands"} & {*read.parts} else 1,
        finger=by_hand and read.part_first and "finger" in read.parts[:1],
        through=_through(read),
        seed=seed,
        take=take,
        unknown=tuple(dict.fromkeys([*read.unknown, *gone])),
    )


def _lone(shot: str, figures: list[Figure], things: list[Thing]) -> str:
    """What fills the picture where small things are all that there is."""
    return things[0].kind if things and shot == "close-up" and not figures else ""


def _two_handed(read: Reading, figures: list[Figure]) -> list[Figure]:
    """ "A sword in each hand": two of what the first holds who holds anything."""
    twice = any(f"{each} hand" in read.evidence for each in ("each", "either"))
    holder = next((one for one in figures if one.held and not one.also), None)
    if not twice or holder is None:
        return figures
    both = replace(holder, also=holder.held, pose=holder.pose.replace("standing", "holding"))
    return [both if one is holder else one for one in figures]


def _many(read: Reading, figures: list[Figure]) -> tuple[bool, list[Figure]]:
    """Whether there is a crowd, and those who are drawn one by one."""
    counted = not read.crowd and len(figures) == len(read.group) and len(figures) in COUNTED
    most = len(figures) if counted else 2 if "two shot" in read.evidence else MOST_FIGURES
    return read.crowd or len(figures) > most + 1, figures[:most]


def _things(read: Reading, drafts: list[Draft]) -> list[Thing]:
    return [_owned(one, read, drafts) for one in read.things if one.kind in outlines()]


def _in_place(
    read: Reading, place: str, things: list[Thing], *, stand: bool
) -> tuple[list[Thing], list[str]]:
    """What may be there, which may `stand` on a table; and what may not."""
    things, gone = out_of_place(place, things)
    return stood(things, place, read.evidence) if stand else things, gone


def _owned(thing: Thing, read: Reading, drafts: list[Draft]) -> Thing:
    """With the number of whoever does something to it."""
    doer = read.doers.get(thing.kind)
    return replace(thing, who=drafts.index(doer)) if thing.relation and doer in drafts else thing


def _through(read: Reading) -> str:
    """What a point of view looks through."""
    views = (*(each.kind for each in read.things), read.held_by_nobody)
    seen = read.facts.get("camera") == "point of view"
    return next((one for one in views if seen and one in VIEWS), "")


def _bedded(one: Figure, place: str, number: int, action: str) -> Figure:
    """Who sleeps has a bed where there may be one, and so has who is tended in a hospital."""
    asleep = one.pose == "lying" and one.expression == "asleep"
    if asleep and not one.on and place in SITTING_ROOM:
        return replace(one, pose="sitting", on="chair")
    if asleep and place in ("", "bedroom"):
        return replace(one, on=one.on or "bed")
    tended = place in SICK_ROOMS and action in ("help", "tend") and number == 1
    return replace(one, pose="lying", on="bed") if tended and one.pose == "standing" else one


def _leaning(action: str, figures: list[Figure]) -> tuple[str, list[Figure]]:
    """Who sleeps against a shoulder sits beside it."""
    if action != "lean":
        return action, figures
    asleep, other, *rest = (replace(one, pose="sitting", on="bench") for one in figures)
    return "", [replace(asleep, expression="asleep"), other, *rest]


def _all_settled(
    figures: list[Figure], shot: str, place: str, things: list[Thing]
) -> tuple[Figure, ...]:
    tall = not place and any(outlines()[one.kind].high > TALLER_THAN_ROOMS for one in things)
    outdoors = is_outdoors(place) or tall  # a train, a hut: in no room
    outdoors = outdoors and not any(one.relation == "at" for one in things)
    return tuple(_settled(one, shot, place, outdoors=outdoors) for one in figures)


def _settled(one: Figure, shot: str, place: str, *, outdoors: bool) -> Figure:
    """With a pose that can be held there, and of which the shot shows the face."""
    if place in CAR_SEATS and one.pose != "driving":
        facing = "" if one.facing == "back" else one.facing
        busy = one.pose in SEATED and one.pose != "holding"
        pose = one.pose if busy else "sitting"
        one = replace(one, pose=pose, on="seat" if busy else "", facing=facing)
    if one.on == "fence" and place and not is_outdoors(place):
        one = replace(one, on="")  # her shadow on the wall
    if (outdoors or place == "tent inside") and one.pose == "sitting" and not one.on:
        one = replace(one, pose="sitting on the ground")
    elif outdoors and one.on == "chair" and one.pose in UPPER and one.pose != "sewing":
        one = replace(one, base="sitting on the ground", on="")
    if one.on == "skateboard" and one.pose in ("jumping", "standing", "walking"):
        one = replace(one, pose="balancing")
    if one.pose == "reading" and one.held == "letter":  # opened
        one = replace(one, held="paper")
    if one.pose == "sitting" and one.expression == "asleep":
        one = replace(one, pose="dozing")
    return _near_face(one) if shot in ("close-up", "extreme close-up") else one


def _near_face(one: Figure) -> Figure:
    """Seen so near, hands are in the picture only at the face: what they hold is held up there."""
    if one.pose == "raising":
        one = replace(one, pose="showing")
    if one.pose == "looking" and (one.facing == "back" or one.on):
        one = replace(one, pose="standing", facing="right")  # out of a window
    pose = POSES[one.pose]
    if pose.right_hand[1] >= FACE and one.pose not in MOVING:
        return one
    if one.held and not pose.lying and outlines()[one.held].high < 1.0:
        return replace(one, pose="showing", also="")
    return replace(one, pose="standing") if one.pose in MOVING else one


def _camera(facts: Mapping[str, str], figures: list[Figure]) -> str:
    """A giant is looked up at, if nothing else is said."""
    giant = len(figures) == 1 and figures[0].look.build == "giant"
    return facts.get("camera") or ("low" if giant else "eye level")


def _usual_shot(read: Reading, named: str, place: str, people: int, things: list[Thing]) -> str:
    """The shot of words that name none; `named` is the place that they name, if they do."""
    if place in CAR_SEATS:
        return "medium"
    if people == 0 and not read.crowd:
        if not named and things and all(outlines()[one.kind].where == "table" for one in things):
            return "close-up"
        return "full" if things else "wide"
    if read.facts.get("camera") == "over the shoulder":
        return "medium"
    if read.crowd or people > 3:
        return "wide"
    above = read.facts.get("camera") in ("top", "high")
    if above and any(outlines()[one.kind].high > 1.2 and one.relation in _BEYOND for one in things):
        return "wide"
    posed = any(draft.acted or "on" in draft.facts for draft in read.drafts)
    felt = any("feeling" in draft.facts for draft in read.drafts)
    if felt and not posed and people == 1 and not things:
        return "medium"
    if any(outlines()[one.kind].high > 3 for one in things):
        return "wide"
    return "full"
