"""What the daemon says as it happens: one log line for each thing, and bars on a terminal.

The lines say per job number what the requester's own tool printed per picture: a start with steps
and size, a line per step, a close with total and per-step time; `grep '#42'` tells one job's story.
Decides nothing; its failure never fails a job.
"""

from __future__ import annotations

from typing import Any, Protocol

from loguru import logger

from daemon.jobs.claimed_job import ClaimedJob, Finished
from daemon.notify.log_files import one_line
from daemon.protocol.messages import Loading, Ready, Rendered, Started, Step

MOST_PARTS = 4
"""Parts of the loading time that are told, the longest first."""


class Bars(Protocol):
    """What a terminal shows; `daemon.notify.terminal_bars` has the real ones."""

    def loading(self, component: str, index: int, total: int) -> None: ...
    def loaded(self) -> None: ...
    def started(self, label: str, steps: int) -> None: ...
    def step(self, label: str, step: int, steps: int, seconds: float) -> None: ...
    def finished(self, label: str, line: str) -> None: ...
    def say(self, line: str) -> None: ...
    def close(self) -> None: ...


class Report:
    """Log lines, and `bars` if the daemon runs on a terminal."""

    def __init__(self, bars: Bars | None = None) -> None:
        self._bars = bars

    # --- the model ----------------------------------------------------------------------------

    def loading(self, model: str, event: Loading) -> None:
        logger.bind(event="loading", component=event.component).info(
            f"loading {model} {event.index}/{event.total}: {event.component}"
        )
        if self._bars:
            self._bars.loading(event.component, event.index, event.total)

    def ready(self, event: Ready) -> None:
        name, device = event.model.get("name", "model"), event.device
        where = f"{device.get('type', '?')} ({device.get('name', '?')})"
        slow = sorted(event.parts.items(), key=lambda part: -part[1])[:MOST_PARTS]
        parts = ", ".join(f"{part} {seconds:.1f}" for part, seconds in slow)
        memory = event.peak_memory_bytes
        size = f"; {memory / 1e9:.1f} GB at the most" if memory else ""
        text = f"{name} is warm on {where} after {event.seconds:.1f} s"
        self._say("ready", text + (f" ({parts}{size})" if parts else ""), parts=event.parts)
        if self._bars:
            self._bars.loaded()

    # --- one picture --------------------------------------------------------------------------

    def started(self, active: ClaimedJob, event: Started) -> None:
        seed = active.picture(event.index).render.seed
        text = (
            f"{_label(active, event.index)} starting "
            f"({event.steps} steps, {event.width}x{event.height}, seed {seed})"
        )
        logger.bind(event="started", job=active.number, picture=event.index).info(text)
        if self._bars:
            self._bars.started(_label(active, event.index), event.steps)

    def step(self, active: ClaimedJob, event: Step, eta: float) -> None:
        label = _label(active, event.index)
        text = f"{label} step {event.step}/{event.steps} {event.seconds:.2f} s/step eta {eta:.1f} s"
        logger.bind(
            event="step",
            job=active.number,
            picture=event.index,
            step=event.step,
            steps=event.steps,
            seconds=event.seconds,
        ).info(text)
        if self._bars:
            self._bars.step(label, event.step, event.steps, event.seconds)

    def rendered(self, active: ClaimedJob, event: Rendered) -> None:
        timings = event.timings
        label = _label(active, event.index)
        text = (
            f"{label} generated in {timings['total']:.2f} seconds "
            f"({timings['seconds_per_step']:.2f} s per step)"
        )
        logger.bind(event="rendered", job=active.number, picture=event.index, timings=timings).info(
            text
        )
        for warning in event.warnings:
            self.warn(f"{label}: {warning}", job=active.number)
        if self._bars:
            self._bars.finished(label, text)

    # --- one job ------------------------------------------------------------------------------

    def claimed(self, active: ClaimedJob) -> None:
        count = len(active.plan.pictures)
        prompt = one_line(active.facts.prompt, 120)
        pictures = "1 picture" if count == 1 else f"{count} pictures"
        text = f"#{active.number} {one_line(active.name, 60)} claimed ({pictures}): {prompt}"
        ticket = active.claim.ticket
        bound = logger.bind(
            event="claimed", job=active.number, file=ticket.file, project=ticket.project
        )
        bound.info(text)
        for warning in active.plan.warnings:
            self.warn(f"#{active.number} {one_line(active.name, 60)}: {warning}", job=active.number)

    def finished(self, end: Finished) -> None:
        head = f"#{end.number} {one_line(end.name, 60)}"
        if end.outcome == "done":
            text = f"{head} done: {', '.join(end.images)}"
        else:
            text = f"{head} {end.outcome}: {one_line(end.reason, 200)} -> {end.kept}/"
        bound = logger.bind(
            event=end.outcome,
            job=end.number,
            images=end.images,
            file=end.file,
            project=end.project,
        )
        (bound.info if end.outcome.is_good else bound.warning)(text)
        if self._bars and end.outcome != "done":
            self._bars.say(text)

    # --- the daemon ---------------------------------------------------------------------------

    def say(self, text: str, **facts: Any) -> None:
        self._say(str(facts.pop("event", "daemon")), text, **facts)

    def warn(self, text: str, **facts: Any) -> None:
        logger.bind(event="warning", **facts).warning(text)
        if self._bars:
            self._bars.say(f"warning: {one_line(text, 300)}")

    def note(self, level: str, text: str) -> None:
        """Something the worker wants a person to know."""
        if level in ("WARNING", "ERROR"):
            self.warn(f"worker: {one_line(text, 600)}")
        else:
            logger.bind(event="worker").info(f"worker: {one_line(text, 600)}")

    def heard(self, line: str) -> None:
        """Something a library printed in the worker."""
        logger.bind(event="worker").debug(one_line(line))

    def close(self) -> None:
        if self._bars:
            self._bars.close()

    def _say(self, event: str, text: str, **facts: Any) -> None:
        logger.bind(event=event, **facts).info(text)
        if self._bars:
            self._bars.say(one_line(text, 300))


def _label(active: ClaimedJob, index: int) -> str:
    return f"#{active.number} {one_line(active.name, 60)} {index}/{len(active.plan.pictures)}"
