"""The letter beside a board that can't be read: put there, renewed, and taken away when mended.

Only a letter that we wrote is ever removed.
"""

from __future__ import annotations

import contextlib
from pathlib import Path

from daemon.errors import JobError
from daemon.fs import atomic
from daemon.fs.read import read_regular
from daemon.root.layout import WHY_SUFFIX
from daemon.text.failure_letter import explain

SAVE_AGAIN = "The pictures that were made before stay. Save the board again once it is mended.\n"


def put_letter(file: Path, error: JobError, source: bytes | None) -> bool:
    """Say beside `file` what is wrong with it; True if the letter says something new. Raises
    OSError."""
    text = explain(error, file=file.name, source=source, dropped=False).rstrip("\n")
    data = f"{text}\n\n{SAVE_AGAIN}".encode()
    letter = letter_of(file)
    if _content(letter) == data:
        return False
    atomic.replace(letter, data)
    return True


def remove_letter(file: Path) -> bool:
    """Take the letter away, if it is ours; True if there was one. Raises OSError."""
    letter = letter_of(file)
    if SAVE_AGAIN.encode() not in (_content(letter) or b""):
        return False
    letter.unlink()
    return True


def letter_of(file: Path) -> Path:
    return file.with_name(file.name + WHY_SUFFIX)


def _content(file: Path) -> bytes | None:
    with contextlib.suppress(OSError):
        return read_regular(file)
    return None
