"""Drawings that lie in `sketches/` beside a board: 060.jpg belongs to shot 060.

Goes by names alone. A shot that names a drawing itself keeps to that.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path, PurePath

from daemon.boards.shot_list import WrittenShot, id_of
from daemon.formats.kinds import SHOWN, SUFFIXES
from daemon.inbox.candidates import is_litter
from daemon.jobfile import aliases, tree
from daemon.text.suggest import did_you_mean

FOLDER = "sketches"

MOST = 10_000
"""Files of the folder that are looked at."""

_OWN = ("drawing", "controls", "control_image")
"""Keys of a shot that says itself what it is drawn by."""


def sketches_in(folder: Path) -> tuple[str, ...]:
    """The names in `sketches/` beside a board in `folder`, in their order; none if there is no such
    folder."""
    try:
        names = list(islice(os.listdir(folder / FOLDER), MOST))
    except OSError:
        return ()
    return tuple(sorted(name for name in names if not is_litter(name)))


def with_sketches(
    shots: Sequence[WrittenShot], names: Sequence[str]
) -> tuple[tuple[WrittenShot, ...], tuple[str, ...]]:
    """The shots, each with the sketch of its name; and what there is to say of those that belong to
    none."""
    if not names:
        return tuple(shots), ()
    found: dict[str, str] = {}
    unread: dict[str, str] = {}
    warnings: list[str] = []
    by_name = _by_name(shots)
    for name in names:
        shot = by_name.get(_folded(PurePath(name).stem))
        is_picture = PurePath(name).suffix.lower() in SUFFIXES
        if shot is None:
            warnings += [_of_nobody(name, shots)] if is_picture else []
        elif not is_picture:
            unread[shot] = name
        elif shot in found:
            warnings.append(
                f"{FOLDER}/{name} was left aside: {FOLDER}/{found[shot]} is the drawing of shot "
                f"{tree.shown(shot)}. Keep one of them there."
            )
        else:
            found[shot] = name
    for shot, name in unread.items():  # a document beside the picture that was saved of it is fine
        if shot not in found:
            warnings.append(f"{FOLDER}/{name} can't be read as a drawing: export it as {SHOWN}.")
    return tuple(_drawn(shot, found) for shot in shots), tuple(warnings)


def _drawn(shot: WrittenShot, found: Mapping[str, str]) -> WrittenShot:
    words = {aliases.known_word(key, _OWN) for key in shot.table.items}
    if shot.id not in found or not words.isdisjoint(_OWN):
        return shot
    name = f"{FOLDER}/{found[shot.id]}"
    table = replace(
        shot.table,
        items={**shot.table.items, "drawing": tree.Scalar(name, shot.line, name)},
        key_lines={**shot.table.key_lines, "drawing": shot.line},
    )
    return replace(shot, table=table)


def _by_name(shots: Sequence[WrittenShot]) -> dict[str, str]:
    """Ids by the names that a drawing of them may have; a number with or without its zeros."""
    found: dict[str, str] = {}
    for names in (_folded, _bare):
        for shot in shots:
            found.setdefault(names(shot.id), shot.id)
    return found


def _folded(name: str) -> str:
    return id_of(name).casefold()


def _bare(name: str) -> str:
    return _folded(name).lstrip("0") or "0"


def _of_nobody(name: str, shots: Sequence[WrittenShot]) -> str:
    guess = did_you_mean(PurePath(name).stem, [shot.id for shot in shots])
    cure = guess or "Call it as its shot is called, or take it away."
    return f"{FOLDER}/{name} belongs to no shot. {cure}"
