"""A board that was dropped into the inbox moves to `boards/NAME/`, with the pictures beside it.

A second drop of that name is its next version: what lay there under the same names goes to
`done/NAME/`. Nothing is overwritten, and the board itself moves last, so that a crash half-way
leaves it to be moved again.
"""

from __future__ import annotations

import os
from pathlib import Path

from daemon.boards.drops import SUFFIX, id_of_file
from daemon.boards.folder import PAUSED
from daemon.fs import atomic, naming
from daemon.fs.naming import name_key
from daemon.plan.output_names import output_name
from daemon.root.create import make_folder, open_folder
from daemon.root.layout import AGAIN_SUFFIXES, JOB_SUFFIXES, Layout

USUAL = "board"


def adopt(layout: Layout, inbox: Path, file: Path) -> Path:
    """Move the board `file` out of `inbox`; returns where it lives now. Raises FileNotFoundError if
    it is gone, OSError."""
    parent = file.parent
    alone = parent == inbox
    stem = parent.name if file.stem.casefold() == USUAL and not alone else file.stem
    home = _home(layout, output_name(stem))
    make_folder(layout, home)
    if not alone and _is_of_board(parent, file):
        for name in sorted(os.listdir(parent)):
            if parent / name != file and not name.startswith("."):
                _move(layout, parent / name, home / name)
    target = home / f"{USUAL}{file.suffix.lower()}"
    for other in _boards_in(home):
        if other != target:
            _put_aside(layout, other)
    _move(layout, file, target)
    return target


def _home(layout: Layout, name: str) -> Path:
    """The board's folder, as it is spelt if it is there."""
    try:
        names = os.listdir(layout.boards)
    except OSError:
        names = []
    same = [each for each in names if name_key(each) == name_key(name)]
    return layout.boards / (same[0] if same else name)


def _is_of_board(folder: Path, board: Path) -> bool:
    """Whether a folder was dropped with its board: no other job of a person lies in it."""
    for name in os.listdir(folder):
        path = folder / name
        is_job = path.suffix.lower() in JOB_SUFFIXES and not name.startswith((".", "_"))
        if path != board and is_job and not _is_ours(path):
            return False
    return True


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
        if Path(name).stem.casefold() == USUAL and name != PAUSED and _may_be_board(name)
    ]


def _may_be_board(name: str) -> bool:
    return Path(name).suffix.lower() not in (*AGAIN_SUFFIXES, ".tif", ".tiff", ".bak")


def _move(layout: Layout, source: Path, target: Path) -> None:
    """Move to `target`; what lies there goes to done/."""
    if _is_ours(source):
        return
    while True:
        try:
            atomic.move_new(source, target)
        except FileExistsError:
            _put_aside(layout, target)
        else:
            return


def _put_aside(layout: Layout, path: Path) -> None:
    folder = open_folder(layout, layout.done / path.parent.name)
    while True:
        try:
            atomic.move_new(path, naming.free_name(folder, path.name))
        except FileExistsError:
            continue
        return
