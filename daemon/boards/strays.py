"""What lies in `boards/` and is no board, nor beside one: named once, with what to do about it.

Opens no file. Pictures and lists that boards may share, and what is hidden, are nobody's stray.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

from daemon.boards.folder import board_folders, is_board, place_of
from daemon.formats.kinds import SUFFIXES
from daemon.fs.moment import Moment
from daemon.inbox.candidates import is_litter
from daemon.inbox.remedies import Remedy, remedy_for
from daemon.root.layout import DEFAULTS_NAMES, WHY_SUFFIX, Layout

TOLD_AFTER = 10.0
"""Seconds for which a stray must lie before it is told."""


def strays(layout: Layout) -> dict[str, Remedy]:
    """By the path from the root on."""
    found = dict(beside_folders(layout.boards))
    for folder in board_folders(layout):
        found.update(in_folder(layout.boards, folder))
    return found


class Strays:
    """Tells of each stray once, as `tell` is called with a sentence."""

    def __init__(self, layout: Layout, tell: Callable[[str], None]) -> None:
        self._layout = layout
        self._tell = tell
        self._since: dict[str, float] = {}
        self._told: set[str] = set()

    def look(self, at: Moment) -> None:
        found = strays(self._layout)
        self._since = {path: self._since.get(path, at.now) for path in found}
        self._told &= found.keys()
        for path, remedy in found.items():
            if path not in self._told and at.now - self._since[path] >= TOLD_AFTER:
                self._told.add(path)
                self._tell(f"{path} is ignored: {remedy.reason}. {remedy.remedy}")


def beside_folders(boards: Path) -> Iterator[tuple[str, Remedy]]:
    """What lies in `boards/` itself."""
    for name in _files(boards):
        if is_board(name):
            stem, suffix = os.path.splitext(name)  # noqa: PTH122 (a name, no path)
            home = f"boards/{stem}/board{suffix}"
            yield f"boards/{name}", Remedy("a board has a folder of its own", f"Move it to {home}.")


def in_folder(boards: Path, folder: str) -> Iterator[tuple[str, Remedy]]:
    """What lies in a folder of `boards/`, if it holds no board."""
    place = place_of(boards / folder)
    if place.file is not None or place.others:
        return
    for name in _files(place.folder):
        path = f"boards/{folder}/{name}"
        if name[0] == "_":
            what = "its name begins with _, as those of defaults do"
            yield path, Remedy(what, "Rename it if it is a board.")
            continue
        try:
            facts = os.lstat(place.folder / name)
        except OSError:
            continue
        yield path, remedy_for(name, facts.st_mode, facts.st_size)
    for below in _folders(place.folder):
        if place_of(place.folder / below).file is not None:
            yield f"boards/{folder}/{below}", nested(below)


def nested(folder: str) -> Remedy:
    """For a board in a folder of that name that lies too deep."""
    return Remedy("boards lie in boards/NAME/ alone", f"Move that folder to boards/{folder}.")


def hidden_folder() -> Remedy:
    """For what lies in a folder of `boards/` that is passed over unseen."""
    return Remedy("the name of its folder begins with a dot, so it is hidden", "Rename the folder.")


def _files(folder: Path) -> list[str]:
    """Those that could have been meant as a board."""
    return [
        name
        for name in _listed(folder)
        if not os.path.isdir(folder / name)  # noqa: PTH112 (Path.is_dir raises where we may not)
        and not is_litter(name)
        and not name.endswith(WHY_SUFFIX)
        and name not in DEFAULTS_NAMES
        and os.path.splitext(name)[1].lower() not in SUFFIXES  # noqa: PTH122
    ]


def _folders(folder: Path) -> list[str]:
    return [
        name
        for name in _listed(folder)
        if not is_litter(name) and os.path.isdir(folder / name)  # noqa: PTH112
    ]


def _listed(folder: Path) -> list[str]:
    try:
        return sorted(os.listdir(folder))
    except OSError:
        return []
