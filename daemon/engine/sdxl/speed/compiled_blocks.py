"""What is put in place of eager code once it is compiled, and the switch that decides per call.

With the switch off, or for what was not compiled, everything is exactly as it was before.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from diffusers.models.attention import BasicTransformerBlock
from diffusers.models.autoencoders.vae import Decoder
from torch import Tensor

from daemon.engine.sdxl.attention import Attended, Keyed, Layer

if TYPE_CHECKING:
    from daemon.engine.sdxl.networks import Block, Unet

_block_forward = BasicTransformerBlock.forward
_decoder_forward = Decoder.forward


def run_block(block: Block, states: Tensor, layer: Layer) -> Tensor:
    return _block_forward(block, states, cross_attention_kwargs={"layer": layer})


def run_decoder(decoder: Decoder, latents: Tensor) -> Tensor:
    return _decoder_forward(decoder, latents)


@dataclass(slots=True)
class Switch:
    """Whether compiled code may be used: `ready` once it is there, `on` while it is wanted."""

    ready: bool = False
    on: bool = False

    @contextlib.contextmanager
    def wanted(self, wish: bool) -> Iterator[bool]:
        """Says whether compiled code is used while this is entered."""
        self.on = wish and self.ready
        try:
            yield self.on
        finally:
            self.on = False


class FastUnet:
    """The UNet with its compiled blocks, which `switch` turns on; what is looked at is laid out as
    they expect it, once."""

    def __init__(self, unet: Unet, switch: Switch) -> None:
        self._unet = unet
        self._switch = switch
        self.calls = 0
        self._kept: tuple[Attended | None, Attended] = (None, {})

    def __call__(
        self, *inputs: Any, cross_attention_kwargs: dict[str, Attended], **same: Any
    ) -> Any:
        attended = cross_attention_kwargs["attended"]
        given, packed = self._kept  # at once, since another thread may have it forgotten
        if attended is not given:
            packed = {name: _packed(layer) for name, layer in attended.items()}
            self._kept = attended, packed
        self.calls += 1
        with self._switch.wanted(True):
            return self._unet(*inputs, cross_attention_kwargs={"attended": packed}, **same)

    def forget(self) -> None:
        """Hold on to nothing of a picture."""
        self._kept = None, {}


class SwappedBlock:
    """A block's forward: compiled where that is wanted and fits, eager otherwise."""

    def __init__(self, block: Block, compiled: Callable[..., Tensor], switch: Switch) -> None:
        self._block = block
        self._compiled = compiled
        self._switch = switch

    def __call__(self, hidden_states: Tensor, **named: Any) -> Tensor:
        if self._switch.on and hidden_states.shape[0] > 1:
            layer = named["cross_attention_kwargs"]["layer"]
            if _is_plain(layer):
                return self._compiled(self._block, hidden_states, layer)
        return _block_forward(self._block, hidden_states, **named)


class SwappedDecoder:
    """The same for the decoder of the VAE, which decodes one picture at a time."""

    def __init__(self, decoder: Decoder, compiled: Callable[..., Tensor], switch: Switch) -> None:
        self._decoder = decoder
        self._compiled = compiled
        self._switch = switch

    def __call__(self, sample: Tensor, latent_embeds: Tensor | None = None) -> Tensor:
        if self._switch.on and sample.shape[0] == 1 and latent_embeds is None:
            return self._compiled(self._decoder, sample.contiguous())
        return _decoder_forward(self._decoder, sample, latent_embeds)


def _is_plain(layer: Layer) -> bool:
    keyed = (layer.text, *layer.images)
    return len(keyed) <= 2 and all(each.where is None and each.there is None for each in keyed)


def _packed(layer: Layer) -> Layer:
    def pack(keyed: Keyed) -> Keyed:
        return keyed._replace(key=keyed.key.contiguous(), value=keyed.value.contiguous())

    return Layer(pack(layer.text), tuple(pack(image) for image in layer.images))
