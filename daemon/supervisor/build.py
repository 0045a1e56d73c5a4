"""Puts a supervisor together: every room is made once what it needs is there.

The only place that knows them all.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from daemon.boards.arrival import adopt
from daemon.boards.board_file import BoardReader
from daemon.boards.bookkeeping import Started
from daemon.boards.keeper import Hands, Keeper
from daemon.boards.living import LivingBoards
from daemon.fs.live_picture import LIVE_NAME
from daemon.fs.moment import Moment
from daemon.inbox.empty_folders import EmptyFolders
from daemon.inbox.queue import WaitingQueue
from daemon.inbox.scanner import Inbox, is_record_of_waiting
from daemon.inbox.strays import Strays
from daemon.inbox.turns import Hours
from daemon.inbox.watcher import Watcher
from daemon.jobfile import Job
from daemon.jobs.jobs import Jobs
from daemon.notify import events
from daemon.outbox.marks import obey_marks
from daemon.plan.prepare import Preparer
from daemon.root import drop_notes
from daemon.root.layout import Layout
from daemon.root.lock import RootLock
from daemon.root.status_file import Snapshot
from daemon.sandbox.client import PATIENCE
from daemon.settings import Settings
from daemon.spool.ledger import Ledger
from daemon.supervisor.board_hands import hands
from daemon.supervisor.claimer import Claimer
from daemon.supervisor.commands import Commands
from daemon.supervisor.dispatch import Dispatch
from daemon.supervisor.file_reports import FileReports
from daemon.supervisor.keep_awake import KeepAwake
from daemon.supervisor.loop import Items, Parts, Supervisor
from daemon.supervisor.notices import Notices
from daemon.supervisor.outcomes import Outcomes
from daemon.supervisor.snapshot import Sources
from daemon.supervisor.status_writer import StatusWriter
from daemon.supervisor.upkeep import Upkeep
from daemon.supervisor.worker_events import WorkerEvents
from daemon.worker.pace import Pace
from daemon.worker.pool import local_pool


@dataclass(frozen=True, slots=True)
class Options:
    """How one run differs from another of the same settings; `engine` None is the settings'."""

    engine: str | None = None
    model: str | None = None
    until_empty: bool = False
    service: bool = False


def build(
    layout: Layout,
    settings: Settings,
    emit: Callable[[events.Event], None],
    options: Options,
    ailing: Callable[[], Sequence[str]] = tuple,
    lock: RootLock | None = None,
    beat: Callable[[Snapshot], None] = lambda _: None,
) -> Supervisor:
    """The daemon of one root, whose `lock` is held, ready to `run`; `ailing`: who listens badly;
    `beat` hears every status, and must not wait."""
    engine = options.engine or settings.engine
    preparer = Preparer(layout, settings, engine=engine, model=options.model, patience=PATIENCE)
    items, outcomes, pace = Items(), Outcomes(emit), Pace()
    jobs = _jobs(layout, settings, preparer, outcomes)
    watcher, waiting, strays = _watching(layout, settings, preparer, emit, items, jobs)
    live = layout.outbox / LIVE_NAME
    pool = local_pool(engine, settings, layout.caches, pace, items.put, emit, live)
    hours, adopted = _hours(settings, options), partial(_adopt, layout, waiting)
    claimer = Claimer(
        waiting, jobs, emit, hours=hours, adopt=adopted, obey=partial(obey_marks, layout.outbox)
    )
    started = Started(options.engine or "", options.model or "")
    of_boards = hands(layout, jobs, waiting, claimer, pool)
    boards = _boards(layout, settings, preparer, of_boards, emit, started)
    claimer.moved = boards.expect
    outcomes.left = partial(_left, jobs, boards, claimer)
    hearing = WorkerEvents(pool, jobs, pace, emit, preparer.models)
    notices, ledger, awake = Notices(layout, ailing), Ledger(layout), KeepAwake(settings.keep_awake)
    later = settings.later if hours else ""
    sources = Sources(pool, jobs, waiting, hearing, watcher, ledger, notices, strays, engine, later)
    parts = Parts(
        layout=layout,
        items=items,
        emit=emit,
        outcomes=outcomes,
        jobs=jobs,
        waiting=waiting,
        watcher=watcher,
        claimer=claimer,
        pool=pool,
        worker_events=hearing,
        dispatch=Dispatch(jobs, pool, preparer.models, awake),
        commands=Commands(layout, jobs, pool, waiting, watcher, claimer, boards),
        awake=awake,
        boards=boards,
        upkeep=Upkeep(layout, lock, emit),
        empty_folders=EmptyFolders(layout.inbox, still=settings.folder_settle),
        sources=sources,
        reports=FileReports(strays, emit),
        status=StatusWriter(layout, sources, preparer.models.passes_of, emit, beat),
    )
    if settings.preload:
        parts.dispatch.expect()
    return Supervisor(parts, until_empty=options.until_empty, service=options.service)


def _adopt(layout: Layout, waiting: WaitingQueue, file: Path) -> Path:
    return adopt(layout, waiting.inbox.folder, file)


def _left(jobs: Jobs, boards: Keeper, claimer: Claimer, at: Moment) -> int | None:
    """How many files wait where nothing can be begun; None where something can. What a board still
    wants and waits for a person with the files does not count."""
    left = claimer.left(at) if jobs.is_empty else None
    return left if left or boards.is_done else None


def _boards(
    layout: Layout,
    settings: Settings,
    preparer: Preparer,
    of: Hands,
    emit: Callable[[events.Event], None],
    started: Started,
) -> Keeper:
    reader = BoardReader(layout, settings, preparer.models)
    living = LivingBoards(layout, preparer, reader.board, emit, settle=settings.settle)
    return Keeper(layout, preparer, living, of, interval=settings.scan_interval, started=started)


def _jobs(layout: Layout, settings: Settings, preparer: Preparer, outcomes: Outcomes) -> Jobs:
    wait = settings.reference_wait
    return Jobs(layout, preparer, _draw_seed, outcomes.tell, reference_wait=wait)


def _hours(settings: Settings, options: Options) -> Hours | None:
    """When jobs of later/ may begin; at once where the daemon leaves when all is done."""
    return None if options.until_empty else Hours.of(settings.later)


def _watching(
    layout: Layout,
    settings: Settings,
    preparer: Preparer,
    emit: Callable[[events.Event], None],
    items: Items,
    jobs: Jobs,
) -> tuple[Watcher, WaitingQueue, Strays]:
    """The watch over the inbox, and what it finds there: jobs, and what is none."""
    waiting = _waiting(layout, settings, preparer)
    strays = _strays(settings, preparer, waiting, jobs)
    return Watcher(layout, settings, waiting, strays, emit, items.put), waiting, strays


def _strays(settings: Settings, preparer: Preparer, waiting: WaitingQueue, jobs: Jobs) -> Strays:
    def known(path: Path) -> bool | None:
        """A picture that a job names, or the record of one that is to be made again."""
        place = path.relative_to(waiting.inbox.folder).as_posix()
        if is_record_of_waiting(path, waiting.inbox.files) or any(
            job.claim.ticket.is_record(place) for job in jobs.claimed
        ):
            return True
        return preparer.named.knows(path)

    checked = preparer.reader.check_defaults
    return Strays(waiting.inbox, known, checked, settle=settings.settle)


def _waiting(layout: Layout, settings: Settings, preparer: Preparer) -> WaitingQueue:
    inbox = Inbox(layout.inbox.resolve(), quiet=settings.folder_settle)

    def peek(path: Path) -> Job:
        place = inbox.place(path)
        lies_in = inbox.folder_of(path)
        return preparer.peek(path, project=place.project, lies_in=lies_in, remake=place.remake)

    def is_deliberate(path: Path, inode: int) -> bool:
        relative = path.relative_to(inbox.folder).as_posix()
        return drop_notes.find(layout, relative, inode) is not None

    return WaitingQueue(inbox, settings, peek, is_deliberate=is_deliberate)


def _draw_seed() -> int:
    return random.SystemRandom().getrandbits(32)
