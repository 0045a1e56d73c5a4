"""The LoRAs that a model's networks wear, for one job, and taken off without a trace.

They are never merged into the weights. The UNet keeps wearing what the next picture wears too; a
text encoder is dressed for the moment it speaks.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from torch import Size

from daemon.engine.sdxl.lora.changes import LayerChange
from daemon.engine.sdxl.lora.fitted import FittedLora, Layers, fit
from daemon.engine.sdxl.lora.keys import ENCODER, ENCODER_2, UNET
from daemon.engine.sdxl.lora.layer_names import KINDS, names_of_encoder, names_of_unet
from daemon.engine.sdxl.lora.lora_file import explained, read_lora
from daemon.engine.sdxl.lora.worn import Dress, LayerChanges
from daemon.engine.sdxl.lru import Lru
from daemon.engine.sdxl.offloadable import Offloadable
from daemon.protocol.render import Lora

if TYPE_CHECKING:
    from daemon.engine.sdxl.networks import Network, TextEncoder, Unet

SHELF_BYTES = 512 * 1024 * 1024
"""Files kept in memory: two or three of the usual size for SDXL, or one of the largest."""

ENCODERS = (ENCODER, ENCODER_2)


class LoraStack:
    """What one model's networks may wear. `unet` is dressed by `dress` until that is called again
    for others; an encoder only inside `encoder_wearing`."""

    def __init__(self, unet: Unet, encoders: Sequence[Offloadable]) -> None:
        self._unet = unet
        self._encoders = encoders
        self._asked: tuple[Lora, ...] = ()
        self._worn: tuple[Lora, ...] = ()  # those of them that are for the UNet
        self._dress: Dress | None = None
        self._at_hand: dict[str, FittedLora] = {}
        self._layers: dict[str, Layers] = {}
        self._lru: Lru[FittedLora] = Lru(SHELF_BYTES)
        self.remarks: tuple[str, ...] = ()

    def dress(self, loras: tuple[Lora, ...]) -> None:
        """Have the UNet wear exactly these; `remarks` says what of them does not fit. Raises
        RenderError, and then it wears nothing."""
        if loras == self._asked:
            return
        wearing = [lora for lora in loras if lora.scale]
        try:
            # Held for as long as they are asked for: files that don't fit on the shelf together
            # would push each other off it, and be read again for every call.
            self._at_hand = {_content(lora): self._fitted(lora) for lora in wearing}
        except Exception:
            self.undress()
            raise
        wanted = tuple(lora for lora in wearing if UNET in self._fitted(lora).changes)
        if wanted != self._worn:
            self._change_into(wanted)
        self.remarks = tuple(
            dict.fromkeys(remark for lora in wearing if (remark := self._fitted(lora).remark))
        )
        self._asked = loras

    def undress(self) -> None:
        """The UNet as it was loaded: the same layers, nothing on them."""
        if self._dress is not None:
            self._dress.take_off()
        self._dress = None
        self._asked, self._worn, self.remarks = (), (), ()

    def _change_into(self, wanted: tuple[Lora, ...]) -> None:
        self.undress()
        if wanted:
            self._dress = Dress(self._unet, self._changes(UNET, wanted))
        self._worn = wanted

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
        dress = Dress(encoder, self._changes(ENCODERS[which], wanted))
        try:
            yield
        finally:
            dress.take_off()

    def _for(self, which: int, loras: tuple[Lora, ...]) -> tuple[Lora, ...]:
        part = ENCODERS[which]
        return tuple(lora for lora in loras if lora.scale and part in self._fitted(lora).changes)

    # --- files ----------------------------------------------------------------------------------

    def _changes(self, part: str, loras: tuple[Lora, ...]) -> LayerChanges:
        changes: dict[str, list[tuple[LayerChange, float]]] = {}
        for lora in loras:
            for path, found in self._fitted(lora).changes[part].items():
                changes.setdefault(path, []).extend((change, lora.scale) for change in found)
        return changes

    def _fitted(self, lora: Lora) -> FittedLora:
        key = _content(lora)
        known = self._at_hand.get(key) or self._lru.get(key)
        if known is not None:
            return known
        with explained(lora):
            fitted = fit(lora, read_lora(lora), self._layers_of)
        return self._lru.put(key, fitted, *fitted.tensors())

    def _layers_of(self, part: str) -> Layers:
        if part not in self._layers:
            if part == UNET:
                self._layers[part] = Layers(names_of_unet(self._unet), _shapes(self._unet))
            else:
                encoder = self._encoders[ENCODERS.index(part)].wake()
                self._layers[part] = Layers(names_of_encoder(encoder), _shapes(encoder))
        return self._layers[part]


def _shapes(network: Network) -> dict[str, Size]:
    return {
        path: layer.weight.shape
        for path, layer in network.named_modules()
        if isinstance(layer, KINDS)
    }


def _content(lora: Lora) -> str:
    return lora.sha256 or lora.path
