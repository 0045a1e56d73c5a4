"""The picture under way as a file, `outbox/now.png`: its name, and telling ours from a person's.

Pure but for one look at a file's beginning.
"""

from __future__ import annotations

import contextlib
from pathlib import Path

from daemon.fs.read import open_file

LIVE_NAME = "now.png"
LIVE_STEM = "now"
DRAFTS = ".live"
MARK_KEY, MARK = "Comment", "Hotfolder: a picture under way"
"""The PNG's first text, by which a file of ours is known."""
_BEGINNING = 256


def is_live_picture(file: Path) -> bool:
    """Whether `file` is a picture under way, and not somebody's picture of that name."""
    try:
        with open_file(file) as source:
            return MARK.encode() in source.read(_BEGINNING)
    except OSError:
        return False


def remove_live_picture(outbox: Path) -> None:
    """Take away the picture under way, if one lies there: nothing is made any more."""
    for file in (outbox / LIVE_NAME, draft_of(outbox / LIVE_NAME)):
        with contextlib.suppress(OSError):
            if is_live_picture(file) or file.parent.name == DRAFTS:
                file.unlink()


def draft_of(picture: Path) -> Path:
    """Where it lies until it is whole: on the same disk, hidden."""
    return picture.parent / DRAFTS / f"{picture.name}.part"
