"""The folder of the outbox in which a page lies that comes before its first picture.

Makes it and takes it away; what a person put there stays.
"""

from __future__ import annotations

import contextlib
from pathlib import Path

from daemon.root.our_page import PAGE, is_our_page


def have_folder(folder: Path, *, made: bool) -> bool:
    """Whether a folder right below the outbox is there; `made` if it is not. The outbox itself
    never is."""
    if made and not folder.is_dir():
        with contextlib.suppress(OSError):
            folder.mkdir()
    return folder.is_dir()


def drop_page(folder: Path) -> None:
    """Take our page away from a folder, and the folder if nothing else is in it."""
    with contextlib.suppress(OSError):
        if is_our_page(folder / PAGE):
            (folder / PAGE).unlink()
            folder.rmdir()
