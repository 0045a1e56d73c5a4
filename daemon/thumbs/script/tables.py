"""Tables that nobody named, for what is done at one and for what would lie on the floor."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from daemon.thumbs.outlines import outlines
from daemon.thumbs.place_table import places
from daemon.thumbs.scene import Figure, Thing
from daemon.thumbs.uses import TABLES

GAMES = ("chessboard", "dice")
KEYED = ("keyboard", "laptop", "typewriter", "computer", "sewing machine", "microscope")
_SCREENS = ("keyboard", "laptop", "typewriter", "computer")
"""At what one sits, if nothing else is said."""
_FREE = ("standing", "thinking", "holding", "sitting", "working", "typing", "looking down",
         "sitting on the ground", "pointing")  # fmt: skip
"""Poses of somebody who may as well sit at a table."""


def tabled(
    figures: list[Figure], things: list[Thing], preps: Mapping[str, str]
) -> tuple[list[Figure], list[Thing]]:
    """Players have their board between them, typists their machine before them, and so has who is
    only said to be at one: by `preps`, which says what stood before each kind of thing."""
    kinds = [one.kind for one in things]
    if any(one.relation in ("at", "before") for one in things) or not figures:
        return figures, things
    free = [one.pose in _FREE and not one.on and not one.held for one in figures]
    game = next((kind for kind in GAMES if kind in kinds), "")
    if game and len(figures) > 1 and all(free[:2]):
        seats = [replace(one, pose="thinking", on="chair") for one in figures[:2]]
        return [*seats, *figures[2:]], _on(things, game, "table")
    machine = next((kind for kind in KEYED if kind in kinds), "")
    at_it = figures[0].pose in ("working", "typing") or (
        preps.get(machine) == "at" and machine in _SCREENS
    )
    if machine and at_it and free[0]:
        return [replace(figures[0], pose="typing", on="chair"), *figures[1:]], _on(
            things, machine, "desk"
        )
    return figures, things


def _on(things: list[Thing], kind: str, table: str) -> list[Thing]:
    """The thing on a table that is sat at."""
    made = [replace(one, relation="on", side="") if one.kind == kind else one for one in things]
    return [Thing(table, relation="at"), *made]


def stood(things: list[Thing], place: str, evidence: frozenset[str]) -> list[Thing]:
    """With a table in a room where a small thing would stand on the floor: a cup, a bowl."""
    room = place in places() and places()[place].indoors and place not in _NO_ROOM
    lying = [one for one in things if one.relation == "" and one.at == "middle"]
    small = any(outlines()[one.kind].where == "table" for one in lying)
    tables = any(one.kind in TABLES for one in things)
    if tables:  # a television would hide who eats there
        things = [
            replace(one, at="far") if one.kind == "television" and not one.relation else one
            for one in things
        ]
    if not (room and small) or tables or evidence & _ON_FLOOR:
        return things
    return [*things, Thing("table")]


_NO_ROOM = ("car inside", "back seat", "bus inside", "train carriage", "subway train", "lift",
            "plane cabin", "cockpit", "corridor", "tunnel", "spaceship inside", "prison",
            "garage", "cave", "attic", "church", "staircase")  # fmt: skip
"""Where no table is."""
_ON_FLOOR = frozenset(["floor", "ground", "floorboards", "carpet", "rug", "bed", "sofa", "shelf",
                       "hook", "drops", "falls", "fall", "wall"])  # fmt: skip
"""Words with which something lies, hangs or falls elsewhere."""
