"""Puts a supervisor together: every room is made once what it needs is there.

The only place that knows them all.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from daemon.boards.account import looks_of_settings
from daemon.boards.arrival import adopt, home_of
from daemon.boards.deeds import Hands
from daemon.boards.keeper import Keeper
from daemon.boards.living import LivingBoards
from daemon.boards.process import BoardProcess
from daemon.boards.replaced import replaced_by
from daemon.drawings.keeper import DrawingKeeper
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
from daemon.notify.held_events import HeldEvents
from daemon.outbox.marks import obey_marks
from daemon.plan.model_choice import ModelChoice
from daemon.plan.prepare import Preparer
from daemon.root import drop_notes
from daemon.root.layout import Layout
from daemon.root.lock import RootLock
from daemon.root.status_file import Snapshot
from daemon.sandbox.client import PATIENCE
from daemon.settings import Settings, settings_data
from daemon.spool.ledger import Ledger
from daemon.supervisor import drawing_hands
from daemon.supervisor.board_hands import hands
from daemon.supervisor.board_watch import BoardWatch
from daemon.supervisor.claimer import Claimer
from daemon.supervisor.commands import Commands
from daemon.supervisor.dispatch import Dispatch
from daemon.supervisor.file_reports import FileReports
from daemon.supervisor.keep_awake import KeepAwake
from daemon.supervisor.loop import Supervisor
from daemon.supervisor.notices import Notices
from daemon.supervisor.options import Options
from daemon.supervisor.outcomes import Outcomes
from daemon.supervisor.parts import Items, Parts
from daemon.supervisor.snapshot import Sources
from daemon.supervisor.status_writer import StatusWriter
from daemon.supervisor.upkeep import Upkeep
from daemon.supervisor.worker_events import WorkerEvents
from daemon.worker.local_pool import local_pool
from daemon.worker.pace import Pace
from daemon.worker.pool import WorkerPool


def build(
    layout: Layout,
    settings: Settings,
    held: HeldEvents,
    options: Options,
    ailing: Callable[[], Sequence[str]] = tuple,
    lock: RootLock | None = None,
    beat: Callable[[Snapshot], None] = lambda _: None,
) -> Supervisor:
    """The daemon of one root, whose `lock` is held, ready to `run`; `ailing`: who listens badly;
    `beat` hears every status, and must not wait."""
    work = _work(layout, settings, held.emit, options)
    sources = _sources(layout, settings, options, work, ailing)
    awake = KeepAwake(settings.keep_awake)
    parts = Parts(
        layout=layout,
        items=work.items,
        held=held,
        outcomes=work.outcomes,
        jobs=work.jobs,
        waiting=work.waiting,
        watcher=work.watcher,
        claimer=work.claimer,
        pool=work.pool,
        worker_events=work.hearing,
        dispatch=Dispatch(work.jobs, work.pool, work.models, awake),
        commands=_commands(layout, work),
        awake=awake,
        boards=work.boards,
        board_watch=BoardWatch(layout.boards, work.boards.wake, work.items.put),
        drawings=work.drawings,
        upkeep=Upkeep(layout, lock, held.emit),
        empty_folders=EmptyFolders(layout.inbox, still=settings.folder_settle),
        sources=sources,
        reports=FileReports(work.strays, held.emit),
        status=StatusWriter(layout, sources, work.models.passes_of, held.emit, beat),
    )
    if settings.preload:
        parts.dispatch.expect()
    return Supervisor(parts, until_empty=options.until_empty, service=options.service)


@dataclass(frozen=True, slots=True)
class _Work:
    """The rooms that a job passes, each wired to those it needs."""

    items: Items
    models: ModelChoice
    outcomes: Outcomes
    jobs: Jobs
    watcher: Watcher
    waiting: WaitingQueue
    strays: Strays
    pool: WorkerPool
    claimer: Claimer
    boards: Keeper
    drawings: DrawingKeeper
    hearing: WorkerEvents


def _work(
    layout: Layout, settings: Settings, emit: Callable[[events.Event], None], options: Options
) -> _Work:
    engine = options.engine or settings.engine
    preparer = Preparer(layout, settings, engine=engine, model=options.model, patience=PATIENCE)
    items, outcomes, pace = options.items, Outcomes(emit), Pace()
    jobs = _jobs(layout, settings, preparer, outcomes)
    waiting = _waiting(layout, settings, preparer)
    drawings = _drawings(layout, settings, preparer, waiting, jobs, emit)
    strays = _strays(settings, preparer, waiting, jobs, drawings)
    watcher = Watcher(layout, settings, waiting, strays, emit, items.put)
    live = layout.outbox / LIVE_NAME
    told = items.put, emit
    pool = local_pool(engine, settings, layout.caches, pace, *told, live, options.starts)
    hours, adopted = _hours(settings, options), partial(_adopt, layout, waiting)
    claimer = Claimer(
        waiting, jobs, emit, hours=hours, adopt=adopted, obey=partial(obey_marks, layout.outbox)
    )
    of_boards = hands(layout, jobs, waiting, claimer, pool)
    boards = _boards(layout, settings, options, of_boards, emit)
    claimer.moved = boards.expect
    outcomes.left = partial(_left, jobs, boards, claimer)
    hearing = WorkerEvents(pool, jobs, pace, emit, preparer.models)
    found = (watcher, waiting, strays)
    kept = (boards, drawings)
    return _Work(items, preparer.models, outcomes, jobs, *found, pool, claimer, *kept, hearing)


def _sources(
    layout: Layout,
    settings: Settings,
    options: Options,
    work: _Work,
    ailing: Callable[[], Sequence[str]],
) -> Sources:
    """What the status is made of."""
    return Sources(
        work.pool,
        work.jobs,
        work.waiting,
        work.hearing,
        work.watcher,
        Ledger(layout),
        Notices(layout, ailing),
        work.strays,
        lambda: work.drawings.waiting,
        options.engine or settings.engine,
        settings.later if _hours(settings, options) else "",
    )


def _commands(layout: Layout, work: _Work) -> Commands:
    return Commands(
        layout, work.jobs, work.pool, work.waiting, work.watcher, work.claimer, work.boards
    )


def _adopt(layout: Layout, waiting: WaitingQueue, file: Path) -> tuple[Path, str]:
    inbox = waiting.inbox.folder
    said = replaced_by(home_of(layout, inbox, file), file)
    return adopt(layout, inbox, file), said


def _left(jobs: Jobs, boards: Keeper, claimer: Claimer, at: Moment) -> int | None:
    """How many files wait where nothing can be begun; None where something can. What a board still
    wants and waits for a person with the files does not count."""
    left = claimer.left(at) if jobs.is_empty else None
    return left if left or boards.is_done else None


def _boards(
    layout: Layout,
    settings: Settings,
    options: Options,
    of: Hands,
    emit: Callable[[events.Event], None],
) -> Keeper:
    interval = settings.scan_interval
    started = options.engine or "", options.model or "", looks_of_settings(layout)
    process = BoardProcess((str(layout.root), *started), settings_data(layout.settings_file))
    living = LivingBoards(layout, emit, settle=settings.settle, interval=interval)
    return Keeper(layout, living, process, of, interval=interval)


def _jobs(layout: Layout, settings: Settings, preparer: Preparer, outcomes: Outcomes) -> Jobs:
    return Jobs(layout, preparer, _draw_seed, outcomes.tell, reference_wait=settings.reference_wait)


def _hours(settings: Settings, options: Options) -> Hours | None:
    """When jobs of later/ may begin; at once where the daemon leaves when all is done."""
    return None if options.until_empty else Hours.of(settings.later)


def _drawings(
    layout: Layout,
    settings: Settings,
    preparer: Preparer,
    waiting: WaitingQueue,
    jobs: Jobs,
    emit: Callable[[events.Event], None],
) -> DrawingKeeper:
    return DrawingKeeper(
        layout,
        preparer,
        waiting.inbox,
        drawing_hands.hands(layout, jobs, waiting),
        emit,
        interval=settings.scan_interval,
        settle=settings.settle,
    )


def _strays(
    settings: Settings,
    preparer: Preparer,
    waiting: WaitingQueue,
    jobs: Jobs,
    drawings: DrawingKeeper,
) -> Strays:
    def known(path: Path) -> bool | None:
        """A drawing, a picture that a job names, or the record of one that is to be made again."""
        if (drawn := drawings.owns(path)) is not False:
            return drawn
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
