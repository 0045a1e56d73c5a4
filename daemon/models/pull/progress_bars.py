"""Progress bars for a pull: one for everything, one for the file under way; plain lines when the
output is not a terminal.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator

from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)

from daemon.models.pull.progress import Arrival
from daemon.text.printable import printable


@contextlib.contextmanager
def bars(console: Console | None = None) -> Iterator[Callable[[Arrival], None]]:
    """What to hand to `pull` as its progress."""
    console = console or Console(stderr=True)
    if not console.is_terminal:
        yield _Lines(console)
        return
    columns = (
        TextColumn("{task.description}", justify="left"),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console) as progress:
        yield _Bars(progress)


class _Bars:
    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._all: TaskID | None = None
        self._one: TaskID | None = None
        self._file = ""

    def __call__(self, arrival: Arrival) -> None:
        if self._all is None:
            self._all = self._progress.add_task("all files", total=arrival.size)
        if self._file != arrival.file:
            if self._one is not None:
                self._progress.remove_task(self._one)
            self._file = arrival.file
            self._one = self._progress.add_task(_named(arrival), total=arrival.file_size)
        assert self._one is not None
        self._progress.update(self._one, completed=arrival.file_done)
        self._progress.update(self._all, completed=arrival.done)


class _Lines:
    """A line per finished file: fit for a log."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._said = ""

    def __call__(self, arrival: Arrival) -> None:
        if arrival.file_done >= arrival.file_size and self._said != arrival.file:
            self._said = arrival.file
            share = 100 * arrival.done // max(arrival.size, 1)
            text = f"{share:3d} %  {_named(arrival)}"
            self._console.print(text, highlight=False, soft_wrap=True)


def _named(arrival: Arrival) -> str:
    """The file's name, which the hub has chosen: safe to print, and no markup of rich's."""
    return escape(printable(arrival.file))
