"""`hotfolder run`: prepare the root, take its lock, open the logs, start the supervisor."""

from __future__ import annotations

import argparse
import signal
import sys
import time
from types import FrameType

from daemon.errors import SettingsError, SetupError
from daemon.layout import Layout, find_root
from daemon.lock import RootLock
from daemon.log import open_logs
from daemon.report import Bars, Report
from daemon.root import prepare
from daemon.settings import Settings, read_settings
from daemon.status import write_status
from daemon.supervisor import Signal, Supervisor
from daemon.why import explain

RETRY_SETTINGS = 30.0


def run(arguments: argparse.Namespace) -> int:
    """Serve one root until told to leave; the exit code of `Supervisor.run`."""
    layout = Layout(find_root(arguments.root))
    if arguments.service:
        from daemon.service import trim_logs

        trim_logs()
    prepare(layout)
    lock = RootLock(layout.lock_file)
    lock.take()
    try:
        settings = _settings(layout, wait=arguments.service)
        bars = _bars(arguments)
        open_logs(
            layout,
            rotation=settings.log_rotation,
            retention=settings.log_retention,
            terminal=not (arguments.service or bars),
        )
        supervisor = Supervisor(
            layout,
            _with_options(settings, arguments),
            Report(bars),
            engine=arguments.engine or settings.engine,
            model=arguments.model,
            until_empty=arguments.until_empty,
            service=arguments.service,
        )
        _catch_signals(supervisor)
        return supervisor.run()
    finally:
        lock.release()


def _settings(layout: Layout, *, wait: bool) -> Settings:
    """hotfolder.yaml. A service must not exit over it (launchd would start it again for ever): it
    says so in `status` and looks again."""
    while True:
        try:
            return read_settings(layout.settings_file)
        except SettingsError as error:
            text = explain(error, file=layout.settings_file.name, source=_source(layout))
            if not wait:
                raise SetupError(text) from error
            now = time.time()
            write_status(
                layout,
                {"state": "blocked", "reason": str(error), "heartbeat_unix": now + RETRY_SETTINGS},
            )
            print(text, file=sys.stderr, flush=True)
            time.sleep(RETRY_SETTINGS)


def _source(layout: Layout) -> bytes | None:
    try:
        return layout.settings_file.read_bytes()
    except OSError:
        return None


def _with_options(settings: Settings, arguments: argparse.Namespace) -> Settings:
    from dataclasses import replace

    return replace(settings, device=arguments.device) if arguments.device else settings


def _bars(arguments: argparse.Namespace) -> Bars | None:
    if arguments.service or arguments.plain or not sys.stderr.isatty():
        return None
    from daemon.bars import TerminalBars

    return TerminalBars()


def _catch_signals(supervisor: Supervisor) -> None:
    """Handlers only put an item into the queue, which is safe inside a handler; the loop acts."""

    def tell(number: int, _: FrameType | None) -> None:
        supervisor.items.put(Signal(number))

    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, tell)
    if hasattr(signal, "SIGIO"):
        signal.signal(signal.SIGIO, signal.SIG_IGN)  # see the lease in daemon.reader
