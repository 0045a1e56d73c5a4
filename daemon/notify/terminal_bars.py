"""Progress bars on a terminal, made of rich: one while loading, one for each picture being made,
above a foot of one line that says how much there is.

Written to standard error, so that a redirected standard output stays clean. A listener: knows
events only, and runs in a thread of its own, since a terminal may stand still (Ctrl-S).
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import PurePath
from typing import TextIO

from rich.console import Console, RenderableType
from rich.markup import escape
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn
from rich.text import Text

from daemon.notify import events
from daemon.notify.log_lines import TOLD_LOADING, line
from daemon.notify.subscribers import Numbered
from daemon.protocol.outcome import Outcome
from daemon.text.printable import one_line

LONGEST = 400
"""Characters of a line above the bars."""

NARROW = 60
"""Columns below which a bar comes with numbers alone."""

REMEMBERED = 1000
"""Jobs whose prompts are kept for their bars."""

_AT_WORK = ("loading", "ready", "retiring")
"""States of a worker's slot in which it may be making pictures."""


class _Bars(Progress):
    """Bars with a line below them."""

    foot = ""

    def get_renderables(self) -> Iterable[RenderableType]:
        yield from super().get_renderables()
        if self.foot:
            yield Text(self.foot, style="dim", no_wrap=True, overflow="ellipsis")


class TerminalBars:
    """`take` is to be subscribed to the stream, `close` called at its end."""

    def __init__(self, terminal: TextIO, *, above: bool = True) -> None:
        """`above`: what is printed meanwhile goes above the bars, standard output too."""
        self._progress = _Bars(
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
        self._prompts: dict[int, str] = {}
        self._seconds: dict[tuple[int, int], str] = {}
        self._progress.start()

    @property
    def shown(self) -> list[str]:
        """What the bars on the terminal are called now."""
        return [task.description for task in self._progress.tasks]

    def foot(self, text: str) -> None:
        """The line below the bars from now on; may be called by any thread, and waits for none."""
        self._progress.foot = one_line(text, LONGEST)

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
                self._seconds[_key(event)] = _took(event)
            case events.PicturePublished():
                self._print(f"{_place(event)}  {self._seconds.pop(_key(event), '')}".rstrip())
            case events.JobFinished():
                self._ended(event)
            case events.JobDelayed():
                self._take_off([key for key in self._pictures if key[0] == event.subject.job])
                if numbered.is_for_people:
                    self._say(event)
            case events.JobClaimed():
                self._claimed(event)
            case events.WorkerSaid(level=events.INFO):
                pass  # its bars say so
            case events.DaemonStarted():
                self._print(f"ready: drop job files into {event.inbox}")
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

    def _claimed(self, event: events.JobClaimed) -> None:
        """Its bars will name its prompt."""
        self._prompts[event.subject.job] = event.prompt
        while len(self._prompts) > REMEMBERED:
            self._prompts.pop(next(iter(self._prompts)))

    def _ended(self, event: events.JobFinished) -> None:
        job = event.subject.job
        self._take_off([key for key in self._pictures if key[0] == job])
        self._seconds = {key: text for key, text in self._seconds.items() if key[0] != job}
        self._prompts.pop(job, None)
        if event.is_failure:
            letter = f" (see {event.kept}/{PurePath(event.letter).name})" if event.letter else ""
            name = f"#{job} {_folder(event)}{event.subject.name}"
            self._print(f"{name} {event.outcome}: {event.reason}{letter}", style="red")
        elif event.outcome is not Outcome.DONE:
            self._print(line(event))

    def _add(self, event: events.PictureEvent, steps: int) -> None:
        label = one_line(self._label(event), max(12, self._progress.console.width // 2))
        self._pictures[_key(event)] = self._progress.add_task(
            escape(label), total=steps, note=self._note(0, steps)
        )

    def _label(self, event: events.PictureEvent) -> str:
        """Folder, file and prompt; which picture, where there are several."""
        number = f" {event.picture}/{event.count}" if event.count > 1 else ""
        prompt = self._prompts.get(event.subject.job, "")
        name = one_line(event.subject.name, 60)
        return f"#{event.subject.job} {_folder(event)}{name}{number}  {prompt}".rstrip()

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
        is_bad = event.level == events.WARNING
        mark = "warning: " if is_bad else ""
        self._print(mark + line(event), style="yellow" if is_bad else "")

    def _print(self, text: str, style: str = "") -> None:
        self._progress.console.print(Text(one_line(text, LONGEST), style), highlight=False)


def _key(event: events.PictureEvent) -> tuple[int, int]:
    return event.subject.job, event.picture


def _folder(event: events.JobEvent) -> str:
    return f"{one_line(event.subject.project, 60)}/" if event.subject.project else ""


def _place(event: events.PicturePublished) -> str:
    """A picture's file as it lies below the outbox."""
    pictures = event.subject.pictures
    name = PurePath(pictures[0]).name if pictures else event.subject.name
    inner = PurePath(pictures[0]).parent.name if pictures and event.count > 1 else ""
    return f"#{event.subject.job} {_folder(event)}{f'{inner}/' if inner else ''}{name}"


def _took(event: events.PictureRendered) -> str:
    """How long a picture was in the making."""
    told = event.timings
    total, load, step = (
        float(each) if isinstance(each := told.get(key), int | float) else 0.0
        for key in ("total", "load", "seconds_per_step")
    )
    after = f", after {load:.1f} s of waiting for the model" if load >= TOLD_LOADING else ""
    return f"{total - load:.1f} s ({step:.2f} s per step){after}"
