"""`hotfolder run`: prepare the root, take its lock, begin a worker that is wanted at once; serve.

What serves is imported last: it takes as long as all before it, and the worker imports beside it.
"""

from __future__ import annotations

import argparse
import contextlib
import gc
import time
from collections.abc import Iterator
from dataclasses import replace
from queue import SimpleQueue
from typing import TYPE_CHECKING

from daemon.cli.printing import say_error
from daemon.cli.schema import keep_schema
from daemon.errors import LockHeldError, SettingsError, SetupError
from daemon.fs.moment import Moment
from daemon.fs.read import read_file
from daemon.listeners.service_manager import ServiceManager
from daemon.root import shared_folders
from daemon.root.create import prepare
from daemon.root.layout import Layout, find_root
from daemon.root.lock import RootLock
from daemon.root.status_file import write_status
from daemon.settings import Settings, read_settings
from daemon.settings_forms import without_secrets
from daemon.supervisor.options import Options
from daemon.text.failure_letter import explain
from daemon.worker.head_start import head_start

if TYPE_CHECKING:
    from daemon.supervisor.parts import Items

RETRY_SETUP = 30.0


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
        except (SetupError, LockHeldError):
            lock.release()
            raise
    try:
        return _serve(layout, settings, arguments, lock, told, manager)
    finally:
        shared_folders.let_go(layout)
        lock.release()


def _serve(
    layout: Layout,
    settings: Settings,
    arguments: argparse.Namespace,
    lock: RootLock,
    told: list[str],
    manager: ServiceManager,
) -> int:
    if arguments.device:
        settings = replace(settings, device=arguments.device)
    engine, items = arguments.engine or settings.engine, _items()
    starts = head_start(layout, settings, engine, items.put, Moment.read())
    try:
        with _importing():
            from daemon.cli.serving import serve
        options = Options(
            engine=arguments.engine,
            model=arguments.model,
            until_empty=arguments.until_empty,
            service=arguments.service,
            items=items,
            starts=starts,
        )
        return serve(layout, settings, options, lock, told, manager, plain=arguments.plain)
    finally:
        starts.close()


def _items() -> Items:
    """What all who talk to the supervisor put their words into."""
    return SimpleQueue()


@contextlib.contextmanager
def _importing() -> Iterator[None]:
    """Nothing that is made meanwhile is garbage."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def _begin(layout: Layout, lock: RootLock, told: list[str]) -> Settings:
    """Prepare the root, take its lock, read its settings; `told` is what had to be put right.
    Raises SetupError or LockHeldError; the lock is kept when only the settings are wrong."""
    told += prepare(layout)
    lock.take()
    told += shared_folders.claim(layout)
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
