"""From a render to the briefs of its passes: everything that is settled before a first step.

The first pass starts from noise or from a picture; the second, where one is asked for, from what
the first one made, enlarged. Both are told the same words and
references, and are steered by the same pictures.
"""

from __future__ import annotations

from dataclasses import replace

from PIL import Image

from daemon.engine.sdxl.attention import Keyed, key_text
from daemon.engine.sdxl.conditioning.ip_adapter import Attention
from daemon.engine.sdxl.conditioning.text import Words, time_ids
from daemon.engine.sdxl.control.steering import Steerer
from daemon.engine.sdxl.denoising.in_flight import Brief
from daemon.engine.sdxl.denoising.initial_latents import PLAIN, Start, Starter
from daemon.engine.sdxl.denoising.reference_tokens import ReferenceTokens
from daemon.engine.sdxl.denoising.source_image import Canvas
from daemon.engine.sdxl.denoising.step import guidance_condition
from daemon.engine.sdxl.device import Device
from daemon.engine.sdxl.model import Model
from daemon.engine.sdxl.schedulers import build_scheduler, set_steps
from daemon.protocol.render import Render


class Preparation:
    """Makes the briefs of one render, whose words are encoded already; begins by opening its
    control pictures, and raises RenderError for what is wrong with them."""

    def __init__(
        self,
        model: Model,
        device: Device,
        reference_tokens: ReferenceTokens,
        render: Render,
        words: Words,
    ) -> None:
        self._model = model
        self._device = device
        self._reference_tokens = reference_tokens
        self._render = render
        self._words = words
        self._starter = Starter(model.unet, model.vae, device.place, words.hidden.dtype)
        self._steerer = Steerer(model.controls, model.estimators, device.place, words.hidden.dtype)
        self._looked = self._steerer.look(render)
        self._text: dict[str, Keyed] = key_text(model.unet, words.hidden)

    def needs_vae(self, canvas: Canvas | None) -> bool:
        """Whether the first pass has a picture to encode; the VAE may be busy elsewhere."""
        return canvas is not None or self._model.unet.config.in_channels != PLAIN

    def first(self, attention: Attention, canvas: Canvas | None) -> Brief:
        render = self._render
        size = (render.width, render.height)
        scheduler = self._scheduler(render.sampling.steps)
        if canvas is None:
            start = self._starter.from_noise(size, render.seed, scheduler)
        else:
            start = self._starter.over(
                canvas, size, render.seed, scheduler, render.sampling.steps, render.strength
            )
        return self._brief(render, attention, scheduler, start)

    def second(self, painted: Image.Image, canvas: Canvas | None) -> Brief:
        """Over what the first pass painted; `canvas` is what that one began with."""
        assert self._render.hires is not None
        wanted = self._render.hires
        size = (wanted.width, wanted.height)
        larger = replace(self._render, width=wanted.width, height=wanted.height)
        mask = canvas.mask if canvas is not None else None
        enlarged = painted.resize(size, Image.Resampling.LANCZOS)
        scheduler = self._scheduler(wanted.steps)
        start = self._starter.over(
            Canvas(enlarged, mask),
            size,
            larger.seed,
            scheduler,
            wanted.steps,
            wanted.strength,
        )
        return self._brief(larger, self.attention(larger), scheduler, start)

    def attention(self, render: Render) -> Attention:
        """What a pass of the size of `render` looks at."""
        shown, self.seen_before = self._reference_tokens.show(render, self._words.hidden.shape[0])
        return Attention(self._model.unet, self._text, shown)

    def _scheduler(self, steps: int) -> object:
        said = self._render.sampling
        scheduler = build_scheduler(self._model.scheduler, said.sampler, said.schedule)
        set_steps(scheduler, steps, self._device.place, said.schedule)
        return scheduler

    def _brief(
        self, render: Render, attention: Attention, scheduler: object, start: Start
    ) -> Brief:
        words, place, dtype = self._words, self._device.place, self._words.hidden.dtype
        size = (render.width, render.height)
        condition = guidance_condition(self._model.unet, render.sampling.guidance_scale)
        return Brief(
            key=render.share_key,
            guidance_scale=render.sampling.guidance_scale,
            pooled=words.pooled,
            time_ids=time_ids(render, words.hidden.shape[0], dtype).to(place),
            attention=attention,
            scheduler=scheduler,
            generator=start.generator,
            latents=start.latents,
            begin=start.begin,
            extra=start.extra,
            blend=start.blend,
            steering=self._steerer.steer(self._looked, size, words.hidden),
            condition=None if condition is None else condition.to(place, dtype),
        )
