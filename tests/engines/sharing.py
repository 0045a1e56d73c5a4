"""Paints cards, several in the air at once: at most the load's `max_batch`, four unless told.

Does what a prompt says when the card takes its third step: `kill` dies of a signal, `fail` raises.
"""

import os
import signal
from dataclasses import dataclass

from daemon.engine.base import Picture, Stages
from daemon.engine.dry_run import DryRun, paint


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
        return self.render.width, self.render.height

    @property
    def calls_left(self):
        return self.render.steps - len(self.seconds)

    @property
    def is_over(self):
        return self.failure is not None or not self.calls_left


class Engine(DryRun):
    def load(self, load, report):
        self.most = min(load.max_batch, 4)
        return super().load(load, report)

    def key(self, render):
        return render.width, render.height

    def room(self, _aloft, _render):
        return self.most

    def board(self, render, on_step):
        return Flight(render, on_step, [])

    def step(self, aloft):
        [seconds] = self._take_steps(1, lambda *_: None)
        for place, flight in enumerate(aloft):
            flight.seconds.append(seconds)
            if len(aloft) > flight.shared:
                flight.shared, flight.place = len(aloft), place
            try:
                self.obey(flight)
                flight.on_step(len(flight.seconds), seconds)
            except Exception as error:
                flight.failure = error

    def obey(self, flight):
        if len(flight.seconds) == 3 and "kill" in flight.render.prompt:
            os.kill(os.getpid(), signal.SIGKILL)
        if len(flight.seconds) == 3 and "fail" in flight.render.prompt:
            raise ZeroDivisionError("as the prompt says")

    def land(self, flight):
        return lambda: Picture(
            image=paint(flight.render, []),
            stages=Stages(steps=tuple(flight.seconds)),
            exact=flight.shared == 1,
            batch={"size": flight.shared, "index": flight.place},
        )
