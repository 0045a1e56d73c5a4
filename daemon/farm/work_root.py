"""A root of our own for the time of one render: made, and taken away with all that is in it.

What a killed render has left of one is taken away by the next.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from daemon.errors import SetupError, UsageError
from daemon.root.create import prepare
from daemon.root.layout import CAST, Layout
from daemon.root.lock import RootLock, is_held
from daemon.settings import NO_DEVICE, Settings

PREFIX = "hotfolder-render-"

YOUNG = 60.0
"""Seconds after its making in which a root without a holder may still be about to be held."""


@contextlib.contextmanager
def work_root(below: Path | None, home: Layout) -> Iterator[tuple[Layout, RootLock]]:
    """A new root in the folder `below` (where temporary files lie, if None), its lock taken; it
    knows the characters of `home`. Raises UsageError, SetupError."""
    parent = _parent(below)
    _sweep(parent)
    try:
        place = Path(tempfile.mkdtemp(prefix=PREFIX, dir=parent)).resolve()
    except OSError as error:  # a full disk
        raise SetupError(f"{parent}: {error.strerror or error}.") from error
    layout, lock = Layout(place), RootLock(Layout(place).lock_file)
    try:
        if home.cast.is_dir():
            (place / CAST).symlink_to(home.cast.resolve())
        prepare(layout)
        lock.take()
        yield layout, lock
    finally:
        lock.release()
        shutil.rmtree(place, ignore_errors=True)


def work_settings(settings: Settings, home: Path, inbox: Path) -> Settings:
    """The settings of somebody's root, whose relative folders mean those of `home`, for a root of
    ours: nobody looks at it, and pictures may be named as in `inbox`."""
    library = tuple(str(home / each) for each in settings.library)
    return replace(
        settings,
        models=tuple(str(home / each) for each in settings.models),
        library=(*library, str(inbox)) if inbox.is_dir() else library,
        cluster="",  # its places belong to one daemon at a time, and that is not us
        devices=() if settings.devices == (NO_DEVICE,) else settings.devices,
        page=False,
        live=False,
        notify=False,
        webhooks=(),
        apprise=(),
        metrics="",
        later="",
        idle_timeout=0.0,
        preload=True,
    )


def _parent(below: Path | None) -> Path:
    parent = below or Path(tempfile.gettempdir())
    try:
        parent.mkdir(parents=True, exist_ok=True)
        state = Layout(parent).state
        parent = state if Layout(parent).id_file.is_file() else parent
        if not os.access(parent, os.W_OK | os.X_OK):
            raise PermissionError(13, "no right to write there", str(parent))
    except OSError as error:
        raise UsageError(f"--root {parent}: {error.strerror or error}.") from error
    return parent


def _sweep(parent: Path) -> None:
    """Roots of renders that were killed."""
    with contextlib.suppress(OSError):
        for name in os.listdir(parent):
            place = parent / name
            lock = Layout(place).lock_file
            if not name.startswith(PREFIX) or place.is_symlink():
                continue
            with contextlib.suppress(OSError):
                facts = lock.stat()
                is_ours = facts.st_uid == os.geteuid()
                if is_ours and time.time() - facts.st_mtime > YOUNG and not is_held(lock):
                    shutil.rmtree(place, ignore_errors=True)
