"""Builds the status snapshot from what the supervisor knows.

Reads everything, changes nothing. The keys are a contract; see docs/records.md.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from daemon.fs.moment import Moment
from daemon.inbox import remedies
from daemon.inbox.queue import WaitingQueue
from daemon.inbox.strays import Strays
from daemon.inbox.watcher import Watcher
from daemon.jobfile import Job
from daemon.jobs.claimed_job import ClaimedJob
from daemon.jobs.jobs import Jobs
from daemon.protocol.json_object import JsonObject
from daemon.protocol.messages import Started, Step
from daemon.root.status_file import Snapshot
from daemon.spool.ledger import Ledger
from daemon.supervisor.worker_events import WorkerEvents
from daemon.text.job_names import job_name
from daemon.text.printable import iso
from daemon.worker.lifecycle import WorkerSlot
from daemon.worker.pace import Pace, Pass
from daemon.worker.pool import WorkerPool
from daemon.worker.slot_state import SlotState

PassesOf = Callable[[Job], tuple[Pass, ...]]


@dataclass(frozen=True, slots=True)
class State:
    """What the daemon does now, in one word, and why if that is a question; `paused` whether it
    begins nothing more, whatever it does."""

    word: str
    reason: str | None = None
    paused: bool = False


@dataclass(frozen=True, slots=True)
class Sources:
    """The rooms that a snapshot tells of."""

    pool: WorkerPool
    jobs: Jobs
    waiting: WaitingQueue
    hearing: WorkerEvents
    watcher: Watcher
    ledger: Ledger
    notices: Callable[[], Sequence[str]]
    strays: Strays
    drawings: Callable[[], Sequence[tuple[Path, str]]]
    engine: str
    later: str = ""
    """The hours in which later/ may begin, as the settings say them."""


def take_snapshot(sources: Sources, at: Moment, state: State, queue: JsonObject) -> Snapshot:
    """Everything `hotfolder status` shows."""
    jobs, waiting, hearing = sources.jobs, sources.waiting, sources.hearing
    slots = sources.pool.slots
    first = next((slot for slot in slots if slot.is_alive), slots[0] if slots else None)
    return {
        "schema": 1,
        "heartbeat": iso(at.wall),
        "heartbeat_unix": at.wall,
        "state": state.word,
        "reason": state.reason,
        "paused": state.paused,
        "engine": sources.engine,
        "model": {
            "name": first.card.name if first and first.card else None,
            "state": _HEAT[first.state] if first else "cold",
            "device": first.ready.device if first and first.ready else None,
        },
        "current": _current(jobs, hearing.progress, hearing.pace, sources.pool),
        "held": [_held(job, at) for job in jobs.claimed],
        "queue": queue,
        "later": sources.later,
        "troubles": [
            {"file": _relative(path, waiting), "reason": why}
            for path, why in [*waiting.troubles(), *sources.drawings()]
        ],
        **_ignored(sources.strays, waiting),
        "events": sources.watcher.events,
        "workers": [
            _worker(slot, sources.pool.remark(slot), at)
            for slot in slots
            if slot.is_alive or sources.pool.are_several
        ],
        "pace": hearing.pace.to_json(),
        "notices": [*sources.notices(), *sources.pool.notices],
        **sources.ledger.to_json(
            at.wall, waiting=queue.get("number", 0), in_hand=len(jobs.claimed)
        ),
    }


_HEAT = {
    SlotState.ABSENT: "cold",
    SlotState.BACKOFF: "cold",
    SlotState.BLOCKED: "cold",
    SlotState.LOADING: "loading",
    SlotState.READY: "warm",
    SlotState.RETIRING: "warm",
    SlotState.KILLED: "warm",
    SlotState.ASIDE: "aside",
    SlotState.TRIAL: "aside",
}
"""The contract's words for a model's state; the last is that of a place among several."""


def state_of(sources: Sources, at: Moment, *, paused: bool, blocked: str | None) -> State:
    """What the daemon does now. Never "idle" while a job is held: then a worker is about to be
    started, or it is said what the jobs wait for."""
    return replace(_doing(sources, at, paused=paused, blocked=blocked), paused=paused)


def _doing(sources: Sources, at: Moment, *, paused: bool, blocked: str | None) -> State:
    pool, jobs = sources.pool, sources.jobs
    if pool.is_loading:
        return State("loading")
    if pool.has_pictures:
        return State("rendering")
    if blocked:
        return State("blocked", blocked)
    if paused:
        return State("paused")
    refused = next((slot.reason for slot in pool.slots if slot.state is SlotState.BACKOFF), "")
    if refused and not jobs.is_empty:
        return State("blocked", refused)
    if jobs.in_order(at):
        return State("loading")
    waits = min(jobs.claimed, key=lambda job: job.not_before, default=None)
    if waits is None:
        return State("idle")
    called = job_name(waits.name, waits.claim.ticket.project)
    return State("waiting", f"#{waits.number} {called}: {waits.reason or waits.state.value}")


def _ignored(strays: Strays, waiting: WaitingQueue) -> JsonObject:
    """What lies in the inbox and is no job, with its cure."""
    found = ((stray.path, stray.remedy) for stray in strays.all)
    return remedies.to_json(
        [(_relative(path, waiting), remedy) for path, remedy in found if remedy is not None]
    )


def _held(job: ClaimedJob, at: Moment) -> JsonObject:
    pause = job.not_before - at.now
    pictures = job.plan.pictures if job.work else ()
    return {
        "job": job.number,
        "name": job.name,
        "file": job.claim.ticket.file,
        "project": job.claim.ticket.project,
        "state": job.state.value,
        "reason": job.reason if pause > 0 else "",
        "retry_unix": at.wall + pause if pause > 0 else None,
        "pictures": len(pictures) or None,
        "published": sum(job.is_published(picture.render.index) for picture in pictures),
        "attempts": job.claim.ticket.attempts,
    }


def _current(
    jobs: Jobs, progress: dict[tuple[int, int], Step | Started], pace: Pace, pool: WorkerPool
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
                "device": pool.name_of(number, index) or None,
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
        "later": sum(waiting.inbox.place(item.path).turn < 0 for item, _ in files),
        "estimate_seconds": _round(seconds),
    }


def _left(active: ClaimedJob, pace: Pace) -> float | None:
    passes = active.plan.pictures[0].render.passes
    return pace.estimate(passes, len(active.to_render) + len(active.in_hand))


def _worker(slot: WorkerSlot, remark: str, at: Moment) -> JsonObject:
    ready = slot.ready
    return {
        "pid": slot.pid or None,
        "state": _HEAT[slot.state],
        "memory_bytes": slot.resident_bytes(at),
        "kept_bytes": slot.hand.kept_bytes,
        "peak_memory_bytes": ready.peak_memory_bytes if ready else None,
        "slot": slot.number,
        "name": slot.name,
        "reason": slot.reason or remark or None,
        "device": ready.device if ready else None,
    }


def _relative(path: Path, waiting: WaitingQueue) -> str:
    return str(path).removeprefix(f"{waiting.inbox.folder}{os.sep}")


def _round(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 3)
