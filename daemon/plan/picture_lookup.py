"""Where the pictures lie that jobs name: beside the job, in the inbox, in the library folders.

Looks at names only; nothing is opened. What is kept of a picture, `picture_store` knows.
"""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Sequence
from pathlib import Path

from daemon.errors import JobError, NotYetError
from daemon.text.printable import one_line

_URL = re.compile(r"[a-z][a-z0-9+.-]*://|(?:https?|ftp|file|data|smb):", re.IGNORECASE)


def locate(image: str, *, folder: Path, roots: Sequence[Path], what: str = "picture") -> Path:
    """Where the picture (or other file, as `what` calls it) lies that a job in `folder` calls
    `image`: relative to that folder, then to each of `roots`. Raises NotYetError when it isn't
    there (yet), JobError when it may not be used at all."""
    _refuse(image, what)
    allowed = [Path(os.path.realpath(root)) for root in (folder, *roots)]
    for start in (folder, *roots):
        path = as_spelt(start, image)
        if path is None:
            continue
        real = Path(os.path.realpath(path))
        if not any(real.is_relative_to(root) for root in allowed):
            raise _outside(image, what)
        if os.path.exists(real):  # noqa: PTH110 - Path.exists raises where we may not look
            return real
    raise NotYetError(
        f"The {what} {one_line(image, 120)} is not there.",
        why="It was looked for beside the job file and in the library folders.",
        remedy="Put it beside the job file, or correct its name.",
    )


def as_spelt(start: Path, image: str) -> Path | None:
    """The path of `image` below `start` as the disk spells it: an é may be one sign or two."""
    path = start / image
    if os.path.lexists(path):
        return path
    if image.isascii():
        return None
    path = start
    for part in Path(image).parts:
        if not os.path.lexists(path / part):
            wanted = unicodedata.normalize("NFC", part)
            try:
                names = [
                    name
                    for name in os.listdir(path)
                    if unicodedata.normalize("NFC", name) == wanted
                ]
            except OSError:
                return None
            if len(names) != 1:
                return None
            part = names[0]
        path = path / part
    return path


def _refuse(image: str, what: str) -> None:
    if "\0" in image or not image.strip():
        raise JobError(
            f"The name of the {what} is not a file name.",
            remedy="Write the name of a file that lies beside the job file, such as 010.png.",
        )
    if _URL.match(image) or image.startswith("//"):
        raise JobError(
            f"The {what} {one_line(image, 120)} is an address, not a file.",
            why="Nothing is fetched from the network for a job.",
            remedy=f"Save the {what} beside the job file, and write its file name.",
        )
    path = Path(image)
    if path.is_absolute() or ".." in path.parts or image.startswith("~"):
        raise _outside(image, what)


def _outside(image: str, what: str) -> JobError:
    return JobError(
        f"The {what} {one_line(image, 120)} lies outside the folders a job may use.",
        why="Such files are taken from the job file's own folder and the library folders only.",
        remedy="Copy it beside the job file, or add its folder to `library` in hotfolder.yaml.",
    )
