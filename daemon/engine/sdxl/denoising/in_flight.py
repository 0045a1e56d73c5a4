"""One picture in the air: all that is known of it while it is being denoised.

A `Brief` says how a picture (or one pass of it) is to be denoised and never changes; a `Flight`
is how far it has come. Every flight has its own scheduler, generator and latents, so pictures
that share a UNet call share nothing else: their samplers, steps and positions may all differ.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from daemon.engine.interface import Look, OnStep
from daemon.engine.sdxl.conditioning.ip_adapter import Attention
from daemon.engine.sdxl.control.steering import Steering
from daemon.engine.sdxl.denoising.source_image import Canvas
from daemon.engine.sdxl.memory.ladder import Rung
from daemon.engine.sdxl.stopwatch import Stopwatch
from daemon.protocol.json_object import JsonObject
from daemon.protocol.render import Render

if TYPE_CHECKING:
    from daemon.engine.sdxl.networks import NoiseScheduler


@dataclass(frozen=True, slots=True)
class Brief:
    """One picture, ready to be denoised. Rows are (negative, positive), or one row if unguided.

    Only pictures of the same `key` can share a call. `latents` are as noisy as the sampler is
    before its call number `begin` (from 0, an index into the scheduler's timesteps); `extra`
    channels go beside them into the UNet, and `steering` acts on it. `blend` gets the latents
    after every call, with its number, and may put back what must not change. `then` makes, of the
    flight at the end of this pass, the brief of another.
    """

    key: Hashable
    guidance_scale: float
    pooled: Tensor
    time_ids: Tensor
    attention: Attention
    scheduler: NoiseScheduler  # fresh, its timesteps laid out
    generator: torch.Generator
    latents: Tensor
    begin: int = 0
    extra: Tensor | None = None
    condition: Tensor | None = None
    steering: Steering | None = None
    blend: Callable[[Tensor, int], Tensor] | None = None
    then: Callable[[Any], Brief] | None = None

    @property
    def rows(self) -> int:
        return self.pooled.shape[0]


@dataclass(frozen=True, slots=True)
class Guess:
    """What one call made of the latents it was given: `predicted` is guided, of one row."""

    latents: Tensor
    predicted: Tensor
    timestep: Tensor


@dataclass(slots=True, eq=False)
class Flight:
    """A picture in the air. `call` is the number of its next UNet call in this pass, `seconds`
    how long each step took, `shared` the most pictures that flew in one of its calls,
    `failure` what ended it before its time; `preview` shows what the last call saw, its `guess`."""

    render: Render
    brief: Brief
    on_step: OnStep
    latents: Tensor = field(init=False)
    options: JsonObject = field(init=False)
    call: int = field(init=False)
    seconds: list[float] = field(default_factory=list)
    passes: list[int] = field(default_factory=list)
    shared: int = 1
    place: int = 0
    failure: BaseException | None = None
    guess: Guess | None = None
    preview: Callable[[Flight], Look | None] | None = None
    _since: float = 0.0

    def __post_init__(self) -> None:
        self._take_off(self.brief)

    def _take_off(self, brief: Brief) -> None:
        self.brief, self.latents, self.call = brief, brief.latents, brief.begin
        self.options = _options_of(brief, self.render.sampling.eta)
        if hasattr(brief.scheduler, "set_begin_index"):
            brief.scheduler.set_begin_index(brief.begin)

    @property
    def key(self) -> Hashable:
        return self.brief.key

    @property
    def rows(self) -> int:
        return self.brief.rows

    @property
    def size(self) -> tuple[int, int]:
        """Width and height, in pixels, of what is being denoised."""
        return self.latents.shape[3] * 8, self.latents.shape[2] * 8

    @property
    def timestep(self) -> Tensor:
        """That of the next call."""
        return self.brief.scheduler.timesteps[self.call]

    @property
    def share(self) -> float:
        """How much of this pass is done, from 0 to 1."""
        call, calls = self.call_of_pass
        return call / calls

    @property
    def call_of_pass(self) -> tuple[int, int]:
        """The number of the next call (from 0) among those of this pass, and how many these are."""
        begin, end = self.brief.begin, len(self.brief.scheduler.timesteps)
        return self.call - begin, end - begin

    @property
    def calls_left(self) -> int:
        """UNet calls to go in this pass; another pass may follow."""
        return len(self.brief.scheduler.timesteps) - self.call

    @property
    def is_over(self) -> bool:
        """Nothing more is to be stepped: its latents are done, or it failed."""
        return self.failure is not None or self.calls_left == 0

    def spent(self, seconds: float, shared: int, place: int) -> None:
        """One of its calls is done and took `seconds`, shared by so many. Reports whole steps:
        some samplers ask the UNet twice for one, but only once for their last."""
        self._since += seconds
        if shared > self.shared:
            self.shared, self.place = shared, place
        done = self.call - self.brief.begin
        if done % self.brief.scheduler.order == 0 or self.calls_left == 0:
            self.seconds.append(self._since)
            self._since = 0.0
            look = self.preview(self) if self.preview is not None else None
            self.on_step(len(self.seconds), self.seconds[-1], look)

    def go_on(self) -> None:
        """If a pass is over and another follows, begin it."""
        if self.calls_left == 0 and self.brief.then is not None:
            self.passes.append(len(self.seconds))
            self._take_off(self.brief.then(self))


@dataclass(slots=True, eq=False, kw_only=True)
class PictureInFlight(Flight):
    """`rungs` are those taken for lack of memory, `compiled` says whether compiled code was used,
    `disturbed` whether busy neighbours left it fewer threads, which changes last bits."""

    stopwatch: Stopwatch
    cache: dict[str, str | None]
    warnings: tuple[str, ...]
    rungs: set[Rung]
    canvas: Canvas | None = None
    compiled: bool = False
    disturbed: bool = False


def _options_of(brief: Brief, eta: float | None) -> JsonObject:
    """What this sampler's step wants to know beyond the prediction; an `eta` of None is its own."""
    taken = inspect.signature(brief.scheduler.step).parameters
    options = {"generator": brief.generator, **({} if eta is None else {"eta": eta})}
    return {name: value for name, value in options.items() if name in taken}
