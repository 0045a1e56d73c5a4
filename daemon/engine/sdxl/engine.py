"""The SDXL engine: a warm model, and pictures through it, several at a time where that pays.

What is remembered between pictures (what texts and references looked like) is kept by content and
gives the same pixels as doing it again; nothing else of a picture stays.
"""

from __future__ import annotations

import contextlib
import os
import threading
import traceback
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

import torch
from PIL import Image
from torch import Tensor

from daemon.engine.interface import (
    BrokenError,
    OnStep,
    Picture,
    RenderError,
    Report,
    Stages,
    UnloadableError,
)
from daemon.engine.sdxl.batching.policy import Company
from daemon.engine.sdxl.batching.unet_call import Calls
from daemon.engine.sdxl.denoising.in_flight import Brief
from daemon.engine.sdxl.denoising.prepare import Briefing
from daemon.engine.sdxl.denoising.reference_tokens import Showing
from daemon.engine.sdxl.denoising.source_image import open_canvas
from daemon.engine.sdxl.denoising.step import advance
from daemon.engine.sdxl.denoising.trip import Trip
from daemon.engine.sdxl.device import Device, choose_device, out_of_memory
from daemon.engine.sdxl.errors import explaining
from daemon.engine.sdxl.idle_work import Chores
from daemon.engine.sdxl.loading.loader import Loader
from daemon.engine.sdxl.loras import Wardrobe
from daemon.engine.sdxl.memory.fallbacks import Frugality, Taken
from daemon.engine.sdxl.memory.ladder import SPLIT, Rung
from daemon.engine.sdxl.model import Model
from daemon.engine.sdxl.speed.onednn import Twins
from daemon.engine.sdxl.stopwatch import Laps
from daemon.engine.sdxl.versions import quieten, versions
from daemon.protocol.messages import Load, Ready
from daemon.protocol.render import Render

APART = "A call shared with other pictures failed, so it was made alone ({why})."


class Sdxl:
    """SDXL with IP-Adapters on whatever hardware there is."""

    def __init__(self) -> None:
        self._device: Device
        self._model: Model
        self._showing: Showing
        self._wardrobe: Wardrobe
        self._company: Company
        self._calls: Calls
        self._twins = Twins()  # the networks of shared calls
        self._darkroom = threading.Lock()  # the VAE may be changed for a picture, and back

    def load(self, load: Load, report: Report) -> Ready:
        quieten()
        if load.threads > 0:
            torch.set_num_threads(load.threads)
        self._device = choose_device(load.device, load.dtype)
        try:
            self._model = Loader(load, self._device, report).run()
        except Exception as error:
            if out_of_memory(error):
                raise UnloadableError(
                    f"The model {load.name} does not fit into the memory of this machine.",
                    "Close other programs, or use a smaller model.",
                ) from error
            raise
        self._showing = Showing(self._model, self._device)
        self._frugality = Frugality(
            self._model, self._device, os.environ.get("HOTFOLDER_REHEARSE_SHORTAGE", "")
        )
        self._wardrobe = Wardrobe(self._model.unet)
        always = os.environ.get("HOTFOLDER_BATCHING") == "always"
        self._company = Company(load, self._model.unet, self._device, always=always)
        self._chores = Chores(self, load, self._model, self._device)
        self._calls = Calls(self._model.unet, self._twins, self._chores.steps)
        return Ready(
            seconds=0.0,
            model={"name": load.name, "sha256": load.sha256, "adapters": sorted(load.adapters)},
            device=self._device.record(),
            parts=self._model.seconds,
            versions=versions(),
            peak_memory_bytes=self._device.peak(),
        )

    def render(self, render: Render, on_step: OnStep) -> Picture:
        """One picture from beginning to end, alone."""
        flight = self.board(render, on_step)
        while not flight.is_over:
            self.step([flight])
        if flight.failure is not None:
            self.drop(flight)
            raise flight.failure
        return self.land(flight)()

    def idle(self, tell: Callable[[str, str], None]) -> bool:
        self._wardrobe.dress(())
        return self._chores.do(tell)

    # --- several pictures -----------------------------------------------------------------------

    def room(self, aloft: Sequence[Trip], render: Render) -> int:
        if self._frugality.alone(render):
            return 1
        return self._company.room(aloft, (render.width, render.height), render.share_key)

    def board(self, render: Render, on_step: OnStep) -> Trip:
        self._device.begin_picture(render.width, render.height)
        rungs: set[Rung] = set()
        board = partial(self._board, render, on_step, rungs)
        with self._explaining(render), torch.inference_mode():
            return self._frugality.run("encode", render, rungs, board)

    def step(self, aloft: Sequence[Trip]) -> None:
        first, together = aloft[0], self._company.of(aloft)
        if len(together) == 1 or self._frugality.alone(first.render):
            self._each(first, self._move_alone, first)
            return
        try:
            self._frugality.rehearse("share", first.render)
            self._move(together)
        except BrokenError:
            raise
        except Exception as error:
            # No flight has moved. Alone, each of them answers for itself.
            self._move_apart(together, error)

    def land(self, flight: Trip) -> Callable[[], Picture]:
        self._company.save()
        self._calls.part_with(flight)
        flight.laps.end("denoise_again" if flight.passes else "denoise")
        if self._device.decodes_aside:
            return partial(self._finish, flight)
        picture = self._finish(flight)
        return lambda: picture

    def drop(self, flight: Trip) -> None:
        self._calls.part_with(flight)

    # --- inside -----------------------------------------------------------------------------------

    def _finish(self, flight: Trip) -> Picture:
        """Decode. This may be another thread than that of the steps, and beside them."""
        render, laps = flight.render, flight.laps
        with self._explaining(render), torch.inference_mode(), self._darkroom:
            laps.begin()
            decode = partial(self._develop, flight, flight.latents)
            image, notes = self._frugality.run("decode", render, flight.rungs, decode)
            if flight.canvas is not None:
                image = flight.canvas.laid_over(image)
            laps.end("decode")
        self._frugality.made_it(render)
        first = flight.passes[0] if flight.passes else len(flight.seconds)
        return Picture(
            image=image,
            stages=Stages(
                steps=tuple(flight.seconds[:first]),
                steps_again=tuple(flight.seconds[first:]),
                **laps.seconds,
            ),
            cache=flight.cache,
            adapters=tuple(
                dict.fromkeys(r.params.model for r in render.references if r.params.scale)
            ),
            warnings=(*flight.warnings, *sorted(rung.warning for rung in flight.rungs), *notes),
            exact=flight.shared == 1
            and not flight.compiled
            and all(rung.exact for rung in flight.rungs),
            batch={"size": flight.shared, "index": flight.place},
            peak_memory_bytes=self._device.peak(),
        )

    def _board(self, render: Render, on_step: OnStep, rungs: set[Rung], taken: Taken) -> Trip:
        if render.width % 8 or render.height % 8:
            raise RenderError(
                f"A picture of {render.width}x{render.height} can't be painted.",
                remedy="Make `width` and `height` multiples of 8.",
            )
        laps = Laps(self._device)
        unet, texts = self._model.unet, self._model.texts
        self._wardrobe.dress(render.loras)
        if render.loras:
            laps.end("load")
        guided = render.sampling.guidance_scale > 1 and unet.config.time_cond_proj_dim is None
        words = texts.encode(render, guided=guided, wardrobe=self._wardrobe)
        laps.end("encode_prompt")
        briefing = Briefing(self._model, self._device, self._showing, render, words)
        attention = briefing.attention(render)
        seen_before = briefing.seen_before
        self._frugality.rest(taken)
        laps.end("encode_references")
        canvas = open_canvas(render)
        begin = partial(briefing.first, attention, canvas)
        if briefing.needs_vae(canvas):
            with self._darkroom:
                size = render.width, render.height
                brief = self._frugality.begin_over(size, render, rungs, begin)
        else:
            brief = begin()
        laps.end("encode_image")
        if render.hires is not None:
            brief = replace(brief, then=partial(self._enlarge, briefing))
        return Trip(
            render=render,
            brief=brief,
            on_step=on_step,
            laps=laps,
            cache={"prompt": "hit" if words.hit else "miss", "references": seen_before},
            warnings=(*words.warnings, *self._wardrobe.remarks),
            rungs=rungs,
            canvas=canvas,
        )

    def _develop(
        self, flight: Trip, latents: Tensor, taken: Taken
    ) -> tuple[Image.Image, list[str]]:
        vae = self._model.vae
        if flight.shared > 1 and not taken and self._twins.pay(vae):
            return self._frugality.develop(self._twins.of(vae), latents, taken)
        with self._chores.decoding.wanted(not (flight.render.sampling.strict or taken)) as compiled:
            flight.compiled |= compiled
            return self._frugality.develop(vae, latents, taken)

    def _enlarge(self, briefing: Briefing, trip: Trip) -> Brief:
        """The brief of the pass over what the first one painted."""
        trip.laps.end("denoise")
        with self._darkroom:
            painted: Image.Image
            decode = partial(self._develop, trip, trip.latents)
            painted, _ = self._frugality.run("decode", trip.render, trip.rungs, decode)
            if trip.canvas is not None:
                painted = trip.canvas.laid_over(painted)
            begin = partial(briefing.second, painted, trip.canvas)
            size = trip.render.passes[-1][:2]
            brief = self._frugality.begin_over(size, trip.render, trip.rungs, begin)
        trip.laps.end("enlarge")
        return brief

    def _move_apart(self, flights: Sequence[Trip], error: Exception) -> None:
        """The call that failed for all of them, one by one."""
        short_of_memory = out_of_memory(error)
        if short_of_memory:
            self._company.did_not_fit(flights)
            self._let_go(error)
            for flight in flights:
                flight.rungs.add(SPLIT)
        for flight in flights:
            self._each(flight, self._move_alone, flight)
        if short_of_memory or any(flight.failure for flight in flights):
            return  # it was memory, or one of them was to blame
        traceback.print_exception(error)
        self._company.part(flights)
        for flight in flights:
            flight.warnings += (APART.format(why=f"{type(error).__name__}: {error}"),)

    def _move_alone(self, flight: Trip) -> None:
        """One call for this one, with less memory if it must be."""
        move = partial(self._move, [flight])
        self._frugality.run("denoise", flight.render, flight.rungs, move, self._spare)

    def _move(self, flights: Sequence[Trip], taken: Taken = frozenset()) -> None:
        """One call for all of these. Raises before any of them has moved, or not at all."""
        began, rested = self._device.clock(), self._device.effort()
        with torch.inference_mode():
            self._wardrobe.dress(flights[0].render.loras)
            predicted, compiled = self._calls.predict(flights, taken)
            for flight, rows in zip(flights, predicted, strict=True):
                self._each(flight, advance, flight, rows)
            seconds, effort = self._device.clock() - began, self._device.effort() - rested
            self._company.flew(flights, effort)
            for place, flight in enumerate(flights):
                flight.compiled |= compiled
                self._each(flight, flight.spent, seconds, len(flights), place)
                self._each(flight, flight.go_on)

    def _each(self, flight: Trip, act: Callable[..., None], *given: object) -> None:
        """What goes wrong with one flight ends that flight only, unless the device itself died."""
        if flight.failure is not None:
            return
        try:
            with self._explaining(flight.render):
                act(*given)
        except BrokenError:
            raise
        except Exception as error:
            flight.failure = error

    def _explaining(self, render: Render) -> contextlib.AbstractContextManager[None]:
        return explaining(render, self._device, self._let_go)

    def _let_go(self, error: BaseException) -> None:
        traceback.clear_frames(error.__traceback__)  # they hold what did fit
        self._spare()
        self._device.release()

    def _spare(self) -> None:
        """Let go of all that is only for speed."""
        self._calls.forget()
        self._twins.forget()
