"""Progress bars on a terminal, made of rich: one while loading, one for each picture being made.

Written to standard error, so that a redirected standard output stays clean. A listener: knows
events only, and runs in a thread of its own, since a terminal may stand still (Ctrl-S).
"""

from __future__ import annotations

from typing import TextIO

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from daemon.notify import events
from daemon.notify.log_lines import line, picture_label
from daemon.notify.subscribers import Numbered
from daemon.protocol.outcome import Outcome
from daemon.text.printable import one_line

LONGEST = 400
"""Characters of a line above the bars."""


class TerminalBars:
    """`take` is to be subscribed to the stream, `close` called at its end."""

    def __init__(self, terminal: TextIO) -> None:
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=None),
            TextColumn("{task.fields[note]}"),
            TimeRemainingColumn(compact=True),
            console=Console(file=terminal),
            expand=True,
            refresh_per_second=12,
        )
        self._load: TaskID | None = None
        self._pictures: dict[str, TaskID] = {}
        self._progress.start()

    def take(self, numbered: Numbered) -> None:
        """Show what this event changes: a bar, or a line above the bars."""
        event = numbered.event
        match event:
            case events.WorkerLoading(component=str() as component):
                self._loading(component, event.index, event.total)
            case events.WorkerReady():
                self._loaded()
                self._say(event)
            case events.PictureStarted():
                self._started(picture_label(event), event.steps)
            case events.StepDone():
                self._step(picture_label(event), event)
            case events.PictureRendered():
                self._finished(picture_label(event))
                self._print(line(event))
            case events.JobClaimed() | events.JobFinished(outcome=Outcome.DONE):
                pass  # its bars say so
            case events.WorkerSaid(level=events.INFO):
                pass
            case events.JobFinished():
                self._print(line(event))
            case _ if event.level != events.DEBUG:
                self._say(event)

    def close(self) -> None:
        """Take the bars off the terminal."""
        self._progress.stop()

    def _loading(self, component: str, index: int, total: int) -> None:
        if self._load is None:
            self._load = self._progress.add_task("loading the model", total=total, note="")
        self._progress.update(self._load, completed=index - 1, total=total, note=escape(component))

    def _loaded(self) -> None:
        if self._load is not None:
            self._progress.remove_task(self._load)
            self._load = None

    def _started(self, label: str, steps: int) -> None:
        if label not in self._pictures:
            self._pictures[label] = self._progress.add_task(
                escape(label), total=steps, note=f"step 0/{steps}"
            )

    def _step(self, label: str, event: events.StepDone) -> None:
        if label in self._pictures:
            note = f"step {event.step}/{event.steps}  {event.seconds:.2f} s/step"
            self._progress.update(
                self._pictures[label], completed=event.step, total=event.steps, note=note
            )

    def _finished(self, label: str) -> None:
        task = self._pictures.pop(label, None)
        if task is not None:
            self._progress.remove_task(task)

    def _say(self, event: events.Event) -> None:
        mark = "warning: " if event.level == events.WARNING else ""
        self._print(mark + line(event))

    def _print(self, text: str) -> None:
        self._progress.console.print(
            escape(one_line(text, LONGEST)), highlight=False, soft_wrap=True
        )
