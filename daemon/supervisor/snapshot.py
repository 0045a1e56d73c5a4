"""Builds the status snapshot from what the supervisor knows.

Reads everything, changes nothing. The keys are a contract; see docs/records.md.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from daemon.fs.moment import Moment
from daemon.inbox.queue import WaitingQueue
from daemon.inbox.strays import Strays
from daemon.inbox.watcher import Watcher
from daemon.jobfile import Job
from daemon.jobs.claimed_job import ClaimedJob
from daemon.jobs.jobs import Jobs
from daemon.notify.events import JobFinished
from daemon.protocol.json_object import JsonObject
from daemon.protocol.messages import Started, Step
from daemon.root.status_file import Snapshot
from daemon.supervisor.outcomes import Outcomes
from daemon.supervisor.worker_events import WorkerEvents
from daemon.text.printable import iso
from daemon.worker.lifecycle import WorkerSlot
from daemon.worker.pace import Pace, Pass
from daemon.worker.pool import WorkerPool
from daemon.worker.slot_state import SlotState

PassesOf = Callable[[Job], tuple[Pass, ...]]


@dataclass(frozen=True, slots=True)
class Sources:
    """The rooms that a snapshot tells of."""

    pool: WorkerPool
    jobs: Jobs
    waiting: WaitingQueue
    hearing: WorkerEvents
    watcher: Watcher
    outcomes: Outcomes
    strays: Strays


def take_snapshot(
    sources: Sources, at: Moment, *, state: str, reason: str | None, queue: JsonObject
) -> Snapshot:
    """Everything `hotfolder status` shows."""
    jobs, waiting, hearing = sources.jobs, sources.waiting, sources.hearing
    first, last = sources.pool.slots[0], sources.outcomes.last
    return {
        "schema": 1,
        "heartbeat": iso(at.wall),
        "heartbeat_unix": at.wall,
        "state": state,
        "reason": reason,
        "model": {
            "name": first.card.name if first.card else None,
            "state": _HEAT[first.state],
            "device": first.ready.device if first.ready else None,
        },
        "current": _current(jobs, hearing.progress, hearing.pace),
        "held": [_held(active) for active in jobs.active.values()],
        "queue": queue,
        "troubles": [
            {"file": _relative(path, waiting), "reason": why} for path, why in waiting.troubles()
        ],
        **_ignored(sources.strays, waiting),
        "events": sources.watcher.events,
        "workers": [_worker(slot) for slot in sources.pool.slots if slot.is_alive],
        "pace": hearing.pace.to_json(),
        "last_done": _last(last.get("done")),
        "last_failed": _last(last.get("failed")),
    }


_HEAT = {
    SlotState.ABSENT: "cold",
    SlotState.BACKOFF: "cold",
    SlotState.BLOCKED: "cold",
    SlotState.LOADING: "loading",
    SlotState.READY: "warm",
    SlotState.RETIRING: "warm",
    SlotState.KILLED: "warm",
}
"""The contract's three words for a model's state."""


def state_of(sources: Sources, at: Moment, *, paused: bool, blocked: str | None) -> str:
    """One word for what the daemon does now. Never "idle" while a picture could be handed down and
    nothing says why not: then a worker is about to be started."""
    if sources.pool.is_loading:
        return "loading"
    if sources.pool.has_pictures:
        return "rendering"
    if blocked:
        return "blocked"
    if paused:
        return "paused"
    return "loading" if sources.jobs.in_order(at) else "idle"


MOST_IGNORED = 200
"""Files that are no jobs, listed at most."""


def _ignored(strays: Strays, waiting: WaitingQueue) -> JsonObject:
    """What lies in the inbox and is no job, with its cure."""
    found = strays.all
    return {
        "ignored_number": len(found),
        "ignored": [
            {
                "file": _relative(stray.path, waiting),
                "reason": stray.remedy.reason,
                "remedy": stray.remedy.remedy,
            }
            for stray in found[:MOST_IGNORED]
            if stray.remedy is not None
        ],
    }


def _held(active: ClaimedJob) -> JsonObject:
    return {
        "job": active.number,
        "name": active.name,
        "pictures": len(active.plan.pictures),
        "attempts": active.claim.ticket.attempts,
    }


def _current(
    jobs: Jobs, progress: dict[tuple[int, int], Step | Started], pace: Pace
) -> list[JsonObject]:
    current = []
    for (number, index), event in progress.items():
        active = jobs.active.get(number)
        if active is None:
            continue
        render = active.picture(index).render
        step = event.step if isinstance(event, Step) else 0
        seconds = pace.seconds_per_step(*render.size_at(step + 1))
        current.append(
            {
                "job": number,
                "name": active.name,
                "picture": index,
                "pictures": len(active.plan.pictures),
                "step": step,
                "steps": render.total_steps,
                "seconds_per_step": _round(seconds),
                "eta": _round(pace.eta(render.passes, step)),
            }
        )
    return current


def queue_of(waiting: WaitingQueue, jobs: Jobs, pace: Pace, passes_of: PassesOf) -> JsonObject:
    """The waiting files in order; the costly part of a snapshot when thousands wait."""
    files = waiting.in_order()
    seconds: float | None = 0.0
    for _, job in files:
        part = pace.estimate(passes_of(job), job.pictures) if job else 0.0
        seconds = None if seconds is None or part is None else seconds + part
    for active in jobs.active.values():
        part = _left(active, pace)
        seconds = None if seconds is None or part is None else seconds + part
    return {
        "number": len(files),
        "files": [_relative(item.path, waiting) for item, _ in files],
        "estimate_seconds": _round(seconds),
    }


def _left(active: ClaimedJob, pace: Pace) -> float | None:
    passes = active.plan.pictures[0].render.passes
    return pace.estimate(passes, len(active.to_render) + len(active.in_hand))


def _worker(slot: WorkerSlot) -> JsonObject:
    ready = slot.ready
    return {
        "pid": slot.pid,
        "state": _HEAT[slot.state],
        "peak_memory_bytes": ready.peak_memory_bytes if ready else None,
        "slot": slot.number,
        "device": ready.device if ready else None,
    }


def _last(end: JobFinished | None) -> JsonObject | None:
    if end is None:
        return None
    return {
        "job": end.subject.job,
        "name": end.subject.name,
        "outcome": end.outcome,
        "reason": end.reason,
        "kept": end.kept,
        "images": list(end.images),
    }


def _relative(path: Path, waiting: WaitingQueue) -> str:
    return str(path.relative_to(waiting.inbox.folder))


def _round(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 3)
