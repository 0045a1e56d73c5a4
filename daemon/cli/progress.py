"""What `submit --wait` shows meanwhile, on standard error: bars on a terminal, else a few lines.

Takes events as they stand in the stream. No line a step, so that a script's log stays short.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Mapping
from dataclasses import fields
from typing import TYPE_CHECKING

from daemon.cli.printing import say_aside
from daemon.notify import events
from daemon.notify.subscribers import Numbered
from daemon.notify.terminal import open_terminal, terminal_is_a_screen, terminal_is_there

if TYPE_CHECKING:
    from daemon.notify.terminal_bars import TerminalBars

_SHOWN: dict[str, type[events.Event]] = {
    kind.WORD: kind
    for kind in (
        events.JobClaimed,
        events.PictureStarted,
        events.StepDone,
        events.PictureRendered,
        events.PicturePublished,
        events.WorkerLoading,
        events.WorkerReady,
    )
}
"""Events that bars are made of."""

_QUIET = ("step", "seen", "published")
"""Events that need no line of their own."""


class Progress:
    """Shows events; to be closed at the end of a `with`."""

    def __init__(self) -> None:
        self._bars: TerminalBars | None = None
        self._said = ""
        if terminal_is_there() and terminal_is_a_screen():
            from daemon.notify.terminal_bars import TerminalBars

            # A standard output that goes elsewhere is for the pictures' paths alone.
            self._bars = TerminalBars(open_terminal(), above=os.isatty(1))

    @property
    def has_bars(self) -> bool:
        """Whether somebody looks at a terminal."""
        return self._bars is not None

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, *_: object) -> None:
        if self._bars is not None:
            self._bars.close()
            self._bars = None

    def show(self, event: Mapping[str, object]) -> None:
        """What happens to one of our files."""
        if self._bars is not None and event.get("event") in (*_SHOWN, "done"):
            self._show_bar(event)
        elif event.get("event") not in _QUIET:
            self.say(str(event.get("message", "")))

    def show_worker(self, event: Mapping[str, object]) -> None:
        """What happens to the worker, as far as one waits for it: its loading, on a terminal."""
        if self._bars is not None and event.get("event") in ("loading", "ready"):
            self._show_bar(event)

    def say(self, text: str) -> None:
        """A line; the same is said once."""
        if text != self._said:
            say_aside(text)
            self._said = text

    def _show_bar(self, event: Mapping[str, object]) -> None:
        kind = _SHOWN.get(str(event.get("event")))
        if kind is None or self._bars is None:
            return
        with contextlib.suppress(TypeError, ValueError, KeyError):  # of another version
            subject = {name: event.get(name) for name in _names(events.Subject)}
            facts = {name: event[name] for name in _names(kind) if name in event}
            if "subject" in _names(kind):
                facts["subject"] = events.Subject(**subject)  # type: ignore[arg-type]
            self._bars.take(Numbered(0, 0.0, kind(**facts)))


def _names(kind: type[events.Event | events.Subject]) -> list[str]:
    return [field.name for field in fields(kind)]
