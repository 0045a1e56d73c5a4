"""An engine that makes one whole picture after another, served like one that shares steps.

Knows nothing of pipes or of what a picture shows.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass

from daemon.engine.interface import BrokenError, Engine, InFlight, OnStep, Picture
from daemon.protocol.render import Render


@dataclass(slots=True)
class Single:
    """A render of an engine that knows only whole pictures."""

    render: Render
    on_step: OnStep
    picture: Picture | None = None
    failure: BaseException | None = None

    @property
    def key(self) -> Hashable:
        return self.render.share_key

    @property
    def is_over(self) -> bool:
        return self.picture is not None or self.failure is not None

    @property
    def calls_left(self) -> int:
        return 0 if self.is_over else 1


class OneByOne:
    """Lets an engine that makes one picture after another be served like one that shares."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def room(self, in_flight: Sequence[InFlight], render: Render) -> int:  # noqa: ARG002
        return 1

    def board(self, render: Render, on_step: OnStep) -> Single:
        return Single(render, on_step)

    def step(self, in_flight: Sequence[Single]) -> None:
        single = in_flight[0]
        try:
            single.picture = self._engine.render(single.render, single.on_step)
        except BrokenError:
            raise
        except Exception as error:
            single.failure = error

    def land(self, flight: Single) -> Callable[[], Picture]:
        def finished() -> Picture:
            assert flight.picture is not None
            return flight.picture

        return finished

    def drop(self, flight: Single) -> None:
        """Nothing is held of it here."""
