"""How much everything of a root takes, by what it is.

Names and sizes only: opens no file.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from daemon.models.catalogue import models_folder
from daemon.page.places import HIDDEN
from daemon.root.layout import Layout

ARCHIVE = "archive"
"""The folder of a root that archives go to."""


@dataclass(frozen=True, slots=True)
class Heap:
    """`files` of one sort, and their `size` in bytes; `option` is what of `tidy` puts it away, ""
    where nothing does."""

    what: str
    files: int
    size: int
    option: str = ""


def survey(layout: Layout, shelves: Sequence[Path]) -> list[Heap]:
    """Every folder of the outbox, then the rest of the root, then the models (in `shelves`, and in
    the person's own folder)."""
    heaps = [*_outbox(layout.outbox)]
    rest = (
        ("page and its small pictures", [layout.outbox / HIDDEN], "--caches"),
        ("references", [layout.references], ""),
        ("caches", [layout.caches], "--caches"),
        ("logs", [layout.logs], "--logs"),
        ("done", [layout.done], "--done"),
        ("failed", [layout.failed], "--failed"),
        ("archives", [layout.root / ARCHIVE], ""),
        ("models", [models_folder(), *shelves], ""),
    )
    heaps += [_heap(what, _below(folders), option) for what, folders, option in rest]
    return [heap for heap in heaps if heap.files]


def heap_of(what: str, paths: Iterable[Path], option: str = "") -> Heap:
    """Files by their paths; those that are gone count nothing."""
    return _heap(what, ((path, _size(path)) for path in paths), option)


def files_below(folder: Path) -> list[Path]:
    """Every file in a folder and below, by name; links are not followed."""
    return sorted(path for path, _ in _walk(folder))


def _outbox(outbox: Path) -> Iterator[Heap]:
    try:
        with os.scandir(outbox) as found:
            entries = sorted(found, key=lambda each: each.name)
    except OSError:
        return
    loose = []
    for each in entries:
        if each.name.startswith("."):
            continue
        if each.is_dir(follow_symlinks=False):
            yield _heap(f"outbox/{each.name}", _walk(outbox / each.name), "NAME --archive")
        else:
            loose.append(outbox / each.name)
    yield heap_of("outbox, in no folder", loose)


def _heap(what: str, sizes: Iterable[tuple[Path, int]], option: str) -> Heap:
    each = [size for _, size in sizes]
    return Heap(what, len(each), sum(each), option)


def _below(folders: Iterable[Path]) -> Iterator[tuple[Path, int]]:
    """Each folder once, wherever links lead."""
    for folder in dict.fromkeys(Path(os.path.realpath(each)) for each in folders):
        yield from _walk(folder)


def _walk(folder: Path) -> Iterator[tuple[Path, int]]:
    for at, _, names in os.walk(folder):
        for name in names:
            path = Path(at, name)
            yield path, _size(path)


def _size(path: Path) -> int:
    try:
        return os.lstat(path).st_size
    except OSError:
        return 0
