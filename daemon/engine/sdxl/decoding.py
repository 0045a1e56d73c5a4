"""From the latents of a picture in flight to its pixels, and to what its record says of it.

One decode at a time: the VAE may be changed for a picture, and back. Takes less memory where needed
(`memory.fallbacks`). Knows nothing of steps or of other pictures.
"""

from __future__ import annotations

import threading
from functools import partial

from PIL import Image
from torch import Tensor

from daemon.engine.interface import Picture, Stages
from daemon.engine.sdxl.denoising.in_flight import PictureInFlight
from daemon.engine.sdxl.device import Device
from daemon.engine.sdxl.memory.fallbacks import MemoryFallbacks, Taken
from daemon.engine.sdxl.model import Model
from daemon.engine.sdxl.speed.compiled_blocks import Switch
from daemon.engine.sdxl.speed.onednn import PackedNetworks


class Decoding:
    """The decoder of one model; `compiled` is its compiled form, where that is wanted."""

    def __init__(
        self,
        model: Model,
        device: Device,
        fallbacks: MemoryFallbacks,
        packed: PackedNetworks,
        compiled: Switch,
    ) -> None:
        self._model = model
        self._device = device
        self._fallbacks = fallbacks
        self._packed = packed
        self._compiled = compiled
        self.lock = threading.Lock()
        """Held by whoever uses the VAE."""

    def picture(self, flight: PictureInFlight) -> Picture:
        """Decode. This may be another thread than that of the steps, and beside them."""
        with self.lock:
            flight.stopwatch.begin()
            image, notes = self.pixels(flight)
            flight.stopwatch.end("decode")
        self._fallbacks.made_it(flight.render)
        first = flight.passes[0] if flight.passes else len(flight.seconds)
        render = flight.render
        followed = [r.params.model for r in render.references if r.params.scale]
        followed += [c.model.name for c in render.controls if c.model and c.params.scale]
        return Picture(
            image=image,
            stages=Stages(
                steps=tuple(flight.seconds[:first]),
                steps_again=tuple(flight.seconds[first:]),
                **flight.stopwatch.seconds,
            ),
            cache=flight.cache,
            adapters=tuple(dict.fromkeys(followed)),
            warnings=(*flight.warnings, *sorted(rung.warning for rung in flight.rungs), *notes),
            exact=flight.shared == 1
            and not (flight.compiled or flight.disturbed)
            and all(rung.exact for rung in flight.rungs),
            batch={"size": flight.shared, "index": flight.place},
            peak_memory_bytes=self._device.peak(),
            kept_bytes={
                "answers of encoders": self._model.memory.held,
                "packed layers": self._packed.held,
            },
        )

    def pixels(self, flight: PictureInFlight) -> tuple[Image.Image, list[str]]:
        """What is denoised so far, as an image laid over what it was painted on, and warnings. The
        caller holds `lock`."""
        decode = partial(self._decode, flight, flight.latents)
        image: Image.Image
        image, notes = self._fallbacks.run("decode", flight.render, flight.rungs, decode)
        if flight.canvas is not None:
            image = flight.canvas.laid_over(image)
        return image, notes

    def _decode(
        self, flight: PictureInFlight, latents: Tensor, taken: Taken
    ) -> tuple[Image.Image, list[str]]:
        vae = self._model.vae
        if flight.shared == 1 or taken:
            exactly = flight.render.sampling.strict or bool(taken)
            return self._plainly(flight, latents, taken, exactly=exactly)
        call = latents.shape
        used, began = self._packed.choose(vae, call), self._device.effort()
        if used is vae:
            developed = self._plainly(flight, latents, taken, exactly=False)
        else:
            developed = self._fallbacks.develop(used, latents, taken)
        self._packed.took(vae, used, call, self._device.effort() - began)
        return developed

    def _plainly(
        self, flight: PictureInFlight, latents: Tensor, taken: Taken, *, exactly: bool
    ) -> tuple[Image.Image, list[str]]:
        with self._compiled.wanted(not exactly) as compiled:
            flight.compiled |= compiled
            return self._fallbacks.develop(self._model.vae, latents, taken)
