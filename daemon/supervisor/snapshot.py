"""Builds the status snapshot from what the supervisor knows.

Reads everything, changes nothing. The keys are a contract; see the README.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from daemon.inbox.queue import Intake
from daemon.jobfile import Job
from daemon.jobs.claimed_job import ClaimedJob
from daemon.jobs.jobs import Jobs
from daemon.notify.events import JobFinished
from daemon.protocol.messages import Started, Step
from daemon.root.status_file import Snapshot
from daemon.text.printable import iso
from daemon.worker.lifecycle import Heat, Warmth
from daemon.worker.pace import Pace, Pass

PassesOf = Callable[[Job], tuple[Pass, ...]]


def take_snapshot(
    *,
    state: str,
    reason: str | None,
    wall: float,
    warmth: Warmth,
    jobs: Jobs,
    intake: Intake,
    progress: dict[tuple[int, int], Step | Started],
    pace: Pace,
    last: dict[str, JobFinished],
    events: str | None,
    queue: dict[str, Any],
) -> Snapshot:
    """Everything `hotfolder status` shows."""
    return {
        "schema": 1,
        "heartbeat": iso(wall),
        "heartbeat_unix": wall,
        "state": state,
        "reason": reason,
        "model": {
            "name": warmth.card.name if warmth.card else None,
            "state": warmth.heat.value,
            "device": warmth.ready.device if warmth.ready else None,
        },
        "current": _current(jobs, progress, pace),
        "held": [
            {
                "job": active.number,
                "name": active.name,
                "pictures": len(active.plan.pictures),
                "attempts": active.claim.ticket.attempts,
            }
            for active in jobs.active.values()
        ],
        "queue": queue,
        "troubles": [
            {"file": _relative(path, intake), "reason": why} for path, why in intake.troubles()
        ],
        "events": events,
        "workers": _workers(warmth),
        "pace": pace.to_json(),
        "last_done": _last(last.get("done")),
        "last_failed": _last(last.get("failed")),
    }


def state_of(*, paused: bool, blocked: str | None, warmth: Warmth) -> str:
    """One word for what the daemon does now."""
    if warmth.heat is Heat.LOADING:
        return "loading"
    if warmth.in_hand:
        return "rendering"
    if blocked:
        return "blocked"
    return "paused" if paused else "idle"


def _current(
    jobs: Jobs, progress: dict[tuple[int, int], Step | Started], pace: Pace
) -> list[dict[str, Any]]:
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


def queue_of(intake: Intake, jobs: Jobs, pace: Pace, passes_of: PassesOf) -> dict[str, Any]:
    """The waiting files in order; the costly part of a snapshot when thousands wait."""
    waiting = intake.in_order()
    seconds: float | None = 0.0
    for _, job in waiting:
        part = pace.estimate(passes_of(job), job.pictures) if job else 0.0
        seconds = None if seconds is None or part is None else seconds + part
    for active in jobs.active.values():
        part = _left(active, pace)
        seconds = None if seconds is None or part is None else seconds + part
    return {
        "number": len(waiting),
        "files": [_relative(item.path, intake) for item, _ in waiting],
        "estimate_seconds": _round(seconds),
    }


def _left(active: ClaimedJob, pace: Pace) -> float | None:
    passes = active.plan.pictures[0].render.passes
    return pace.estimate(passes, len(active.to_render) + len(active.in_hand))


def _workers(warmth: Warmth) -> list[dict[str, Any]]:
    if warmth.worker is None:
        return []
    peak = warmth.ready.peak_memory_bytes if warmth.ready else None
    return [{"pid": warmth.worker.pid, "state": warmth.heat.value, "peak_memory_bytes": peak}]


def _last(end: JobFinished | None) -> dict[str, Any] | None:
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


def _relative(path: Any, intake: Intake) -> str:
    return str(path.relative_to(intake.inbox.folder))


def _round(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 3)
