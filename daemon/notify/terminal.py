"""Standard error as a listener: a line per event, for `hotfolder run` without bars.

Written past Python's own buffers, whose lock a standing terminal (Ctrl-S, a full pipe) would hold
until the process ends. Runs in a thread of its own.
"""

from __future__ import annotations

import io
import os
import sys
from typing import TextIO

from daemon.notify.events import DEBUG, Event
from daemon.notify.log_files import for_people
from daemon.notify.subscribers import Numbered


def terminal_is_there() -> bool:
    """Whether there is a standard error to write to."""
    return sys.stderr is not None


def terminal_is_a_screen() -> bool:
    """Whether somebody looks at it who can be shown bars."""
    return sys.stderr.isatty()


def open_terminal() -> TextIO:
    """Standard error without a buffer of Python's; names it can't say are written as escapes."""
    raw = io.FileIO(os.dup(sys.stderr.fileno()), "w")
    encoding = sys.stderr.encoding or "utf-8"
    return io.TextIOWrapper(raw, encoding, "backslashreplace", write_through=True)


def is_for_the_terminal(event: Event) -> bool:
    """What only programs care for wakes nobody."""
    return event.level != DEBUG


class TerminalLines:
    """Writes the line for people of every event, several at once where they come at once."""

    def __init__(self, terminal: TextIO) -> None:
        self._terminal = terminal
        self._lines: list[str] = []

    def take(self, numbered: Numbered) -> None:
        """One event, of which a line is written at the next `rest`."""
        if numbered.is_for_people:
            self._lines.append(f"{for_people(numbered)}\n")

    def rest(self) -> None:
        """Nothing more has come: write what has."""
        lines, self._lines = self._lines, []
        if lines:
            self._terminal.write("".join(lines))
