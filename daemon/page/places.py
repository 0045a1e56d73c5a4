"""Where the page's files lie below the outbox, and which of the outbox's files are pictures.

Names only, and one walk over the outbox.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from daemon.fs.live_picture import LIVE_NAME, is_live_picture

HIDDEN = ".page"
HIDDEN_ALL = f"{HIDDEN}/all"
HIDDEN_FOLDERS = f"{HIDDEN}/folders"
REBUILD = f"{HIDDEN}/rebuild"
"""Its being there asks whoever keeps the page to make it anew."""
FOLDERS = f"{HIDDEN}/folders.js"
LIVE = f"{HIDDEN}/live.js"
MADE = f"{HIDDEN}/made"
"""Folders of the outbox that were made for a page."""
MARKED = f"{HIDDEN}/marked.js"
"""What people thought of pictures, as they handed it on."""
BOARD = "board.js"
"""In the folder of a page's data: the board whose page it is."""
DRAWN = f"{HIDDEN}/drawn"
"""Small pictures drawn for takes that are not made yet, `KEY.webp`, by whoever draws them."""
THUMBS = f"{HIDDEN}/thumbs"
_FAN = 2
LOCK = f"{HIDDEN}/lock"
PICTURES = frozenset({".png"})


def key_of(text: str) -> str:
    """A short name for any text, safe in every file system and address."""
    return hashlib.sha256(os.fsencode(text)).hexdigest()[:20]


def data_of(group: str) -> str:
    """The folder of a page's data: of all pictures for "", else of one folder of the outbox."""
    return f"{HIDDEN_FOLDERS}/{key_of(group)}" if group else HIDDEN_ALL


def thumb_of(relative: str) -> str:
    """Where the small picture of outbox/RELATIVE lies."""
    key = key_of(relative)
    return f"{THUMBS}/{key[:_FAN]}/{key}.webp"


def strokes_of(relative: str, number: int) -> str:
    """Where the small picture lies of the drawing (from 1) that outbox/RELATIVE follows."""
    return f"{thumb_of(relative).removesuffix('.webp')}-{number}.webp"


def thumb_beside(small: str) -> str:
    """The small picture of the same one as `small`, which may be that of a drawing."""
    return f"{small.removesuffix('.webp').partition('-')[0]}.webp"


def look_of(picture: str, stamp: object) -> str:
    """Where the small picture of a character lies, whose look is `picture`, as it is now."""
    return f"{THUMBS}/cast/{key_of(f'{picture} {stamp}')}.webp"


def drawn_of(key: str) -> str:
    """Where a drawing lies that stands for the take with this key, if anybody drew one."""
    return f"{DRAWN}/{key_of(key)}.webp"


def group_of(relative: str) -> str:
    """The folder of the outbox whose page shows a picture as well; "" for one that lies in none."""
    first, slash, _ = relative.partition("/")
    return first if slash else ""


def thumbs(outbox: Path) -> Iterator[str]:
    """Every small picture of one in the outbox, or of a drawing that it follows, that lies there,
    as `thumb_of` and `strokes_of` have it."""
    for first in _names(outbox / THUMBS):
        if len(first) == _FAN:
            for name in _names(outbox / THUMBS / first):
                yield f"{THUMBS}/{first}/{name}"


def _names(folder: Path) -> list[str]:
    try:
        return os.listdir(folder)
    except OSError:
        return []


class Lying(NamedTuple):
    """A picture by its `path` below the outbox, and its entry in its folder."""

    path: str
    entry: os.DirEntry[str]


def listing(outbox: Path, folder: str) -> tuple[list[str], list[Lying]]:
    """The folders and the pictures in outbox/FOLDER ("" or a/b), hidden folders left out. Raises
    OSError."""
    above = f"{folder}/" if folder else ""
    folders, found = [], []
    with os.scandir(outbox / folder) as entries:
        for entry in entries:
            name = entry.name
            if name.startswith(".") or (name == LIVE_NAME and not above and _is_live(outbox)):
                continue
            if entry.is_dir(follow_symlinks=False):
                folders.append(above + name)
            elif name[-4:].lower() in PICTURES:
                found.append(Lying(above + name, entry))
    return folders, found


def pictures(outbox: Path) -> Iterator[tuple[str, int]]:
    """Every picture's path below the outbox and when it was last changed (`changed_at`); folders
    that can't be listed are passed over."""
    stack = [""]
    while stack:
        try:
            folders, found = listing(outbox, stack.pop())
        except OSError:
            continue
        stack += folders
        for path, entry in found:
            with contextlib.suppress(OSError):
                yield path, changed_at(entry.stat(follow_symlinks=False))


def changed_at(facts: os.stat_result) -> int:
    """When a picture was last changed, in Unix milliseconds: with its path what tells one picture
    from another that took its place."""
    return facts.st_mtime_ns // 1_000_000


def _is_live(outbox: Path) -> bool:
    return is_live_picture(outbox / LIVE_NAME)
