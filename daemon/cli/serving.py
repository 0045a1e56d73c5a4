"""What `hotfolder run` does once its root is its own: open the logs, start the supervisor.

Imported last, while a worker that is wanted at once imports too.
"""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Callable, Iterator
from types import FrameType

from daemon.listeners.build import Listeners
from daemon.listeners.live_picture import LivePictureSweeper
from daemon.listeners.service_manager import ServiceManager
from daemon.notify.events import Warned
from daemon.notify.held_events import HeldEvents
from daemon.notify.library_words import heard
from daemon.notify.log_files import LogFiles
from daemon.notify.stream import UNSEEN, EventStream
from daemon.notify.stream_files import Numbering
from daemon.notify.subscribers import one_of
from daemon.notify.terminal import (
    TerminalLines,
    is_for_the_terminal,
    open_terminal,
    terminal_is_a_screen,
    terminal_is_there,
)
from daemon.page.process import PageProcess
from daemon.root.layout import Layout
from daemon.root.lock import RootLock
from daemon.root.permissions import exposures
from daemon.root.status_file import Snapshot
from daemon.root.status_words import footer
from daemon.settings import Settings
from daemon.supervisor.build import build
from daemon.supervisor.loop import Supervisor
from daemon.supervisor.options import Options

Beat = Callable[[Snapshot], None]


def serve(
    layout: Layout,
    settings: Settings,
    options: Options,
    lock: RootLock,
    told: list[str],
    manager: ServiceManager,
    *,
    plain: bool,
) -> int:
    """Until told to leave; the exit code of `Supervisor.run`. `told` is what had to be put right
    before; with `plain` a terminal is shown lines alone."""
    with _stream(layout, settings, service=options.service, plain=plain) as (stream, foot):
        for warning in (*told, *exposures(layout)):
            stream.emit(Warned(warning))
        listeners = Listeners(layout, settings, stream, manager)
        listeners.also(foot)
        ailing, beat = stream.check, listeners.beat
        held = HeldEvents(stream.emit, stream.rest)
        supervisor = build(layout, settings, held, options, ailing, lock, beat)
        _catch_signals(supervisor, listeners)
        try:
            return supervisor.run()
        finally:
            stream.close()
            listeners.close()


@contextlib.contextmanager
def _stream(
    layout: Layout, settings: Settings, *, service: bool, plain: bool
) -> Iterator[tuple[EventStream, Beat]]:
    """The stream of events with all who listen: the log files, and a terminal if there is one,
    whose foot is told every status."""
    numbering = Numbering(layout)
    stream = EventStream(numbering.next)
    files = LogFiles(layout, rotation=settings.log_rotation, retention=settings.log_retention)
    stream.attach(files.take, at_rest=files.rest)
    foot: Beat = _no_foot
    if not service and terminal_is_there():
        foot = _show(stream, bars=not plain and terminal_is_a_screen())
    sweeper = LivePictureSweeper(layout.outbox)
    stream.subscribe(
        "live picture", sweeper.take, at_end=sweeper.close, wants=one_of(sweeper.heard)
    )
    if settings.page and os.environ.get("HOTFOLDER_PAGE") != "off":
        page = PageProcess(layout, stream.overhear)
        stream.subscribe("page", page.take, at_end=page.close, wants=page.wants)
    try:
        with heard(stream.overhear):
            yield stream, foot
    finally:
        stream.close()
        files.close()
        numbering.close()


def _no_foot(_: Snapshot) -> None:
    """Where nothing stands below the lines."""


def _show(stream: EventStream, *, bars: bool) -> Beat:
    """On the terminal this runs in; returns what its foot is told."""
    terminal = open_terminal()
    if bars:
        from daemon.notify.terminal_bars import TerminalBars

        shown = TerminalBars(terminal)
        stream.subscribe("terminal bars", shown.take, at_end=shown.close)
        return lambda snapshot: shown.foot(footer(snapshot)) if "totals" in snapshot else None
    lines = TerminalLines(terminal)
    stream.subscribe(
        "terminal", lines.take, wants=is_for_the_terminal, gather=UNSEEN, at_rest=lines.rest
    )
    return _no_foot


def _catch_signals(supervisor: Supervisor, listeners: Listeners) -> None:
    """Handlers only put an item into the queue, which is safe inside a handler; the loop acts. What
    was ignored before we came (`nohup`, a script's `&`) stays ignored."""

    def tell(number: int, _: FrameType | None) -> None:
        supervisor.leave(number)
        listeners.hurry()

    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, tell)
