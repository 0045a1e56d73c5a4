"""The work of `hotfolder render`: being the daemon of a root of its own, or asking one that runs.

Knows nothing of files and folders of pictures; those are the session's.
"""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import FrameType

from daemon.cli.follow import StreamFollower
from daemon.errors import HotfolderError, SetupError
from daemon.farm.progress import FarmProgress
from daemon.farm.session import Session
from daemon.notify.held_events import HeldEvents
from daemon.notify.log_files import LogFiles
from daemon.notify.stream import EventStream
from daemon.notify.stream_files import Numbering
from daemon.root.layout import Layout
from daemon.root.lock import RootLock
from daemon.settings import Settings
from daemon.supervisor.build import build
from daemon.supervisor.options import Options


@dataclass(slots=True)
class Signals:
    """Whether somebody wants us to end, and whom to tell. Before the work has begun a signal ends
    us where we are."""

    came: bool = False
    may_raise: bool = True
    tell: Callable[[int], None] = lambda _: None

    def catch(self) -> None:
        """What was ignored before we came stays ignored."""
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            if signal.getsignal(number) is not signal.SIG_IGN:
                signal.signal(number, self._take)

    def _take(self, number: int, _: FrameType | None) -> None:
        self.came = True
        self.tell(number)
        if self.may_raise:
            raise _interrupted()


@dataclass(frozen=True, slots=True)
class Place:
    """The root that does the work, and how its daemon is started (`lock` taken) or, None, runs."""

    layout: Layout
    settings: Settings
    engine: str
    model: str | None
    lock: RootLock | None


def _interrupted() -> SetupError:
    return SetupError(
        "It was interrupted.", remedy="Give the same command again: what is there is left out."
    )


def see_through(place: Place, session: Session, signals: Signals, progress: FarmProgress) -> None:
    """Raises SetupError if it is interrupted, or nothing goes on."""
    signals.may_raise = False
    try:
        if place.lock is None:
            _ask_daemon(place.layout, session, signals)
        else:
            _serve(place, place.lock, session, signals)
        if not session.is_over:
            raise _interrupted()
    except OSError as error:
        refused = SetupError(f"{error.filename or place.layout.root}: {error.strerror or error}.")
        progress.ended(str(refused), good=False)
        raise refused from error
    except HotfolderError as error:
        progress.ended(str(error), good=False)
        raise


def _follow(layout: Layout, session: Session, must_stop: Callable[[], bool]) -> None:
    """Until nothing is left to be done, or we must stop."""
    follower = StreamFollower(layout)
    session.begin()
    for event in follower.until(lambda _: session.is_over or must_stop()):
        session.hear(event)


def _ask_daemon(layout: Layout, session: Session, signals: Signals) -> None:
    try:
        _follow(layout, session, lambda: signals.came)
    finally:
        if not session.is_over:
            session.cancel()


def _serve(place: Place, lock: RootLock, session: Session, signals: Signals) -> None:
    """Be the daemon meanwhile; the session is followed in a thread."""
    trouble: list[Exception] = []
    ended = threading.Event()
    with _stream(place) as stream:
        options = Options(model=place.model)
        held = HeldEvents(stream.emit, stream.rest)
        supervisor = build(place.layout, place.settings, held, options, stream.check, lock)

        def follow() -> None:
            try:
                _follow(place.layout, session, lambda: signals.came or ended.is_set())
            except Exception as error:  # told by the thread that waits for this one
                trouble.append(error)
            finally:
                supervisor.leave(signal.SIGTERM)

        thread = threading.Thread(target=follow, name="render session")
        thread.start()
        signals.tell = supervisor.leave
        try:
            if not signals.came:
                supervisor.run()
        finally:  # SetupError: no model
            ended.set()
            thread.join()
    if trouble and not session.is_over:
        raise trouble[0]


@contextlib.contextmanager
def _stream(place: Place) -> Iterator[EventStream]:
    numbering = Numbering(place.layout)
    stream = EventStream(numbering.next)
    settings = place.settings
    files = LogFiles(place.layout, rotation=settings.log_rotation, retention=settings.log_retention)
    stream.attach(files.take, at_rest=files.rest)
    try:
        yield stream
    finally:
        stream.close()
        files.close()
        numbering.close()
