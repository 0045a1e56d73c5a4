"""The SDXL engine: a warm model, and one render after another through it.

What is remembered between pictures (what texts and references looked like) is kept by content and
gives the same pixels as doing it again; nothing else of a picture stays.
"""

from __future__ import annotations

import importlib.metadata
import traceback
from dataclasses import dataclass, field
from typing import Any

import torch
from PIL import Image
from torch import Tensor

from daemon.engine.adapters import Adapter, Attention, Shown, load_adapter
from daemon.engine.attention import key_text
from daemon.engine.base import (
    BrokenError,
    OnStep,
    Picture,
    RenderError,
    Report,
    Stages,
    UnloadableError,
)
from daemon.engine.denoise import Brief, decode, denoise, to_image
from daemon.engine.device import Device, choose_device, out_of_memory
from daemon.engine.loading import Loader, Model
from daemon.engine.prompt import time_ids
from daemon.engine.samplers import build_scheduler, set_steps
from daemon.engine.shelf import Shelf
from daemon.protocol import Load, Ready, Reference, Render

SHELF_BYTES = 32 * 1024 * 1024  # about 250 references of a plus adapter in half precision
FAMILY = ("torch", "diffusers", "transformers", "accelerate", "safetensors", "pillow")


class Sdxl:
    """SDXL with IP-Adapters on whatever hardware there is."""

    def __init__(self) -> None:
        self._device: Device
        self._model: Model
        self._adapters: dict[str, Adapter] = {}
        self._shelf: Shelf[Tensor] = Shelf(SHELF_BYTES)
        self._missed = False

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
        return Ready(
            seconds=0.0,
            model={"name": load.name, "sha256": load.sha256, "adapters": sorted(load.adapters)},
            device=self._device.record(),
            versions={name: importlib.metadata.version(name) for name in FAMILY},
            peak_memory_bytes=self._device.peak(),
        )

    def render(self, render: Render, on_step: OnStep) -> Picture:
        self._device.begin_picture(render.width, render.height)
        try:
            with torch.inference_mode():
                return self._render(render, on_step)
        except torch.AcceleratorError as error:
            if out_of_memory(error):
                raise self._exhausted(render, error) from None
            raise BrokenError(f"{self._device.kind} failed: {error}") from error
        except (RuntimeError, MemoryError) as error:
            if out_of_memory(error):
                raise self._exhausted(render, error) from None
            raise

    def _exhausted(self, render: Render, error: BaseException) -> RenderError:
        traceback.clear_frames(error.__traceback__)  # they hold what did fit
        self._device.release()
        return RenderError(
            f"This machine ran out of memory at {render.width}x{render.height}.",
            why=" ".join(str(error).split())[:300],
            remedy="Ask for a smaller picture, or close other programs.",
            transient=True,
            out_of_memory=True,
        )

    def _render(self, render: Render, on_step: OnStep) -> Picture:
        if render.width % 8 or render.height % 8:
            raise RenderError(
                f"A picture of {render.width}x{render.height} can't be painted.",
                remedy="Make `width` and `height` multiples of 8.",
            )
        laps = Laps(self._device)
        model, device = self._model, self._device
        scheduler = build_scheduler(model.scheduler, render.sampler, render.schedule)
        set_steps(scheduler, render.steps, device.place)

        guided = render.guidance_scale > 1 and model.unet.config.time_cond_proj_dim is None
        words = model.texts.encode(render, guided=guided)
        rows = words.hidden.shape[0]
        laps.end("encode_prompt")

        shown, seen_before = self._show(render.references, rows)
        laps.end("encode_references")

        attention = Attention(model.unet, key_text(model.unet, words.hidden), shown)
        brief = Brief(
            width=render.width,
            height=render.height,
            seed=render.seed,
            guidance_scale=render.guidance_scale,
            words=words.hidden,
            pooled=words.pooled,
            time_ids=time_ids(render, rows, words.hidden.dtype).to(device.place),
            attention=attention,
            scheduler=scheduler,
        )
        latents, steps = denoise(model.unet, brief, device, on_step)
        laps.end("denoise")

        image, notes = develop(model.vae, latents)
        laps.end("decode")
        return Picture(
            image=image,
            stages=Stages(steps=steps, **laps.seconds),
            cache={"prompt": "hit" if words.hit else "miss", "references": seen_before},
            adapters=tuple(dict.fromkeys(r.model for r in render.references if r.scale)),
            warnings=(*words.warnings, *notes),
            peak_memory_bytes=device.peak(),
        )

    # --- references -----------------------------------------------------------------------------

    def _show(self, references: tuple[Reference, ...], rows: int) -> tuple[list[Shown], str | None]:
        """References by adapter, as tokens; and whether all of them were known."""
        felt = [reference for reference in references if reference.scale]
        groups: dict[str, list[Reference]] = {}
        for reference in felt:
            groups.setdefault(reference.model, []).append(reference)
        self._missed = False
        shown = []
        for name, group in groups.items():
            tokens = torch.cat([self._tokens(name, each, rows) for each in group], dim=1)
            shown.append(Shown(self._adapter(name), tuple(group), tokens))
        return shown, (None if not felt else "miss" if self._missed else "hit")

    def _tokens(self, name: str, reference: Reference, rows: int) -> Tensor:
        """(rows, 1, tokens, width) for one reference."""
        key = (name, reference.sha256, rows)
        known = self._shelf.get(key)
        if known is not None and reference.sha256:
            return known
        self._missed = True
        adapter = self._adapter(name)
        seen, nothing = self._model.vision.look(reference, hidden=adapter.wants_hidden)
        tokens = adapter.tokens(torch.stack([nothing, seen] if rows == 2 else [seen]))
        return self._shelf.put(key, tokens, tokens)

    def _adapter(self, name: str) -> Adapter:
        if name not in self._adapters:
            path = self._model.adapters.get(name)
            if path is None:
                have = ", ".join(sorted(self._model.adapters)) or "none"
                raise RenderError(
                    f"This model has no IP-Adapter {name!r}.",
                    why=f"It has: {have}.",
                    remedy="Change `model` of the reference, or fetch it with `hotfolder models "
                    "pull`.",
                )
            device = self._device
            self._adapters[name] = load_adapter(path, self._model.unet, device.place, device.dtype)
        return self._adapters[name]


def develop(vae: Any, latents: Tensor) -> tuple[Image.Image, list[str]]:
    """Latents to pixels, looked at before anyone else does; what half precision broke is redone."""
    if not torch.isfinite(latents).all():
        raise RenderError(
            "The model gave numbers that are no picture (not finite).",
            why=f"Denoising in {latents.dtype} went wrong before the picture was decoded.",
            remedy="Try another sampler or lower guidance; with `dtype: float32` in the settings "
            "it is slower and safer.",
        )
    assert not (vae.dtype == torch.float16 and vae.config.force_upcast)
    decoded = decode(vae, latents)
    notes = []
    if _spoilt(decoded) and vae.dtype != torch.float32:
        dtype = vae.dtype
        try:
            decoded = decode(vae.to(torch.float32), latents)
        finally:
            vae.to(dtype)
        notes.append(f"Decoding in {dtype} failed and was done again in float32.")
    if _spoilt(decoded):
        raise RenderError(
            "The picture came out as a single colour.",
            why="The model's decoder failed, or was handed latents that it does not understand.",
            remedy="Try another seed; if every picture is like this, run `hotfolder models check`.",
        )
    return to_image(decoded), notes


def _spoilt(decoded: Tensor) -> bool:
    if not torch.isfinite(decoded).all():
        return True
    shades = decoded.clamp(0, 1).float().mul(255).round()
    return bool((shades == shades[:, :, :1, :1]).all())


@dataclass
class Laps:
    """A stopwatch whose laps leave no gap between them; waits for the device at each."""

    device: Device
    seconds: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._last = self.device.clock()

    def end(self, name: str) -> None:
        now = self.device.clock()
        self.seconds[name] = now - self._last
        self._last = now


def quieten() -> None:
    """No bars, no advice: what the libraries have to say goes to the log as errors only."""
    import diffusers
    import transformers

    for library in (diffusers.utils.logging, transformers.utils.logging):
        library.disable_progress_bar()
        library.set_verbosity_error()
