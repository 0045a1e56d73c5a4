"""`like` and `from`: which shot's picture another follows, or begins with.

Reads the two keys, then looks at all shots together: whether the shot named is there, and whether
they go round in a circle.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from daemon.boards.board import Follow, Shot
from daemon.boards.keys import FROM, LIKE, Keys
from daemon.boards.shot_list import ID, id_of, text_of
from daemon.errors import JobError
from daemon.jobfile import Job, JobReference, aliases, tree
from daemon.jobfile.collected import Place, unknown
from daemon.jobfile.value_errors import say_node
from daemon.protocol.render import ReferenceParams
from daemon.text.suggest import did_you_mean

STRENGTHS = {LIKE: 0.5, FROM: 0.6}
"""Of a shot that does not say."""

_NAMES = (ID, "strength")
_ALIASES = {"id": ID, "scale": "strength", "weight": "strength"}
_MOST_SHOWN = 8


def follow_of(keys: Keys) -> Follow | None:
    """What a shot follows. Raises JobError."""
    said = [
        key for key in (LIKE, FROM) if key in keys.own and tree.plain(keys.own[key]) is not None
    ]
    if len(said) > 1:
        first, second = (keys.places[key] for key in said)
        raise JobError(
            f"`{first.key}` (line {first.line}) and `{second.key}` (line {second.line}) stand in "
            "one shot.",
            line=second.line,
            key=second.key,
            why="A shot follows one other: `like` takes its style and layout, `from` paints over "
            "its picture.",
            remedy="Keep one of them.",
        )
    return _follow(said[0], keys.own[said[0]], keys.places[said[0]]) if said else None


def _follow(key: str, node: tree.Node, place: Place) -> Follow:
    if isinstance(node, tree.Scalar):
        return Follow(_id(node, place), key == FROM, STRENGTHS[key], place.line)
    if isinstance(node, tree.Listing):
        raise JobError(
            f"`{place.key}` must name one shot, but a list stands here.",
            line=place.line,
            key=place.key,
            remedy=f"Keep one of them: {place.key}: 060",
        )
    found = {_known(inner, node, place): item for inner, item in node.items.items()}
    shot, strength = found.get(ID), found.get("strength")
    if not isinstance(shot, tree.Scalar) or shot.value is None:
        raise JobError(
            f"`{place.key}` names no shot.",
            line=place.line,
            key=place.key,
            remedy=f"Write {place.key}: 060, or {place.key}: {{shot: 060, strength: 0.4}}",
        )
    given = STRENGTHS[key] if strength is None else _strength(key, strength)
    return Follow(_id(shot, place), key == FROM, given, place.line)


def _known(key: str, table: tree.Table, place: Place) -> str:
    word = aliases.known_word(key, (*_NAMES, *_ALIASES))
    word = _ALIASES.get(word, word)
    if word in _NAMES:
        return word
    raise unknown(
        Place(key, table.key_lines.get(key)),
        table.items[key],
        table,
        known=_NAMES,
        of=f"`{place.key}`",
        remedy=f"Write {place.key}: {{shot: 060, strength: 0.4}}",
    )


def _id(node: tree.Scalar, place: Place) -> str:
    if name := id_of(text_of(node)):
        return name
    raise JobError(
        f"`{place.key}` is empty.",
        line=place.line,
        key=place.key,
        remedy="Name a shot, or remove it.",
    )


def _strength(key: str, node: tree.Node) -> float:
    value = tree.plain(node)
    least = 0.01 if key == FROM else 0
    if isinstance(value, int | float) and not isinstance(value, bool) and least <= value <= 1:
        return float(value)
    raise JobError(
        f"`strength` must be a number from {least:g} to 1, but {say_node(node)}.",
        line=node.line,
        key="strength",
        why="It says how much is painted anew."
        if key == FROM
        else "It says how closely it is followed.",
    )


def following(job: Job, follow: Follow, picture: str, sha256: str | None = None) -> Job:
    """The job of a take that follows `picture`, whose content is `sha256`: begun with it and
    painted over, or with it as a reference for style and layout."""
    if follow.paints_over:
        return replace(job, image=picture, image_sha256=sha256, strength=follow.strength)
    params = ReferenceParams(scale=follow.strength, kind="style+layout")
    reference = JobReference(picture, sha256, params, line=follow.line)
    return replace(job, references=(*job.references, reference))


# --- all of them together -------------------------------------------------------------------------


def check_follows(shots: Sequence[Shot]) -> None:
    """Raises JobError for a shot that is not there, and for shots that follow each other."""
    by_id = {shot.id: shot for shot in shots}
    for shot in shots:
        if shot.follows and shot.follows.shot not in by_id:
            raise _no_such_shot(shot, shot.follows, by_id)
    sound: set[str] = set()
    for shot in shots:
        path: dict[str, int] = {}
        at: Shot | None = shot
        while at and at.id not in sound:
            if at.id in path:
                raise _circle([by_id[name] for name in list(path)[path[at.id] :]])
            path[at.id] = len(path)
            at = by_id[at.follows.shot] if at.follows else None
        sound.update(path)


def _no_such_shot(shot: Shot, follow: Follow, shots: Mapping[str, Shot]) -> JobError:
    key, known = FROM if follow.paints_over else LIKE, tuple(shots)
    guess, remedy = did_you_mean(follow.shot, known), ""
    takes = (
        (one, place, take) for one in shots.values() for place, take in enumerate(one.takes, 1)
    )
    for one, place, take in takes:
        if take.name == follow.shot:
            guess = f"That is a take of shot {tree.shown(one.id)}, and what is followed is a shot."
            remedy = (
                f"Write {key}: {tree.shown(one.id)}, and there choose the take with pick: {place}"
            )
            break
    some = ", ".join(known[:_MOST_SHOWN]) + (" …" if len(known) > _MOST_SHOWN else "")
    return JobError(
        f"Shot {tree.shown(shot.id)} follows shot {tree.shown(follow.shot)}, which is not there.",
        line=follow.line,
        key=key,
        why=guess,
        remedy=remedy or ("" if guess else f"There are {some}."),
    )


def _circle(shots: Sequence[Shot]) -> JobError:
    first = min(shots, key=lambda shot: shot.line or 0)
    start = shots.index(first)
    names = [tree.shown(shot.id) for shot in (*shots[start:], *shots[:start])]
    follow = first.follows
    assert follow is not None  # or it would be in no circle
    key = FROM if follow.paints_over else LIKE
    if len(shots) == 1:
        what = f"Shot {names[0]} follows itself."
    else:
        middle = names[1:] if len(names) <= _MOST_SHOWN else [*names[1 : _MOST_SHOWN - 1], "…"]
        what = f"Shots follow each other in a circle: {' -> '.join([names[0], *middle, names[0]])}."
    return JobError(
        what,
        line=follow.line,
        key=key,
        why="None of them could be the first to be made.",
        remedy=f"Take `{key}` out of one of them.",
    )
