"""Paints cards, several in the air at once: at most the load's `max_batch`, four unless told.

Does what a prompt says when the card takes its third step: `kill` dies of a signal, `fail` raises.
When nobody has come for a while it tells, once, how many cards it still holds. Cards stay at one
step for as long as a test wants, while others come aboard: see `support.daemon.Hold`.
"""

import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path

from daemon.engine.dry_run import DryRun, paint
from daemon.engine.interface import Picture, Stages


@dataclass(eq=False)
class Flight:
    render: object
    on_step: object
    seconds: list
    shared: int = 1
    place: int = 0
    failure: BaseException | None = None

    @property
    def key(self):
        return self.render.share_key

    @property
    def calls_left(self):
        return self.render.sampling.steps - len(self.seconds)

    @property
    def is_over(self):
        return self.failure is not None or not self.calls_left


class Engine(DryRun):
    def load(self, load, report):
        self.most = min(load.max_batch, 4)
        self.held = set()
        return super().load(load, report)

    def room(self, _in_flight, _render):
        return self.most

    def board(self, render, on_step):
        flight = Flight(render, on_step, [])
        self.held.add(flight)
        return flight

    def step(self, in_flight):
        began = time.monotonic()
        time.sleep(self._step_seconds)
        seconds, held = time.monotonic() - began, held_at()
        for place, flight in enumerate(in_flight):
            if len(flight.seconds) == held:
                flight.on_step(held, seconds)  # hears that it is cancelled
                continue
            flight.seconds.append(seconds)
            if len(in_flight) > flight.shared:
                flight.shared, flight.place = len(in_flight), place
            try:
                self.obey(flight)
                flight.on_step(len(flight.seconds), seconds)
            except Exception as error:
                flight.failure = error

    def obey(self, flight):
        if len(flight.seconds) == 3 and "kill" in flight.render.sampling.prompt:
            os.kill(os.getpid(), signal.SIGKILL)
        if len(flight.seconds) == 3 and "fail" in flight.render.sampling.prompt:
            raise ZeroDivisionError("as the prompt says")

    def drop(self, flight):
        self.held.remove(flight)

    def idle(self, tell, is_wanted):
        tell("INFO", f"holds {len(self.held)}")
        if "HOTFOLDER_TEST_CHORE" in os.environ:
            while not is_wanted():
                time.sleep(0.01)
            tell("INFO", "left off")
        return False

    def land(self, flight):
        self.held.remove(flight)
        return lambda: Picture(
            image=paint(flight.render, []),
            stages=Stages(steps=tuple(flight.seconds)),
            exact=flight.shared == 1,
            batch={"size": flight.shared, "index": flight.place},
        )


def held_at():
    try:
        return int(Path(os.environ["HOTFOLDER_TEST_HOLD"]).read_text())
    except (KeyError, FileNotFoundError, ValueError):
        return -1
