"""What an engine is: it loads once, then turns one render after another into a picture.

An engine knows neither pipes nor where pictures go; the worker around it takes renders up, reports
its steps, stages its pictures and answers for its errors.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable

from PIL import Image

from daemon.errors import HotfolderError
from daemon.protocol.messages import Load, Ready
from daemon.protocol.render import Render

#: (component, index, total): component `index` of `total`, counted from 1, is being loaded.
Report = Callable[[str, int, int], None]


class Tell(Protocol):
    """A line for the log: `level` and `about` as in `messages.Note`."""

    def __call__(self, level: str, text: str, about: str = "", /) -> None: ...


#: How the picture looks by now, small or large, RGB. Called in another thread, or not at all.
Look = Callable[[], Image.Image]


class OnStep(Protocol):
    """Denoising step `step` (from 1) is done and took `seconds`; an engine that can show its
    picture says how. Raises CancelledError if the job was cancelled meanwhile, which an engine lets
    pass through."""

    def __call__(self, step: int, seconds: float, look: Look | None = None, /) -> None: ...


@dataclass(frozen=True, slots=True)
class Stages:
    """Where the seconds of one picture went, up to its last pixel. `load` is what it waited for
    its LoRAs; `enlarge`, `denoise_again` and `steps_again` are of a second pass."""

    load: float = 0.0
    encode_prompt: float = 0.0
    encode_references: float = 0.0
    encode_image: float = 0.0
    steps: tuple[float, ...] = ()
    denoise: float = 0.0
    enlarge: float = 0.0
    steps_again: tuple[float, ...] = ()
    denoise_again: float = 0.0
    decode: float = 0.0


@dataclass(frozen=True, slots=True)
class Picture:
    """A finished picture, RGB, and what its sidecar will say about how it came to be."""

    image: Image.Image
    stages: Stages
    cache: dict[str, str | None] = field(default_factory=dict)
    adapters: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    exact: bool = True
    peak_memory_bytes: int | None = None
    kept_bytes: dict[str, int] = field(default_factory=dict)
    """What the engine keeps from one picture to the next beside the model, by its name."""
    batch: dict[str, int] = field(default_factory=lambda: {"size": 1, "index": 0})


class Engine(Protocol):
    """Anything that paints. Both methods are called from the worker's main thread."""

    def load(self, load: Load, report: Report) -> Ready:
        """Become warm, or raise UnloadableError; the worker fills in `seconds`."""

    def render(self, render: Render, on_step: OnStep) -> Picture:
        """Paint. Raises RenderError when this render can't be done."""


class InFlight(Protocol):
    """A picture that a sharing engine has taken up: over when its steps are done, or when
    something ended it (its `failure`). `key` is the `share_key` of what it is at now."""

    failure: BaseException | None

    @property
    def key(self) -> Hashable: ...

    @property
    def is_over(self) -> bool: ...

    @property
    def calls_left(self) -> int: ...


@runtime_checkable
class Sharing(Protocol):
    """An engine that can have several pictures in the air, and move some of them in one call."""

    def room(self, in_flight: Sequence[Any], render: Render) -> int:
        """How many pictures like `render` should be in the air at once, given those that are."""

    def board(self, render: Render, on_step: OnStep) -> InFlight:
        """Take a render up: everything before its first step. Raises as `render` does."""

    def step(self, in_flight: Sequence[Any]) -> None:
        """Move the first of them, and as many more as pay, by one call. What ends one of them is
        its `failure`; raises only what ends them all."""

    def land(self, flight: Any) -> Callable[[], Picture]:
        """What is left to do for one that is over, without failure, to have its picture. It is
        done in another thread, beside the steps of others; raises as `render` does."""

    def drop(self, flight: Any) -> None:
        """One that is over by its failure comes down without a picture: let go at once of all
        that is held of it, since nobody may come after it for hours. Raises nothing."""


@runtime_checkable
class Resting(Protocol):
    """An engine that has things to do when nobody waits for it."""

    def idle(self, tell: Tell, is_wanted: Callable[[], bool]) -> bool:
        """Do something that takes a second at most, `tell` (level, text) of it, and say whether
        there may be more to do. What takes longer is left off, to be done another time, as soon as
        `is_wanted` says that somebody waits. Raises BrokenError only."""


class UnloadableError(HotfolderError):
    """The model can't be loaded: `what` is wrong, and `remedy` says what to do about it; `device`
    if it is only that this device is not there."""

    def __init__(self, what: str, remedy: str = "", *, device: bool = False) -> None:
        super().__init__(what)
        self.what = what
        self.remedy = remedy
        self.device = device


class BrokenError(HotfolderError):
    """The engine can't go on, with this picture or any other; the worker must be replaced."""


class RenderError(HotfolderError):
    """This render can't be done; `transient` when the machine is to blame and not the job,
    `out_of_memory` when both may be."""

    def __init__(
        self,
        what: str,
        *,
        why: str = "",
        remedy: str = "",
        transient: bool = False,
        out_of_memory: bool = False,
    ) -> None:
        super().__init__(what)
        self.what = what
        self.why = why
        self.remedy = remedy
        self.transient = transient
        self.out_of_memory = out_of_memory
