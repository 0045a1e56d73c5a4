"""Where the page's files lie below the outbox, and which of the outbox's files are pictures.

Names only, and one walk over the outbox.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

from daemon.fs.live_picture import LIVE_NAME, is_live_picture

PAGE = "index.html"
HIDDEN = ".page"
HIDDEN_ALL = f"{HIDDEN}/all"
HIDDEN_FOLDERS = f"{HIDDEN}/folders"
REBUILD = f"{HIDDEN}/rebuild"
"""Its being there asks whoever keeps the page to make it anew."""
FOLDERS = f"{HIDDEN}/folders.js"
LIVE = f"{HIDDEN}/live.js"
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
    """Every small picture of one in the outbox that lies there, as `thumb_of` has it."""
    for first in _names(outbox / THUMBS):
        if len(first) == _FAN:
            for name in _names(outbox / THUMBS / first):
                yield f"{THUMBS}/{first}/{name}"


def _names(folder: Path) -> list[str]:
    try:
        return os.listdir(folder)
    except OSError:
        return []


def pictures(outbox: Path) -> Iterator[tuple[str, float]]:
    """Every picture's path below the outbox and when it was last changed (Unix seconds); hidden
    folders, and those that can't be listed, are passed over."""
    stack = [""]
    while stack:
        above = stack.pop()
        try:
            entries = list(os.scandir(outbox / above))
        except OSError:
            continue
        for entry in entries:
            name = entry.name
            if name.startswith(".") or (name == LIVE_NAME and not above and _is_live(outbox)):
                continue
            if entry.is_dir(follow_symlinks=False):
                stack.append(f"{above}{name}/")
            elif name[-4:].lower() in PICTURES:
                try:
                    changed = entry.stat(follow_symlinks=False).st_mtime
                except OSError:
                    continue
                yield above + name, changed


def _is_live(outbox: Path) -> bool:
    return is_live_picture(outbox / LIVE_NAME)
