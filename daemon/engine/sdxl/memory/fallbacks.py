"""Doing the same with less memory: what each rung of the ladder means.

`MemoryFallbacks` runs a stage of a picture and goes down the ladder for as long as memory runs out;
the rest are the ways in which a stage needs less.
"""

from __future__ import annotations

import contextlib
import copy
import gc
import traceback
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, TypeVar

import torch
from PIL import Image
from torch import Tensor

from daemon.engine.interface import BrokenError
from daemon.engine.sdxl.attention import Attended, Keyed, Layer
from daemon.engine.sdxl.device import Device, out_of_memory
from daemon.engine.sdxl.memory.ladder import (
    ENCODE,
    ENCODE_IMAGE,
    STREAMED,
    Ladder,
    Rung,
    outermost,
)
from daemon.engine.sdxl.memory.slices import PLACES, Slices
from daemon.engine.sdxl.memory.streamed import Streamed
from daemon.engine.sdxl.model import Model
from daemon.engine.sdxl.vae import develop
from daemon.protocol.render import Render

if TYPE_CHECKING:
    from daemon.engine.sdxl.networks import Network, Unet, Vae

T = TypeVar("T")

TILES = {"tiles": 2, "small tiles": 4}
PATCHES = {"patches": 2, "small patches": 4}
"""Tiles along the longer side, for decoding and for encoding."""

LEAST_TILE = 32  # latents; smaller ones would be all seam
QUARTERS = 4
"""Tiles overlap by a quarter of themselves; where that is no whole number, diffusers puts together
pieces that don't meet, into a picture of another size."""

Taken = frozenset[str]


class MemoryFallbacks:
    """The ladder of one model on one device."""

    def __init__(self, model: Model, device: Device, rehearsal: str) -> None:
        self._model = model
        self._device = device
        self._ladder = Ladder(device.kind, rehearsal)
        self._streamed: Streamed | None = None
        self._must_stream = next(model.unet.parameters()).device.type != device.kind
        """The UNet does not fit beside the rest, so it was left in main memory."""
        if self._must_stream:
            self._streamed = Streamed(model.unet, device.place)

    def run(
        self,
        stage: str,
        render: Render,
        used: set[Rung],
        act: Callable[[Taken], T],
        let_go: Callable[[], None] = lambda: None,
    ) -> T:
        """What `act` gives, told which rungs are taken; `used` is added what helped. Raises what
        `act` raises, running out of memory only when no rung is left."""
        pixels, strict = size_of(render), render.sampling.strict
        if stage == ENCODE:  # nobody is in a call
            self._end_streaming()
        while True:
            taken = self._ladder.taken(pixels, strict=strict)
            try:
                self._ladder.rehearse(stage, pixels, taken)
                result = act(frozenset(rung.name for rung in taken))
            except Exception as error:
                if not out_of_memory(error):
                    raise
                rung = self._ladder.down(stage, pixels, strict=strict)
                if rung is None:
                    raise
                traceback.clear_frames(error.__traceback__)  # they hold what did fit
                let_go()
                self._begin(rung)
            else:
                used |= outermost(rung for rung in taken if stage in rung.stages)
                return result

    def alone(self, render: Render) -> bool:
        """Whether pictures of this size go one by one, since not even one fits without more ado."""
        return any("denoise" in rung.stages for rung in self._ladder.taken(size_of(render)))

    def rehearse(self, stage: str, render: Render) -> None:
        """Run out of memory before any rung is taken, if that is being rehearsed."""
        self._ladder.rehearse(stage, size_of(render), ())

    def rest(self, taken: Taken) -> None:
        """The encoders have spoken."""
        if self._model.rest(force="encoders" in taken):
            self._device.release()

    def made_it(self, render: Render) -> None:
        self._ladder.made_it(size_of(render))

    def begin_over(
        self, size: tuple[int, int], render: Render, used: set[Rung], begin: Callable[[], T]
    ) -> T:
        """What `begin` gives, which has the VAE encode a picture of this size. It may be begun
        anew, with more memory left to it."""

        def act(taken: Taken) -> T:
            self.rest(taken)
            with self._leaving_room(taken), tiled(self._model.vae, size, _parts(taken, PATCHES)):
                return begin()

        return self.run(ENCODE_IMAGE, render, used, act)

    def develop(self, vae: Vae, latents: Tensor, taken: Taken) -> tuple[Image.Image, list[str]]:
        """`develop`, with the rungs that are taken."""
        height, width = latents.shape[-2:]
        with self._leaving_room(taken):
            if "processor" in taken:
                vae, latents = copy.deepcopy(vae).to("cpu", torch.float32), latents.to("cpu")
            with tiled(vae, (width * 8, height * 8), _parts(taken, TILES)):
                return develop(vae, latents)

    @contextlib.contextmanager
    def _leaving_room(self, taken: Taken) -> Iterator[None]:
        """While this is entered, the VAE has more of the memory to itself."""
        with contextlib.ExitStack() as ways:
            ways.enter_context(slicing(taken, self._device.attention_limit))
            if "apart" in taken and self._streamed is None:
                ways.enter_context(_away(self._model.unet, self._device))
            yield

    def _begin(self, rung: Rung) -> None:
        """What a rung gives back at once."""
        if rung.name == "tidy":
            self._model.memory.forget()
            self._model.controls.forget()
        if rung.name == "encoders":
            self._model.rest(force=True)
        if rung.name == STREAMED and self._streamed is None:
            self._streamed = Streamed(self._model.unet, self._device.place)
        gc.collect()
        self._device.release()

    def _end_streaming(self) -> None:
        """Once its rung is left, the UNet comes back; if it does not fit, it is streamed on."""
        if self._streamed is None or self._must_stream or self._ladder.holds(STREAMED):
            return
        try:
            self._streamed.undo()
        except Exception as error:
            if not out_of_memory(error):
                raise BrokenError(f"the UNet could not come back to the card: {error}") from error
            self._must_stream = True
        else:
            self._streamed = None


def size_of(render: Render) -> int:
    """The pixels of the largest pass."""
    return max(width * height for width, height, _ in render.passes)


def slicing(taken: Taken, limit: int | None) -> contextlib.AbstractContextManager[object]:
    """Attention in slices, where a rung or the device's `limit` asks for it."""
    if "slices" not in taken and limit is None:
        return contextlib.nullcontext()
    return Slices(PLACES if "slices" in taken else None, limit)


class RowByRow:
    """A UNet for one row at a time: half the memory of a guided picture. With `copies` rows are
    handed over as tensors of their own instead of views."""

    def __init__(self, unet: Unet, *, copies: bool = False) -> None:
        self._unet = unet
        self._copies = copies

    def __call__(
        self,
        sample: Tensor,
        timesteps: Tensor,
        *,
        timestep_cond: Tensor | None,
        cross_attention_kwargs: dict[str, Attended],
        added_cond_kwargs: dict[str, Tensor],
        **same: Any,
    ) -> tuple[Tensor]:
        rows = []
        for i in range(sample.shape[0]):
            here = slice(i, i + 1)
            attended = {
                name: self._row(layer, here)
                for name, layer in cross_attention_kwargs["attended"].items()
            }
            predicted = self._unet(
                self._cut(sample, here),
                self._cut(timesteps, here),
                timestep_cond=None if timestep_cond is None else self._cut(timestep_cond, here),
                cross_attention_kwargs={"attended": attended},
                added_cond_kwargs={
                    name: self._cut(each, here) for name, each in added_cond_kwargs.items()
                },
                **{name: self._part(each, here) for name, each in same.items()},
            )
            rows.append(predicted[0])
        return (torch.cat(rows),)

    def _part(self, given: Any, here: slice) -> Any:
        """This row of what control models add, one tensor or many; all else is the same for all."""
        if isinstance(given, Tensor):
            return self._cut(given, here)
        if isinstance(given, list | tuple):
            return [self._cut(each, here) for each in given]
        return given

    def _row(self, layer: Layer, here: slice) -> Layer:
        def cut(keyed: Keyed) -> Keyed:
            return Keyed._make(None if each is None else self._cut(each, here) for each in keyed)

        return Layer(cut(layer.text), tuple(cut(image) for image in layer.images))

    def _cut(self, tensor: Tensor, here: slice) -> Tensor:
        return tensor[here].clone() if self._copies else tensor[here]


def _parts(taken: Taken, tiles: dict[str, int]) -> int:
    return max((tiles[name] for name in taken & tiles.keys()), default=1)


@contextlib.contextmanager
def tiled(vae: Vae, size: tuple[int, int], parts: int) -> Iterator[None]:
    """The VAE works on pictures of this size in tiles, `parts` of them along the longer side;
    as ever if that is 1."""
    if parts == 1:
        yield
        return
    before = (vae.use_tiling, vae.tile_latent_min_size, vae.tile_sample_min_size)
    scale = 2 ** (len(vae.config.block_out_channels) - 1)
    side = max(LEAST_TILE, -(-max(size) // (scale * parts)))
    side += -side % QUARTERS
    vae.use_tiling, vae.tile_latent_min_size, vae.tile_sample_min_size = True, side, side * scale
    try:
        yield
    finally:
        vae.use_tiling, vae.tile_latent_min_size, vae.tile_sample_min_size = before


@contextlib.contextmanager
def _away(network: Network, device: Device) -> Iterator[None]:
    """While this is entered, a network's weights lie in main memory."""
    network.to("cpu")
    device.release()
    try:
        yield
    finally:
        try:
            network.to(device.place)
        except Exception as error:
            raise BrokenError(f"the UNet could not come back to the card: {error}") from error
