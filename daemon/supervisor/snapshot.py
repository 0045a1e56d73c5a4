"""Builds the status snapshot from what the supervisor knows, and learns how long pictures take.

Reads everything, changes nothing but its own averages. The keys are a contract; see the README.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from daemon.inbox.queue import Intake
from daemon.jobfile import Job
from daemon.jobs.claimed_job import Active
from daemon.jobs.jobs import Jobs
from daemon.notify.events import JobFinished
from daemon.protocol.messages import Started, Step
from daemon.protocol.render import Render, made_steps
from daemon.root.status_file import Snapshot
from daemon.text.printable import iso
from daemon.worker.lifecycle import Heat, Warmth

_WEIGHT = 0.2  # of the newest step in the moving average


@dataclass(slots=True)
class Pace:
    """Measured seconds per megapixel-step and per picture beyond its steps, as moving averages;
    `shared` is how many pictures a step served."""

    step_rate: float | None = None
    overhead: float = 0.0
    shared: float = 1.0
    _by_size: dict[tuple[int, int], float] = field(default_factory=dict)

    def step(self, size: tuple[int, int], seconds: float, *, shared: int = 1) -> None:
        self.shared += _WEIGHT * (shared - self.shared)
        known = self._by_size.get(size)
        self._by_size[size] = seconds if known is None else known + _WEIGHT * (seconds - known)
        area = size[0] * size[1] / 1e6
        rate = seconds / area
        self.step_rate = (
            rate if self.step_rate is None else self.step_rate + _WEIGHT * (rate - self.step_rate)
        )

    def picture(self, render: Render, total: float) -> None:
        beyond = max(0.0, total - (self.steps_left(render, 0) or 0.0))
        self.overhead += _WEIGHT * (beyond - self.overhead)

    def steps_left(self, render: Render, done: int) -> float | None:
        """Seconds that the steps of a picture take after the first `done`; None if unknown."""
        seconds = 0.0
        for width, height, steps in render.passes:
            step = self.seconds_per_step(width, height)
            if step is None:
                return None
            seconds += max(0, steps - done) * step
            done = max(0, done - steps)
        return seconds

    def seconds_per_step(self, width: int, height: int) -> float | None:
        """The average of this size, else what the rate of other sizes suggests, else None."""
        known = self._by_size.get((width, height))
        if known is not None or self.step_rate is None:
            return known
        return self.step_rate * width * height / 1e6

    def estimate(self, width: int, height: int, steps: float, pictures: int) -> float | None:
        """Seconds for so many pictures, or None before anything was measured."""
        step = self.seconds_per_step(width, height)
        return None if step is None else pictures * (steps * step / self.shared + self.overhead)


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
        "pace": {"seconds_per_megapixel_step": pace.step_rate, "overhead": pace.overhead},
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
        left = pace.steps_left(render, step)
        eta = None if left is None else left + pace.overhead
        current.append(
            {
                "job": number,
                "name": active.name,
                "picture": index,
                "pictures": len(active.plan.pictures),
                "step": step,
                "steps": render.total_steps,
                "seconds_per_step": _round(seconds),
                "eta": _round(eta),
            }
        )
    return current


def queue_of(
    intake: Intake, jobs: Jobs, pace: Pace, size_of: Callable[[Job], tuple[int, int]]
) -> dict[str, Any]:
    """The waiting files in order; the costly part of a snapshot when thousands wait."""
    waiting = intake.in_order()
    seconds: float | None = 0.0
    for _, job in waiting:
        part = _estimate(job, pace, size_of)
        seconds = None if seconds is None or part is None else seconds + part
    for active in jobs.active.values():
        part = _left(active, pace)
        seconds = None if seconds is None or part is None else seconds + part
    return {
        "number": len(waiting),
        "files": [_relative(item.path, intake) for item, _ in waiting],
        "estimate_seconds": _round(seconds),
    }


def _estimate(
    job: Job | None, pace: Pace, size_of: Callable[[Job], tuple[int, int]]
) -> float | None:
    if job is None:
        return 0.0
    given = job.sampling.steps
    steps: float = made_steps(given, job.strength) if job.image else given
    if job.hires is not None:  # in steps of the first pass
        again = made_steps(job.hires.steps or given, job.hires.strength)
        steps += again * job.hires.scale**2
    return pace.estimate(*size_of(job), steps, job.pictures)


def _left(active: Active, pace: Pace) -> float | None:
    render = active.plan.pictures[0].render
    pictures = len(active.to_render) + len(active.sent)
    seconds = pace.steps_left(render, 0)
    return None if seconds is None else pictures * (seconds / pace.shared + pace.overhead)


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
