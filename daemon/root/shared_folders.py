"""An inbox or outbox that is a link to another place: served by one daemon at a time.

Two roots may lead to one folder. Their daemons would take each other's jobs, and sweep away each
other's unfinished pictures. Where a root's own folder is, its lock tells; where it is a link, a
mark lies in the place that it leads to, from the start of the daemon on. Nothing is kept open
there: the volume can be ejected.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterator
from pathlib import Path

from daemon.errors import LockHeldError, SpoiledError
from daemon.fs import atomic
from daemon.fs.read import read_file
from daemon.root import state_files
from daemon.root.layout import Layout
from daemon.root.lock import is_held

MARK = ".hotfolder-root"
"""Its name begins with a dot: nobody takes it for something dropped, or for a picture."""


def claim(layout: Layout) -> list[str]:
    """Serve them from now on; only for who holds the root's lock. What a person should know, a
    sentence each: of another machine nobody here can tell whether it serves them still. Raises
    LockHeldError where the daemon of another root of this machine does."""
    told = []
    for folder in _places(layout):
        for other in _roots_at(layout, folder):
            if is_held(other.lock_file):
                raise LockHeldError(_by(folder, str(other.root)))
        mark = _mark_in(folder)
        if mark is not None and _is_anothers(mark, layout) and mark["host"] != _host():
            told.append(_by(folder, f"{mark['root']} on {mark['host']}", "perhaps "))
        if folder.parent != layout.root:
            data = json.dumps(_own(layout), ensure_ascii=False).encode("utf-8")
            with contextlib.suppress(OSError):  # a disk that takes nothing is told of elsewhere
                atomic.replace(folder / MARK, data)
    return told


def let_go(layout: Layout) -> None:
    """They are served no more."""
    for folder in _places(layout):
        mark = _mark_in(folder)
        if mark is not None and not _is_anothers(mark, layout):
            with contextlib.suppress(OSError):
                os.unlink(folder / MARK)


def _places(layout: Layout) -> Iterator[Path]:
    """Where the folders are that one daemon alone may serve."""
    for folder in (layout.inbox, layout.outbox):
        place = Path(os.path.realpath(folder))
        if os.path.isdir(place):  # noqa: PTH112 (Path.is_dir raises where we may not look)
            yield place


def _roots_at(layout: Layout, folder: Path) -> Iterator[Layout]:
    """The other roots of this machine that have a part in this folder."""
    if folder.parent != layout.root and Layout(folder.parent).id_file.is_file():
        yield Layout(folder.parent)
    mark = _mark_in(folder)
    if mark is None or _is_same(mark["root"], layout.root):
        return
    other = Layout(Path(mark["root"]))
    if folder in _places(other):  # its links may have been led elsewhere since
        yield other


def _is_same(one: str, other: Path) -> bool:
    """Whether both name one folder, however it is spelled."""
    try:
        return os.path.samefile(one, other)  # noqa: PTH121 (Path's raises for one that is gone)
    except OSError:
        return False


def _own(layout: Layout) -> dict[str, str]:
    identity = ""
    with contextlib.suppress(OSError, ValueError):
        identity = read_file(layout.id_file, 200).decode("ascii").strip()
    return {"root": str(layout.root), "id": identity, "host": _host()}


def _is_anothers(mark: dict[str, str], layout: Layout) -> bool:
    """The name of a machine may change, from one network to the next."""
    own = _own(layout)
    return (mark["root"], mark["id"]) != (own["root"], own["id"])


def _mark_in(folder: Path) -> dict[str, str] | None:
    """What lies there; None for nothing, and for what is no mark."""
    try:
        with state_files.opened(folder / MARK) as file:
            told = json.loads(file.read(10_000))
    except (OSError, SpoiledError, ValueError):
        return None
    keys = ("root", "id", "host")
    is_mark = isinstance(told, dict) and all(isinstance(told.get(key), str) for key in keys)
    return told if is_mark else None


def _by(folder: Path, root: str, perhaps: str = "") -> str:
    return (
        f"{folder} is {perhaps}served by the Hotfolder daemon of {root} already. Two would take "
        "each other's files away: stop that one, or give this root a folder of its own."
    )


def _host() -> str:
    return os.uname().nodename
