"""The watch over the living worker: hung, too big, or grown old.

Follows what the worker says, asks the system for its memory, and kills it when it hangs or takes
more memory than it may; its end is then heard like any other death. A worker that has only grown
old is marked `tired`, and replaced when it holds no picture.
"""

from __future__ import annotations

from daemon.protocol.messages import Event, Loading, Ready, Rendered, Started, Step
from daemon.protocol.render import Render
from daemon.settings import Settings
from daemon.worker.deadlines import Deadline
from daemon.worker.lifecycle import Warmth
from daemon.worker.pace import Pace
from daemon.worker.recycling import Health, resident_bytes

MEMORY_EVERY = 0.5


class Vigil:
    """Over one worker at a time; `sentence` is why it was killed, until that is asked for."""

    def __init__(self, warmth: Warmth, pace: Pace, settings: Settings) -> None:
        self._warmth = warmth
        self._pace = pace
        self._deadline = Deadline(settings.hang_timeout)
        self._health = Health(int(settings.worker_memory * 1e9))
        self._serial = 0
        self._memory_at = 0.0
        self._sentence: str | None = None

    def heard(self, event: Event, render: Render | None, now: float) -> None:
        """The worker has said something (about `render`): what it must do next, and until when."""
        self._meet(now)
        usual = None
        if render is not None:  # of the step that comes next
            next_step = event.step + 1 if isinstance(event, Step) else 1
            usual = self._pace.seconds_per_step(*render.size_at(next_step))
        match event:
            case Loading():
                self._deadline.begin(f"loading the {event.component}", now, long=True)
            case Started():
                self._deadline.begin("preparing the first step", now, usual=usual, long=True)
            case Step() if event.step < event.steps:
                between = render is not None and event.step == render.passes[0][2]
                self._deadline.begin(
                    f"taking step {event.step + 1}", now, usual=usual, long=between
                )
            case Step():
                self._deadline.begin("decoding and saving", now, usual=usual, long=True)
            case Ready():
                self._deadline.rest()
            case _ if not any(held.started for held in self._warmth.in_hand):
                self._deadline.rest()

    def picture(self, event: Rendered, now: float) -> None:
        """A picture is done: whether the worker has grown old over it. The steps of one that was
        made together with others say nothing of the worker's pace."""
        worker = self._warmth.worker
        alone = event.batch.get("size", 1) == 1
        if worker is not None:
            self._warmth.tired = self._warmth.tired or self._health.picture(
                resident=resident_bytes(worker.pid),
                size=(event.width, event.height),
                seconds_per_step=event.timings.seconds_per_step
                if alone and not event.timings.hires
                else None,
                now=now,
            )

    def look(self, now: float) -> str | None:
        """Kill the worker if it must be; returns why, once."""
        worker = self._warmth.worker
        if worker is None:
            self._deadline.rest()
            return None
        self._meet(now)
        if self._deadline.phase is None and self._warmth.in_hand:
            self._deadline.begin("taking up the next picture", now)
        if self._sentence is not None:
            return None
        self._sentence = self._deadline.overrun(now) or self._too_big(worker.pid, now)
        if self._sentence is not None:
            worker.kill()
        return self._sentence

    def take_sentence(self) -> str | None:
        """Why the worker that has just ended was killed, if it was us."""
        said, self._sentence = self._sentence, None
        return said

    def due(self, now: float) -> float:
        """When to look at the latest (monotonic)."""
        if self._warmth.worker is None or self._sentence is not None:
            return float("inf")
        watching = self._health.limit > 0 and bool(self._warmth.in_hand)
        return min(self._deadline.due(), now + MEMORY_EVERY if watching else float("inf"))

    def _meet(self, now: float) -> None:
        """A worker not seen before, whether it is looked at or heard first."""
        worker = self._warmth.worker
        if worker is not None and worker.serial != self._serial:
            self._serial, self._sentence = worker.serial, None
            self._health.born()
            self._deadline.begin("starting", now, long=True)

    def _too_big(self, pid: int, now: float) -> str | None:
        if self._health.limit <= 0 or now - self._memory_at < MEMORY_EVERY:
            return None
        self._memory_at = now
        return self._health.too_big(resident_bytes(pid))
