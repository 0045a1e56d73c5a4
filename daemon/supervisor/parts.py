"""What a supervisor is made of: its rooms, and the queue of items that they put things into."""

from __future__ import annotations

import queue
from collections.abc import Callable
from dataclasses import dataclass

from daemon.boards.keeper import Keeper
from daemon.drawings.keeper import DrawingKeeper
from daemon.inbox.empty_folders import EmptyFolders
from daemon.inbox.observer import Hint
from daemon.inbox.queue import WaitingQueue
from daemon.inbox.watcher import Watcher
from daemon.jobs.jobs import Jobs
from daemon.notify import events
from daemon.notify.held_events import HeldEvents
from daemon.protocol.places import Membership
from daemon.root.layout import Layout
from daemon.supervisor.board_watch import BoardHint, BoardWatch
from daemon.supervisor.claimer import Claimer
from daemon.supervisor.commands import Commands
from daemon.supervisor.dispatch import Dispatch
from daemon.supervisor.file_reports import FileReports
from daemon.supervisor.keep_awake import KeepAwake
from daemon.supervisor.outcomes import Outcomes
from daemon.supervisor.snapshot import Sources
from daemon.supervisor.status_writer import StatusWriter
from daemon.supervisor.upkeep import Upkeep
from daemon.supervisor.worker_events import WorkerEvents
from daemon.worker.pool import WorkerPool
from daemon.worker.process import Gone, Printed, Told


@dataclass(frozen=True, slots=True)
class Signal:
    """A signal arrived; its handler only puts this into the queue."""

    number: int


Item = Hint | BoardHint | Told | Printed | Gone | Membership | Signal
Items = queue.SimpleQueue[Item]


@dataclass(frozen=True, slots=True)
class Parts:
    """The rooms a supervisor is made of; see `build`."""

    layout: Layout
    items: Items
    held: HeldEvents
    outcomes: Outcomes
    jobs: Jobs
    waiting: WaitingQueue
    watcher: Watcher
    claimer: Claimer
    pool: WorkerPool
    worker_events: WorkerEvents
    dispatch: Dispatch
    commands: Commands
    awake: KeepAwake
    boards: Keeper
    board_watch: BoardWatch
    drawings: DrawingKeeper
    upkeep: Upkeep
    empty_folders: EmptyFolders
    sources: Sources
    status: StatusWriter
    reports: FileReports

    @property
    def emit(self) -> Callable[[events.Event], None]:
        """Tells an event, after those that are held."""
        return self.held.emit
