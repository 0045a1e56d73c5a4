"""LoRAs: small matrices worn beside a network's own, for one job, and taken off without a trace.

They are never merged into the weights. diffusers reads the file in whatever format it is (its own,
peft's, kohya's) and peft puts a wrapper around each layer concerned, which adds the LoRA's share to
what the layer gives; taken off, the very layers the network was born with are back in their places.
The UNet keeps wearing what the next picture wears too; a text encoder is dressed for the moment it
speaks.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING

from daemon.engine.sdxl.lora_file import ENCODERS, Pattern, explained, foreign, read_lora
from daemon.engine.sdxl.lru import Lru
from daemon.protocol.render import Lora

if TYPE_CHECKING:
    from daemon.engine.sdxl.networks import Network, TextEncoder, Unet

SHELF_BYTES = 512 * 1024 * 1024
"""Files kept in memory: two or three of the usual size for SDXL, or one of the largest."""


class LoraStack:
    """What one model's networks may wear. `unet` is dressed by `dress` until that is called again
    for others; an encoder only inside `encoder_wearing`."""

    def __init__(self, unet: Unet) -> None:
        self._unet = unet
        self._asked: tuple[Lora, ...] = ()
        self._worn: tuple[Lora, ...] = ()  # those of them that are for the UNet
        self._at_hand: dict[str, Pattern] = {}
        self._is_touched = False  # also by a file that did not fit after all
        self.remarks: tuple[str, ...] = ()
        self._trained = {name: one.requires_grad for name, one in unet.named_parameters()}
        self._lru: Lru[Pattern] = Lru(SHELF_BYTES)

    def dress(self, loras: tuple[Lora, ...]) -> None:
        """Have the UNet wear exactly these; `remarks` says what of them does not fit. Raises
        RenderError, and then it wears nothing."""
        if loras == self._asked:
            return
        # Held for as long as they are asked for: files that don't fit on the lru together
        # would push each other off it, and be read again for every call.
        self._at_hand = {_content(lora): self._pattern(lora) for lora in loras if lora.scale}
        wanted = tuple(lora for lora in loras if lora.scale and self._pattern(lora).touches("unet"))
        if wanted != self._worn:
            self._change_into(wanted)
        self._asked = loras

    def _change_into(self, wanted: tuple[Lora, ...]) -> None:
        if _files(wanted) != _files(self._worn):
            self.undress()
        if not wanted:
            return
        try:
            self._is_touched = True
            for place in range(len(self._worn), len(wanted)):  # none, if only scales differ
                self._put_on(place, wanted[place])
            self._unet.set_adapters(_names(wanted), [lora.scale for lora in wanted])
        except Exception:
            self.undress()
            raise
        self._worn = wanted

    def undress(self) -> None:
        """The UNet as it was born: the same layers, the same flags."""
        self._asked, self._worn, self.remarks = (), (), ()
        if not self._is_touched:
            return
        strip(self._unet)
        self._is_touched = False
        for name, parameter in self._unet.named_parameters():
            # peft marks what it wraps as not to be trained, which half precision on the CPU can
            # tell in its last bits (see `loading`).
            parameter.requires_grad_(self._trained[name])

    # --- text encoders ------------------------------------------------------------------------

    def of_encoder(self, which: int, loras: tuple[Lora, ...]) -> tuple[tuple[str, float], ...]:
        """Which of `loras` that encoder wears, for the key of what it says."""
        return tuple((_content(lora), lora.scale) for lora in self._for(which, loras))

    @contextlib.contextmanager
    def encoder_wearing(
        self, which: int, encoder: TextEncoder, loras: tuple[Lora, ...]
    ) -> Iterator[None]:
        """The encoder wears what of `loras` is for it, inside."""
        wanted = self._for(which, loras)
        if not wanted:
            yield
            return
        from diffusers.loaders.lora_base import set_adapters_for_text_encoder
        from diffusers.loaders.lora_pipeline import StableDiffusionXLLoraLoaderMixin

        trained = {name: one.requires_grad for name, one in encoder.named_parameters()}
        try:
            for place, lora in enumerate(wanted):
                pattern = self._pattern(lora)
                with explained(lora):
                    StableDiffusionXLLoraLoaderMixin.load_lora_into_text_encoder(
                        dict(pattern.weights),
                        pattern.alphas,
                        encoder,
                        prefix=ENCODERS[which],
                        adapter_name=_name(place),
                        metadata=pattern.facts,
                        low_cpu_mem_usage=True,
                    )
            weights = [lora.scale for lora in wanted]
            set_adapters_for_text_encoder(_names(wanted), encoder, weights)
            yield
        finally:
            strip(encoder)
            for name, parameter in encoder.named_parameters():
                parameter.requires_grad_(trained[name])

    def _for(self, which: int, loras: tuple[Lora, ...]) -> tuple[Lora, ...]:
        part = ENCODERS[which]
        return tuple(lora for lora in loras if lora.scale and self._pattern(lora).touches(part))

    # --- files ----------------------------------------------------------------------------------

    def _put_on(self, place: int, lora: Lora) -> None:
        pattern = self._pattern(lora)
        with explained(lora):
            self._unet.load_lora_adapter(
                dict(pattern.weights),
                prefix="unet",
                network_alphas=pattern.alphas,
                adapter_name=_name(place),
                metadata=pattern.facts,
                low_cpu_mem_usage=True,
            )
        fitting = _layers_wearing(self._unet, _name(place))
        if not fitting:
            raise foreign(lora, "None of its layers are layers of this model.")
        if fitting < (layers := pattern.layers("unet")):
            part = f"{fitting} of its {layers} layers are layers of this model"
            self.remarks += (f"The LoRA {lora.name} fits only in part: {part}.",)

    def _pattern(self, lora: Lora) -> Pattern:
        key = _content(lora)
        known = self._at_hand.get(key) or self._lru.get(key)
        if known is not None:
            return known
        pattern = read_lora(lora, self._unet)
        return self._lru.put(key, pattern, *pattern.weights.values())


def _name(place: int) -> str:
    return f"worn_{place}"


def _names(loras: tuple[Lora, ...]) -> list[str]:
    return [_name(place) for place in range(len(loras))]


def _content(lora: Lora) -> str:
    return lora.sha256 or lora.path


def _files(loras: tuple[Lora, ...]) -> list[str]:
    return [_content(lora) for lora in loras]


def _layers_wearing(network: Network, name: str) -> int:
    from peft.tuners.tuners_utils import BaseTunerLayer

    return sum(
        isinstance(module, BaseTunerLayer) and name in getattr(module, "lora_A", {})
        for module in network.modules()
    )


def strip(network: Network) -> None:
    """Take off all that peft has put on, also what a failure left half on."""
    from diffusers.utils.peft_utils import recurse_remove_peft_layers

    recurse_remove_peft_layers(network)
    if getattr(network, "peft_config", None) is not None:
        del network.peft_config
    if hasattr(network, "_hf_peft_config_loaded"):
        network._hf_peft_config_loaded = False
