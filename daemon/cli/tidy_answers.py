"""What `tidy` asks before anything is moved, and what it says afterwards."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from daemon.cli.printing import ask, say, say_aside, say_json
from daemon.errors import ExitCode, SetupError
from daemon.text.counted import counted
from daemon.tidy.trash import Moved


def size_said(size: int) -> str:
    """A number of bytes as people say it, in units of a thousand."""
    number, units = float(size), ["B", "kB", "MB", "GB", "TB"]
    while number >= 999.5 and len(units) > 1:
        number, units = number / 1000, units[1:]
    is_small = number < 9.95 and units[0] != "B"
    return f"{number:.1f} {units[0]}" if is_small else f"{number:.0f} {units[0]}"


def files_said(number: int) -> str:
    """`3 files`, `1 file`."""
    return counted(number, "file")


def may(arguments: argparse.Namespace, lines: Sequence[str]) -> bool:
    """Whether it is wanted: said beforehand, or answered now."""
    if arguments.yes:
        return True
    say_aside(*lines)
    return bool(sys.stdin and sys.stdin.isatty()) and ask("Move them? [y/N] ") in ("y", "yes")


def refused() -> int:
    """Say that nothing was moved, and why: 2 where there was nobody to ask."""
    if sys.stdin and sys.stdin.isatty():
        say_aside("Nothing was moved.")
        return ExitCode.OK
    say_aside("Nothing was moved: there is no terminal to ask at. `--yes` says it beforehand.")
    return ExitCode.USAGE


def answer(arguments: argparse.Namespace, moved: Moved, told: str, made: Path | None = None) -> int:
    """Say what became of it. Raises SetupError for what the Trash did not take."""
    if arguments.json:
        said = {
            "archive": str(made) if made else None,
            "moved": [str(path) for path in moved.gone],
            "left": [{"file": str(path), "why": why} for path, why in moved.left],
        }
        say_json(said)
    else:
        say(
            *([str(made)] if made else ()),
            told or f"{files_said(len(moved.gone))} put into the Trash",
        )
    if moved.left:
        path, why = moved.left[0]
        raise SetupError(
            f"{files_said(len(moved.left))} stay where they are, {path} first: {why}.",
            remedy="The Trash of this disk can't be used, perhaps; move them by hand.",
        )
    return ExitCode.OK
