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

NARROW = 60
"""Columns below which a bar comes with numbers alone."""

_AT_WORK = ("loading", "ready", "retiring")
"""States of a worker's slot in which it may be making pictures."""


class TerminalBars:
    """`take` is to be subscribed to the stream, `close` called at its end."""

    def __init__(self, terminal: TextIO, *, above: bool = True) -> None:
        """`above`: what is printed meanwhile goes above the bars, standard output too."""
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=None),
            TextColumn("{task.fields[note]}"),
            TimeRemainingColumn(compact=True),
            console=Console(file=terminal),
            expand=True,
            redirect_stdout=above,
            refresh_per_second=12,
        )
        self._load: TaskID | None = None
        self._pictures: dict[tuple[int, int], TaskID] = {}
        self._progress.start()

    @property
    def shown(self) -> list[str]:
        """What the bars on the terminal are called now."""
        return [task.description for task in self._progress.tasks]

    def take(self, numbered: Numbered) -> None:
        """Show what this event changes: a bar, or a line above the bars."""
        event = numbered.event
        match event:
            case events.WorkerLoading(component=str() as component):
                self._loading(component, event.index, event.total)
            case events.WorkerReady():
                self._loaded()
                self._say(event)
            case events.WorkerStateChanged(state=str() as state) if state not in _AT_WORK:
                self._loaded()
                self._take_off(list(self._pictures))
            case events.PictureStarted():
                self._started(event)
            case events.StepDone():
                self._step(event)
            case events.PictureRendered():
                self._take_off([_key(event)])
                self._print(line(event))
            case events.JobFinished():
                self._take_off([key for key in self._pictures if key[0] == event.subject.job])
                if event.outcome is not Outcome.DONE:
                    self._print(line(event))
            case events.JobDelayed():
                self._take_off([key for key in self._pictures if key[0] == event.subject.job])
                if numbered.is_for_people:
                    self._say(event)
            case events.JobClaimed() | events.WorkerSaid(level=events.INFO):
                pass  # its bars say so
            case _ if numbered.is_for_people:
                self._say(event)

    def close(self) -> None:
        """Take the bars off the terminal."""
        self._loaded()
        self._take_off(list(self._pictures))
        self._progress.stop()

    def _loading(self, component: str, index: int, total: int) -> None:
        if self._load is None:
            self._load = self._progress.add_task("loading the model", total=total, note="")
        self._progress.update(
            self._load, completed=index - 1, total=total, note=escape(one_line(component))
        )

    def _loaded(self) -> None:
        if self._load is not None:
            self._progress.remove_task(self._load)
            self._load = None

    def _started(self, event: events.PictureStarted) -> None:
        self._take_off([_key(event)])  # it may be made for a second time
        self._add(event, event.steps)

    def _step(self, event: events.StepDone) -> None:
        if _key(event) not in self._pictures:
            self._add(event, event.steps)
        note = self._note(event.step, event.steps)
        if not self._is_narrow:
            note += f"  {event.seconds:.2f} s/step"
        self._progress.update(
            self._pictures[_key(event)], completed=event.step, total=event.steps, note=note
        )

    def _add(self, event: events.PictureEvent, steps: int) -> None:
        label = one_line(picture_label(event), max(12, self._progress.console.width // 2))
        self._pictures[_key(event)] = self._progress.add_task(
            escape(label), total=steps, note=self._note(0, steps)
        )

    def _note(self, step: int, steps: int) -> str:
        return f"{step}/{steps}" if self._is_narrow else f"step {step}/{steps}"

    @property
    def _is_narrow(self) -> bool:
        return self._progress.console.width < NARROW

    def _take_off(self, keys: list[tuple[int, int]]) -> None:
        """What is no longer being made has no bar, however it ended."""
        for key in keys:
            task = self._pictures.pop(key, None)
            if task is not None:
                self._progress.remove_task(task)

    def _say(self, event: events.Event) -> None:
        mark = "warning: " if event.level == events.WARNING else ""
        self._print(mark + line(event))

    def _print(self, text: str) -> None:
        self._progress.console.print(escape(one_line(text, LONGEST)), highlight=False)


def _key(event: events.PictureEvent) -> tuple[int, int]:
    return event.subject.job, event.picture
