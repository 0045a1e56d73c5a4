"""A board that was dropped into the inbox moves to `boards/NAME/`, with what belongs to it.

All of a folder that was dropped with it; else the pictures and lists beside it that it names. What
another file that waits there names as well stays for that one too. A second drop of a name is its
next version: what lay there under the same names goes to `done/NAME/`. Nothing is overwritten, and
the board itself moves last, so that a crash half-way leaves it to be moved again. The folder that
it leaves empty is others' to sweep.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable
from itertools import islice
from pathlib import Path

from daemon.boards.belongings import belongings, named_in, text_of
from daemon.boards.called import USUAL_STEM
from daemon.boards.drops import SUFFIX, id_of_file
from daemon.boards.folder import PAUSED
from daemon.fs import atomic, naming
from daemon.fs.naming import name_key
from daemon.inbox.candidates import walk
from daemon.plan.output_names import output_name
from daemon.root.create import make_folder, open_folder
from daemon.root.inbox_places import is_special, place_of
from daemon.root.layout import AGAIN_SUFFIXES, DEFAULTS_NAMES, Layout

MOST_ASKED = 200
"""Files beside a board that are asked whether they name the same pictures."""

MOST_READ = 200_000
"""Bytes of one of them."""


def adopt(layout: Layout, inbox: Path, file: Path) -> Path:
    """Move the board `file` out of `inbox`; returns where it lives now. Raises FileNotFoundError if
    it is gone, OSError."""
    home = home_of(layout, inbox, file)
    is_new = not os.path.lexists(home)
    make_folder(layout, home)
    try:
        return _move_in(layout, inbox, file, home)
    except OSError:
        if is_new:  # a folder in which nothing lies would be told as a board without one
            with contextlib.suppress(OSError):
                home.rmdir()
        raise


def _move_in(layout: Layout, inbox: Path, file: Path, home: Path) -> Path:
    parent, own = file.parent, belongings(file)
    place = parent.relative_to(inbox).as_posix()
    held = _named(_claimed(layout), [*os.listdir(parent), *(path.name for path in own)])
    if not is_special(place) and not held and _came_along(parent, file, own):
        _move_all(layout, file, home)
    else:
        _move_named(layout, file, own, home, inbox)
    target = home / f"{USUAL_STEM}{file.suffix.lower()}"
    for other in _boards_in(home):
        if other != target:
            _put_aside(layout, other, home.name)
    _move(layout, file, target, home.name)
    return target


def home_of(layout: Layout, inbox: Path, file: Path) -> Path:
    """Where a board that lies in the inbox is to live."""
    place, stem = file.parent.relative_to(inbox).as_posix(), file.stem
    if stem.casefold() == USUAL_STEM and not is_special(place):
        stem = place_of(place).project.rpartition("/")[2]
    return home_called(layout, output_name(stem))


def home_called(layout: Layout, name: str) -> Path:
    """The board's folder, as it is spelt if it is there."""
    try:
        names = os.listdir(layout.boards)
    except OSError:
        names = []
    same = [each for each in names if name_key(each) == name_key(name)]
    return layout.boards / (same[0] if same else name)


def _came_along(folder: Path, board: Path, own: list[Path]) -> bool:
    """Whether a folder was dropped with its board: nothing else in it, however deep, may become a
    job of a person."""
    found = (each.path for each in walk(folder))
    return all(path == board or path in own or _is_ours(path) for path in found)


def _move_all(layout: Layout, board: Path, home: Path) -> None:
    for name in sorted(os.listdir(board.parent)):
        if board.parent / name != board and not name.startswith("."):
            _move(layout, board.parent / name, home / name, home.name)


def _move_named(layout: Layout, board: Path, own: list[Path], home: Path, inbox: Path) -> None:
    """What the board names, and none of the others that lie there."""
    wanted = _named_by_others(board, own, inbox)
    wanted |= _named(_claimed(layout), [path.name for path in own])
    for path in own:
        target = home / path.relative_to(board.parent)
        make_folder(layout, target.parent)
        with contextlib.suppress(FileNotFoundError):
            if path.name in wanted and path.is_file():
                _share(layout, path, target, home.name)
            else:
                _move(layout, path, target, home.name)


def _named_by_others(board: Path, own: list[Path], inbox: Path) -> set[str]:
    """The names of those in `own` that another waiting file, or a folder's defaults, names too."""
    names = [path.name for path in own if path.is_file()]
    if not names:
        return set()
    waiting = (each.path for each in walk(inbox))
    asked = list(islice((path for path in waiting if path not in (board, *own)), MOST_ASKED + 1))
    if len(asked) > MOST_ASKED:
        return set(names)
    asked = [path for path in asked if not _is_ours(path)]
    asked += [board.parent / name for name in DEFAULTS_NAMES]
    return _named(asked, names)


def _named(files: Iterable[Path], names: list[str]) -> set[str]:
    """Those of `names` that one of these files names."""
    texts = (text_of(path, limit=MOST_READ) for path in files)
    return {name for text in texts for name in named_in(text, names)}


def _claimed(layout: Layout) -> list[Path]:
    """Jobs that have left the inbox, and have perhaps not found yet what they name there."""
    return sorted(layout.spool.glob("*/job*"))


def _is_ours(path: Path) -> bool:
    try:
        return path.suffix == SUFFIX and id_of_file(path) is not None
    except FileNotFoundError:
        return True


def _boards_in(home: Path) -> list[Path]:
    names = sorted(os.listdir(home))
    return [
        home / name
        for name in names
        if Path(name).stem.casefold() == USUAL_STEM and name != PAUSED and _may_be_board(name)
    ]


def _may_be_board(name: str) -> bool:
    return Path(name).suffix.lower() not in (*AGAIN_SUFFIXES, ".tif", ".tiff", ".bak")


def _move(layout: Layout, source: Path, target: Path, board: str) -> None:
    """Move to `target`; what lies there goes to done/."""
    if _is_ours(source):
        return
    while True:
        try:
            atomic.move_new(source, target)
        except FileExistsError:
            _put_aside(layout, target, board)
        else:
            return


def _share(layout: Layout, source: Path, target: Path, board: str) -> None:
    """The same with the source left where it lies: one file of two names, where the disk has such,
    else a copy."""
    with contextlib.suppress(FileNotFoundError):
        if os.path.samefile(source, target):  # noqa: PTH121 (raises where one of them is gone)
            return
        _put_aside(layout, target, board)
    try:
        os.link(source, target, follow_symlinks=False)
    except FileNotFoundError:
        raise
    except OSError:
        atomic.copy_new(source, target)


def _put_aside(layout: Layout, path: Path, board: str) -> None:
    folder = open_folder(layout, layout.done / board)
    while True:
        try:
            atomic.move_new(path, naming.free_name(folder, path.name))
        except FileExistsError:
            continue
        return
