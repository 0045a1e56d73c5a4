"""A call of the UNet recorded once and replayed: the same kernels without what Python does between
them, some thousand times a call.

A recording is made for a call of a shape that was seen often enough, looked at once against the
plain call, to the last bit, timed against what is called without it (the plain UNet, or a compiled
one), and thrown away for good if it is not the same or not faster. So many are held at most; the
least used go first. How a call is recorded, `recorders` know: `graphs` on CUDA, `traces` on a
processor. Where recording takes a while it is done when nobody waits (`prepare`), and within a
picture only once as much was lost by not doing it.
"""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from statistics import median
from typing import TYPE_CHECKING, Any, Protocol

import torch
from torch import Tensor

from daemon.engine.sdxl.speed.calls import Call, Lasting
from daemon.engine.sdxl.speed.turns import Turns

if TYPE_CHECKING:
    from daemon.engine.sdxl.networks import Unet

SEEN = 3
"""Calls of a shape before one is recorded."""
REGULAR = 8
"""Calls of a shape before one is kept to be recorded when nobody waits."""
TRIES = 9
"""Calls of either way, in turn, before one is chosen by their medians: what else goes on on the
machine changes from second to second, and the first calls of a picture are slower."""
WORTHWHILE = 1.03
MOST_SHAPES = 256
"""Shapes that are remembered."""


class Recording(Protocol):
    """One call of some shape, to be made again with other numbers."""

    def replay(self, call: Call) -> Tensor:
        """What the UNet would answer to this call; the caller may keep it."""

    def let_go(self) -> None:
        """Hold on to nothing of a picture."""


class Recorder(Protocol):
    """How calls are recorded on one kind of device."""

    most: int
    """Recordings held at once."""
    patience: int
    """Calls of a shape after which recording is worth holding up a picture."""
    longest: float
    """Seconds of a call from which on a recording can bring nothing."""

    def record(self, unet: Unet, call: Call, is_wanted: Callable[[], bool]) -> Recording | None:
        """A recording of this call; None if it was left off because a picture `is_wanted`. Raises
        RuntimeError where something in it can't be recorded."""

    def forget(self) -> None:
        """What was recorded is gone, and so may be what it shared."""


def never() -> bool:
    """Nobody waits."""
    return False


@dataclass(slots=True)
class Shape:
    """What is known of calls of one shape; `example` is one that waits to be recorded."""

    calls: int = 0
    quickest: float = math.inf
    refused: bool = False
    example: Call | None = None


@dataclass(slots=True)
class Held:
    """A recording, and how long it and plain calls took in turn."""

    recording: Recording
    replayed: list[float] = field(default_factory=list)
    plain: list[float] = field(default_factory=list)

    def is_tried(self) -> bool:
        """Whether both ways were timed often enough."""
        return len(self.plain) >= TRIES


class RecordedUnet:
    """The UNet, to be called as it is; `clock` gives seconds, once the device is done."""

    def __init__(self, unet: Unet, recorder: Recorder, clock: Callable[[], float]) -> None:
        self._unet = unet
        self._recorder = recorder
        self._clock = clock
        self._shapes: OrderedDict[Hashable, Shape] = OrderedDict()
        self._held: OrderedDict[Hashable, Held] = OrderedDict()
        self._lasting: Lasting | None = None
        self.made = 0
        """Recordings so far: with each, calls may take another time than before."""
        self.turns = Turns()
        """Those of the compiler: nothing is recorded while it is within a piece of its work."""
        weights = list(unet.parameters())
        self._ends = weights[0], weights[-1]
        self._weights_at = self._where()

    def __call__(
        self, sample: Tensor, timesteps: Tensor, *, usual: Unet | None = None, **named: Any
    ) -> tuple[Tensor]:
        """`usual` is what is called where nothing is replayed, if not the UNet as it is."""
        if self._where() != self._weights_at:  # the UNet was elsewhere meanwhile
            self.forget()
            self._weights_at = self._where()
        if self._lasting is None or not self._lasting.is_still(named):
            self._lasting = Lasting(named)
        call = Call(sample, timesteps, self._lasting, usual)
        shape = self._known(call.key)
        if shape.refused:
            return self._usually(call)
        held = self._held.get(call.key)
        if held is not None:
            self._held.move_to_end(call.key)
            return self._held_call(call, shape, held)
        if shape.calls >= max(SEEN, self._recorder.patience):
            with self.turns.between() as is_free:
                if is_free:
                    return self._record(call, shape)
        return self._timed(call, shape)

    def prepare(self, is_wanted: Callable[[], bool] = never) -> bool:
        """Record one shape that waits for it, while nobody waits; whether there was one and its
        turn had come. Left off once a picture `is_wanted`."""
        for shape in reversed(self._shapes.values()):
            call = shape.example
            if call is not None and not shape.refused and call.key not in self._held:
                with self.turns.between() as is_free:
                    if is_free:
                        self._record(call, shape, is_wanted)
                return is_free
            shape.example = None
        self.turns.not_needed()
        return False

    def takes(self, larger: float) -> bool:
        """Whether calls that are so many times `larger` than the quickest so far would be recorded
        when nobody waits."""
        quickest = min((shape.quickest for shape in self._shapes.values()), default=math.inf)
        return self._recorder.patience > REGULAR and larger * quickest <= self._recorder.longest

    def let_go(self) -> None:
        """Hold on to nothing of a picture."""
        self._lasting = None
        for held in self._held.values():
            held.recording.let_go()

    def forget(self) -> None:
        """Give back what recordings hold; they may be made again."""
        self._held.clear()
        for shape in self._shapes.values():
            shape.example = None
        self._recorder.forget()

    # --- how ------------------------------------------------------------------------------------

    def _known(self, key: Hashable) -> Shape:
        shape = self._shapes.setdefault(key, Shape())
        self._shapes.move_to_end(key)
        while len(self._shapes) > MOST_SHAPES:
            self._shapes.popitem(last=False)
        return shape

    def _plainly(self, call: Call) -> tuple[Tensor]:
        answer: tuple[Tensor] = self._unet(call.sample, call.timesteps, **call.lasting.named)
        return answer

    def _usually(self, call: Call) -> tuple[Tensor]:
        usual = call.usual or self._unet
        answer: tuple[Tensor] = usual(call.sample, call.timesteps, **call.lasting.named)
        return answer

    def _timed(self, call: Call, shape: Shape) -> tuple[Tensor]:
        began = self._clock()
        answer = self._usually(call)
        shape.quickest = min(shape.quickest, self._clock() - began)
        shape.calls += 1
        if shape.calls >= SEEN and shape.quickest > self._recorder.longest:
            shape.refused = True
        elif shape.calls == REGULAR < self._recorder.patience:
            self._keep_example(call, shape)
        return answer

    def _keep_example(self, call: Call, shape: Shape) -> None:
        """To be recorded when nobody waits; of the latest shapes only."""
        shape.example = call.copied()
        waiting = [each for each in self._shapes.values() if each.example is not None]
        for each in waiting[: -self._recorder.most]:
            each.example = None

    def _record(
        self, call: Call, shape: Shape, is_wanted: Callable[[], bool] = never
    ) -> tuple[Tensor]:
        """This call plainly, then recorded, replayed and held against that."""
        wanted = self._plainly(call)
        try:
            recording = self._recorder.record(self._unet, call, is_wanted)
            if recording is None:
                return wanted
            same = torch.equal(recording.replay(call), wanted[0])
        except RuntimeError:  # something in it can't be recorded
            shape.refused, shape.example = True, None
            self.forget()
            return wanted
        shape.refused, shape.example = not same, None
        if same:
            while len(self._held) >= self._recorder.most:
                gone, _ = self._held.popitem(last=False)
                self._known(gone).calls = SEEN  # patience with it begins anew
            self._held[call.key] = Held(recording)
            self.made += 1
        return wanted

    def _held_call(self, call: Call, shape: Shape, held: Held) -> tuple[Tensor]:
        if held.is_tried():
            return (held.recording.replay(call),)
        replays = len(held.replayed) <= len(held.plain)
        began = self._clock()
        answer = (held.recording.replay(call),) if replays else self._usually(call)
        (held.replayed if replays else held.plain).append(self._clock() - began)
        if held.is_tried() and not _pays(held):
            shape.refused = True
            del self._held[call.key]
        return answer

    def _where(self) -> tuple[int, ...]:
        return tuple(weight.data_ptr() for weight in self._ends)


def _pays(held: Held) -> bool:
    return median(held.replayed) * WORTHWHILE <= median(held.plain)
