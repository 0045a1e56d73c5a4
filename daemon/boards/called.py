"""What a board is called, as far as its place and a look at its text can say.

Reads no board: the supervisor asks here, which never imports what reads them.
"""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path

from daemon.boards.belongings import text_of
from daemon.boards.folder import Place

_NAMED = re.compile(r"""^[ {]*["']?name["']?[ \t]*:[ \t]*([^#\r\n]{1,300})""", re.MULTILINE)

_PLAIN = re.compile(
    r"""^name *: +(["']?)\w[\w .-]{0,200}\1[ \t]*(?: #[^\n]*)?\r?$(?!\s*\n[ \t]+\S)""", re.MULTILINE
)
"""A name that can be nothing else: at the top, of signs that mean themselves, and in one line."""

MOST_READ = 20_000
"""Bytes of a board that was not read, or has a mistake, that are searched for its name."""

USUAL_STEM = "board"
"""Of a board's file name: such a one is called as its folder is."""


def board_name(file: Path) -> str:
    """What a board is called that lies there and does not say."""
    return file.absolute().parent.name if file.stem.casefold() == USUAL_STEM else file.stem


def perhaps_called(place: Place) -> set[str]:
    """All that a board which can't be read may be called."""
    found = {place.folder.name}
    if place.file is not None:
        found.add(board_name(place.file))
        found.update(
            said.strip(" \"',") for said in _NAMED.findall(text_of(place.file, limit=MOST_READ))
        )
    return found


def hides_its_name(place: Place) -> bool:
    """Whether a board that was not read may have a name that `perhaps_called` doesn't find: one
    line of JSON, an escaped sign, a name far down. In doubt it may."""
    if place.file is None:
        return False
    with suppress(OSError):
        if place.file.lstat().st_size > MOST_READ:
            return True
    rest = _PLAIN.sub("", text_of(place.file, limit=MOST_READ))
    return "name" in rest or "\\" in rest
