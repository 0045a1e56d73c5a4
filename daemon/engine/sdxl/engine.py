"""The SDXL engine: a warm model, and pictures through it, several at a time where that pays.

What is remembered between pictures (what texts and references looked like) is kept by content and
gives the same pixels as doing it again; nothing else of a picture stays.
"""

from __future__ import annotations

import contextlib
import os
import traceback
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

import torch

from daemon.engine.interface import BrokenError, OnStep, Picture, Report, Tell, UnloadableError
from daemon.engine.sdxl.batching.policy import BatchPolicy
from daemon.engine.sdxl.batching.unet_call import UnetCalls
from daemon.engine.sdxl.conditioning.picture_notes import PictureNotes
from daemon.engine.sdxl.decoding import Decoding
from daemon.engine.sdxl.denoising.in_flight import Brief, PictureInFlight
from daemon.engine.sdxl.denoising.prepare import Preparation
from daemon.engine.sdxl.denoising.reference_tokens import ReferenceTokens
from daemon.engine.sdxl.denoising.source_image import open_canvas
from daemon.engine.sdxl.denoising.step import advance
from daemon.engine.sdxl.device import Device, choose_device, out_of_memory
from daemon.engine.sdxl.errors import check_size, explaining
from daemon.engine.sdxl.idle_work import IdleWork, never
from daemon.engine.sdxl.loading.loader import Loader
from daemon.engine.sdxl.lora.stack import LoraStack
from daemon.engine.sdxl.memory.fallbacks import MemoryFallbacks, Taken
from daemon.engine.sdxl.memory.ladder import SPLIT, Rung
from daemon.engine.sdxl.model import Model
from daemon.engine.sdxl.schedulers import check_scheduler
from daemon.engine.sdxl.speed.levers import pull
from daemon.engine.sdxl.speed.onednn import PackedNetworks
from daemon.engine.sdxl.speed.threads import Threads
from daemon.engine.sdxl.speed.traces import traced
from daemon.engine.sdxl.stopwatch import Stopwatch
from daemon.engine.sdxl.tiny_decoder import look_of
from daemon.engine.sdxl.versions import quieten
from daemon.protocol.messages import Load, Ready
from daemon.protocol.render import Render

APART = "A call shared with other pictures failed, so it was made alone ({why})."


class Sdxl:
    """SDXL with IP-Adapters on whatever hardware there is."""

    def __init__(self) -> None:
        self._device: Device
        self._model: Model
        self._decoding: Decoding
        self._reference_tokens: ReferenceTokens
        self._lora_stack: LoraStack
        self._policy: BatchPolicy
        self._calls: UnetCalls
        self._threads: Threads
        self._notes = PictureNotes()
        self._packed = PackedNetworks()  # the networks of shared calls

    def load(self, load: Load, report: Report) -> Ready:
        quieten()
        if load.threads > 0:
            torch.set_num_threads(load.threads)
        self._device = choose_device(load.device, load.dtype)
        self._threads = Threads(self._device)
        self._decodes_aside = self._device.decodes_aside
        try:
            self._model = Loader(load, self._device, report).run()
        except Exception as error:
            if out_of_memory(error):
                raise UnloadableError(
                    f"The model {load.name} does not fit into the memory of this machine.",
                    "Close other programs, or use a smaller model.",
                ) from error
            raise
        check_scheduler(self._model.scheduler)
        self._preview = look_of(load, self._device.kind).of if load.live else None
        self._reference_tokens = ReferenceTokens(self._model, self._device)
        self._fallbacks = MemoryFallbacks(
            self._model, self._device, os.environ.get("HOTFOLDER_REHEARSE_SHORTAGE", "")
        )
        self._lora_stack = LoraStack(self._model.unet, self._model.texts.encoders)
        always = os.environ.get("HOTFOLDER_BATCHING") == "always"
        self._policy = BatchPolicy(load, self._model.unet, self._device, always=always)
        unet, vae = self._model.unet, self._model.vae
        recorded = pull(unet, vae, self._device) or traced(unet, self._device)
        self._idle_work = IdleWork(self, load, self._model, self._device, recorded)
        self._decoding = Decoding(
            self._model, self._device, self._fallbacks, self._packed, self._idle_work.decoding
        )
        self._calls = UnetCalls(unet, self._packed, self._idle_work.steps, self._device, recorded)
        return self._model.ready(load, self._device)

    def render(self, render: Render, on_step: OnStep) -> Picture:
        """One picture from beginning to end, alone."""
        flight = self.board(render, on_step)
        while not flight.is_over:
            self.step([flight])
        if flight.failure is not None:
            self.drop(flight)
            raise flight.failure
        return self.land(flight)()

    def idle(self, tell: Tell, is_wanted: Callable[[], bool] = never) -> bool:
        self._lora_stack.dress(())
        return self._idle_work.do(tell, is_wanted)

    # --- several pictures -----------------------------------------------------------------------

    def room(self, in_flight: Sequence[PictureInFlight], render: Render) -> int:
        if self._fallbacks.alone(render):
            return 1
        return self._policy.room(in_flight, (render.width, render.height), render.share_key)

    def board(self, render: Render, on_step: OnStep) -> PictureInFlight:
        self._idle_work.stop()
        self._device.begin_picture(render.width, render.height)
        self._threads.begin(strict=render.sampling.strict)
        rungs: set[Rung] = set()
        board = partial(self._board, render, on_step, rungs)
        with self._explaining(render), torch.inference_mode():
            return self._fallbacks.run("encode", render, rungs, board)

    def step(self, in_flight: Sequence[PictureInFlight]) -> None:
        first, together = in_flight[0], self._policy.of(in_flight)
        if len(together) == 1 or self._fallbacks.alone(first.render):
            self._each(first, self._move_alone, first)
            return
        try:
            self._fallbacks.rehearse("share", first.render)
            self._move(together)
        except BrokenError:
            raise
        except Exception as error:
            # No flight has moved. Alone, each of them answers for itself.
            self._move_apart(together, error)

    def land(self, flight: PictureInFlight) -> Callable[[], Picture]:
        self._policy.save()
        self._calls.part_with(flight)
        self._idle_work.painted(flight.render)
        flight.stopwatch.end("denoise_again" if flight.passes else "denoise")
        if self._decodes_aside:
            return partial(self._finish, flight)
        picture = self._finish(flight)
        return lambda: picture

    def drop(self, flight: PictureInFlight) -> None:
        self._calls.part_with(flight)

    # --- inside -----------------------------------------------------------------------------------

    def _finish(self, flight: PictureInFlight) -> Picture:
        flight.disturbed |= self._threads.use(strict=flight.render.sampling.strict)
        with self._explaining(flight.render), torch.inference_mode():
            return self._decoding.picture(flight)

    def _board(
        self, render: Render, on_step: OnStep, rungs: set[Rung], taken: Taken
    ) -> PictureInFlight:
        check_size(render)
        stopwatch = Stopwatch(self._device)
        unet, texts = self._model.unet, self._model.texts
        self._lora_stack.dress(render.loras)
        if render.loras:
            stopwatch.end("load")
        guided = render.sampling.guidance_scale > 1 and unet.config.time_cond_proj_dim is None
        words = texts.encode(render, guided=guided, lora_stack=self._lora_stack)
        stopwatch.end("encode_prompt")
        preparation = Preparation(self._model, self._device, self._reference_tokens, render, words)
        attention = preparation.attention(render)
        self._fallbacks.rest(taken)
        stopwatch.end("encode_references")
        canvas = open_canvas(render)
        begin = partial(preparation.first, attention, canvas)
        if preparation.needs_vae(canvas):
            with self._decoding.lock:
                size = render.width, render.height
                brief = self._fallbacks.begin_over(size, render, rungs, begin)
        else:
            brief = begin()
        stopwatch.end("encode_image")
        if render.hires is not None:
            brief = replace(brief, then=partial(self._enlarge, preparation))
        return PictureInFlight(
            render=render,
            brief=brief,
            on_step=on_step,
            stopwatch=stopwatch,
            cache={"prompt": "hit" if words.hit else "miss", "references": preparation.seen_before},
            warnings=(*words.warnings, *self._lora_stack.remarks, *self._notes.of(render)),
            rungs=rungs,
            canvas=canvas,
            disturbed=self._threads.are_fewer,
            preview=self._preview,
        )

    def _enlarge(self, preparation: Preparation, flight: PictureInFlight) -> Brief:
        """The brief of the pass over what the first one painted."""
        flight.stopwatch.end("denoise")
        with self._decoding.lock:
            painted, _ = self._decoding.pixels(flight)
            begin = partial(preparation.second, painted, flight.canvas)
            size = flight.render.passes[-1][:2]
            brief = self._fallbacks.begin_over(size, flight.render, flight.rungs, begin)
        flight.stopwatch.end("enlarge")
        return brief

    def _move_apart(self, flights: Sequence[PictureInFlight], error: Exception) -> None:
        """The call that failed for all of them, one by one."""
        short_of_memory = out_of_memory(error)
        if short_of_memory:
            self._policy.did_not_fit(flights)
            self._let_go(error)
            for flight in flights:
                flight.rungs.add(SPLIT)
        for flight in flights:
            self._each(flight, self._move_alone, flight)
        if short_of_memory or any(flight.failure for flight in flights):
            return  # it was memory, or one of them was to blame
        traceback.print_exception(error)
        self._policy.part(flights)
        for flight in flights:
            flight.warnings += (APART.format(why=f"{type(error).__name__}: {error}"),)

    def _move_alone(self, flight: PictureInFlight) -> None:
        """One call for this one, with less memory if it must be."""
        move = partial(self._move, [flight])
        self._fallbacks.run("denoise", flight.render, flight.rungs, move, self._spare)

    def _move(self, flights: Sequence[PictureInFlight], taken: Taken = frozenset()) -> None:
        """One call for all of these. Raises before any of them has moved, or not at all."""
        self._idle_work.stop()
        self._threads.begin(strict=flights[0].render.sampling.strict)
        began, rested = self._device.clock(), self._device.effort()
        fewer = self._threads.are_fewer
        with torch.inference_mode():
            self._lora_stack.dress(flights[0].render.loras)
            predicted, compiled = self._calls.predict(flights, taken)
            for flight, rows in zip(flights, predicted, strict=True):
                self._each(flight, advance, flight, rows)
            seconds, effort = self._device.clock() - began, self._device.effort() - rested
            self._threads.end()
            if not fewer:  # the curve is that of all threads
                self._policy.flew(flights, effort)
            for place, flight in enumerate(flights):
                flight.compiled |= compiled
                flight.disturbed |= fewer
                self._each(flight, flight.spent, seconds, len(flights), place)
                self._each(flight, flight.go_on)

    def _each(self, flight: PictureInFlight, act: Callable[..., None], *given: object) -> None:
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
        self._calls.spare()
        self._packed.forget()
