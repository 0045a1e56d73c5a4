"""`hotfolder page`: make the page of all pictures anew, and say where it is."""

from __future__ import annotations

import argparse
import contextlib
import time
from pathlib import Path

from daemon.cli.printing import say, say_aside
from daemon.cli.wake import existing_root
from daemon.errors import ExitCode, SetupError
from daemon.fs.read import read_file
from daemon.page.places import REBUILD
from daemon.root.our_page import PAGE

LOOK = 0.1


def _refusal(asked: Path) -> str:
    """Why the daemon's own process could not do what was `asked`; taken away once it is heard."""
    with contextlib.suppress(FileNotFoundError):
        if why := read_file(asked).decode("utf-8", "replace"):
            asked.unlink()
            return why.rstrip(".")
    return ""


def page(arguments: argparse.Namespace) -> int:
    """Read every picture's record again, write the pages, print the address of the first."""
    from daemon.page.follow import make_anew
    from daemon.page.lock import held

    layout = existing_root(arguments)
    try:
        say_aside("reading the records …")
        with held(layout.outbox, wait=False) as ours:
            if ours:
                make_anew(layout)
            else:
                (layout.outbox / REBUILD).touch()
        while (
            not ours and (layout.outbox / REBUILD).exists()
        ):  # the daemon's own page process does it
            time.sleep(LOOK)
            if why := _refusal(layout.outbox / REBUILD):
                raise SetupError(
                    f"The page can't be written: {why}.",
                    remedy=f"Look at the folder {layout.outbox}.",
                )
            with held(layout.outbox, wait=False) as ours:
                if ours:
                    make_anew(layout)
    except OSError as error:
        raise SetupError(
            f"The page can't be written: {error.strerror or error}.",
            remedy=f"Look at the folder {layout.outbox}.",
        ) from error
    say((layout.outbox / PAGE).as_uri())
    return ExitCode.OK
