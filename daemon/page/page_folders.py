"""The folder of the outbox in which a page lies that comes before its first picture.

Makes it and takes it away, and writes down which ones it made: what a person made or put there
stays.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterable
from pathlib import Path

from daemon.fs import atomic
from daemon.fs.read import read_file
from daemon.page.data_files import make_below
from daemon.page.places import HIDDEN, MADE
from daemon.root.our_page import PAGE, is_our_page


def made_folders(outbox: Path) -> list[str]:
    """Those that were made here and are there still; one that was taken away is ours no more."""
    noted = _noted(outbox)
    there = [each for each in noted if (outbox / each).is_dir()]
    if there != noted:
        with contextlib.suppress(OSError):
            _note(outbox, there)
    return there


def make_folder(outbox: Path, name: str) -> bool:
    """Make a folder right below the outbox, which itself never is; whether it was not there."""
    if (outbox / name).is_dir():
        return False
    with contextlib.suppress(OSError):
        made = made_folders(outbox)
        (outbox / name).mkdir()
        _note(outbox, [*made, name])
        return True
    return False


def drop_page(outbox: Path, name: str) -> None:
    """Take our page away from a folder, and the folder if we made it and nothing else is in it."""
    page = outbox / name / PAGE
    with contextlib.suppress(OSError):
        if is_our_page(page):
            page.unlink()
        if name in _noted(outbox):
            page.parent.rmdir()


def _noted(outbox: Path) -> list[str]:
    with contextlib.suppress(OSError, ValueError, RecursionError):
        found = json.loads(read_file(outbox / MADE))
        return [each for each in found if _is_name(each)] if isinstance(found, list) else []
    return []


def _is_name(value: object) -> bool:
    return isinstance(value, str) and value not in ("", ".", "..") and Path(value).name == value


def _note(outbox: Path, names: Iterable[str]) -> None:
    make_below(outbox, outbox / HIDDEN)
    text = json.dumps(list(names)).encode("ascii")
    atomic.replace(outbox / MADE, text, sync=False)
