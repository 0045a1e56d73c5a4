"""Progress bars on a terminal, made of rich: one while loading, one for the picture being rendered.

Written to standard error, so that a redirected standard output stays clean. Knows only labels and
numbers.
"""

from __future__ import annotations

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn


class TerminalBars:
    """See `daemon.notify.log_lines.Bars`."""

    def __init__(self, console: Console | None = None) -> None:
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=None),
            TextColumn("{task.fields[note]}"),
            TimeRemainingColumn(compact=True),
            console=console or Console(stderr=True),
            expand=True,
            refresh_per_second=12,
        )
        self._load: TaskID | None = None
        self._pictures: dict[str, TaskID] = {}
        self._progress.start()

    def loading(self, component: str, index: int, total: int) -> None:
        if self._load is None:
            self._load = self._progress.add_task("loading the model", total=total, note="")
        self._progress.update(self._load, completed=index - 1, total=total, note=escape(component))

    def loaded(self) -> None:
        if self._load is not None:
            self._progress.remove_task(self._load)
            self._load = None

    def started(self, label: str, steps: int) -> None:
        if label not in self._pictures:
            self._pictures[label] = self._progress.add_task(
                escape(label), total=steps, note=f"step 0/{steps}"
            )

    def step(self, label: str, step: int, steps: int, seconds: float) -> None:
        if label in self._pictures:
            note = f"step {step}/{steps}  {seconds:.2f} s/step"
            self._progress.update(self._pictures[label], completed=step, total=steps, note=note)

    def finished(self, label: str, line: str) -> None:
        task = self._pictures.pop(label, None)
        if task is not None:
            self._progress.remove_task(task)
        self._progress.console.print(escape(line), highlight=False, soft_wrap=True)

    def say(self, line: str) -> None:
        self._progress.console.print(escape(line), highlight=False, soft_wrap=True)

    def close(self) -> None:
        self._progress.stop()
