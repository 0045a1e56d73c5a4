"""`hotfolder run`: prepare the root, take its lock, open the logs, start the supervisor."""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import time
from collections.abc import Callable, Iterator
from types import FrameType

from daemon.cli.printing import say_error
from daemon.cli.schema import keep_schema
from daemon.errors import LockHeldError, SettingsError, SetupError
from daemon.fs.read import read_file
from daemon.listeners.build import Listeners
from daemon.listeners.live_picture import LivePictureSweeper
from daemon.listeners.service_manager import ServiceManager
from daemon.notify.events import Warned
from daemon.notify.library_words import heard
from daemon.notify.log_files import LogFiles
from daemon.notify.stream import EventStream
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
from daemon.root.create import prepare
from daemon.root.layout import Layout, find_root
from daemon.root.lock import RootLock
from daemon.root.permissions import exposures
from daemon.root.status_file import Snapshot, write_status
from daemon.root.status_words import footer
from daemon.settings import Settings, read_settings
from daemon.settings_forms import without_secrets
from daemon.supervisor.build import Options, build
from daemon.supervisor.loop import Supervisor
from daemon.text.failure_letter import explain

RETRY_SETUP = 30.0

Beat = Callable[[Snapshot], None]


def run(arguments: argparse.Namespace) -> int:
    """Serve one root until told to leave; the exit code of `Supervisor.run`."""
    layout = Layout(find_root(arguments.root))
    lock = RootLock(layout.lock_file)
    told: list[str] = []
    manager = ServiceManager()
    if arguments.service:
        from daemon.service import trim_logs

        trim_logs()
        settings = _patiently(layout, lock, told, manager)
    else:
        try:
            settings = _begin(layout, lock, told)
        except SetupError:
            lock.release()
            raise
    try:
        return _serve(layout, settings, arguments, lock, told, manager)
    finally:
        lock.release()


def _serve(
    layout: Layout,
    settings: Settings,
    arguments: argparse.Namespace,
    lock: RootLock,
    told: list[str],
    manager: ServiceManager,
) -> int:
    with _stream(layout, settings, arguments) as (stream, foot):
        for warning in (*told, *exposures(layout)):
            stream.emit(Warned(warning))
        options = Options(
            engine=arguments.engine,
            model=arguments.model,
            until_empty=arguments.until_empty,
            service=arguments.service,
        )
        settings = _with_options(settings, arguments)
        listeners = Listeners(layout, settings, stream, manager)
        listeners.also(foot)
        ailing, beat = stream.check, listeners.beat
        supervisor = build(layout, settings, stream.emit, options, ailing, lock, beat)
        _catch_signals(supervisor, listeners)
        try:
            return supervisor.run()
        finally:
            stream.close()
            listeners.close()


@contextlib.contextmanager
def _stream(
    layout: Layout, settings: Settings, arguments: argparse.Namespace
) -> Iterator[tuple[EventStream, Beat]]:
    """The stream of events with all who listen: the log files, and a terminal if there is one,
    whose foot is told every status."""
    numbering = Numbering(layout)
    stream = EventStream(numbering.next)
    files = LogFiles(layout, rotation=settings.log_rotation, retention=settings.log_retention)
    stream.attach(files.write)
    foot: Beat = _no_foot
    if not arguments.service and terminal_is_there():
        foot = _show(stream, bars=not arguments.plain and terminal_is_a_screen())
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
    stream.subscribe("terminal", TerminalLines(terminal).take, wants=is_for_the_terminal)
    return _no_foot


def _begin(layout: Layout, lock: RootLock, told: list[str]) -> Settings:
    """Prepare the root, take its lock, read its settings; `told` is what had to be put right.
    Raises SetupError or LockHeldError; the lock is kept when only the settings are wrong."""
    told += prepare(layout)
    lock.take()
    keep_schema(layout)
    try:
        return read_settings(layout.settings_file)
    except SettingsError as error:
        text = explain(error, file=layout.settings_file.name, source=_source(layout))
        raise SetupError(text) from error


def _patiently(
    layout: Layout, lock: RootLock, told: list[str], manager: ServiceManager
) -> Settings:
    """`_begin`, again and again: a service that exits over what a person must mend would be
    started anew for ever. It says so once, in `status` and on standard error, and looks again."""
    said = ""
    while True:
        try:
            return _begin(layout, lock, told)
        except (SetupError, LockHeldError) as error:
            if said != str(error):
                said = str(error)
                say_error(said)
        manager.alive(f"blocked: {said}")
        if lock.is_taken:
            beat = time.time() + RETRY_SETUP  # fresh until the next look
            with contextlib.suppress(OSError):
                write_status(layout, {"state": "blocked", "reason": said, "heartbeat_unix": beat})
        time.sleep(RETRY_SETUP)


def _source(layout: Layout) -> bytes | None:
    try:
        return without_secrets(read_file(layout.settings_file))
    except OSError:
        return None


def _with_options(settings: Settings, arguments: argparse.Namespace) -> Settings:
    from dataclasses import replace

    return replace(settings, device=arguments.device) if arguments.device else settings


def _catch_signals(supervisor: Supervisor, listeners: Listeners) -> None:
    """Handlers only put an item into the queue, which is safe inside a handler; the loop acts. What
    was ignored before we came (`nohup`, a script's `&`) stays ignored."""

    def tell(number: int, _: FrameType | None) -> None:
        supervisor.leave(number)
        listeners.hurry()

    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, tell)
    if hasattr(signal, "SIGIO"):
        signal.signal(signal.SIGIO, signal.SIG_IGN)  # see the lease in daemon.plan.job_reader
