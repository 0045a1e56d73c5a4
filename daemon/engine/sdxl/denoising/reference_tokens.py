"""Reference pictures of a render, as the tokens that its attention will look at.

Tokens are kept by content; the adapters' weights are read when first needed.
"""

from __future__ import annotations

import torch
from diffusers.image_processor import IPAdapterMaskProcessor
from torch import Tensor

from daemon.engine.interface import RenderError
from daemon.engine.sdxl.conditioning.cache import Kept
from daemon.engine.sdxl.conditioning.ip_adapter import Adapter, Shown, load_adapter
from daemon.engine.sdxl.conditioning.open_picture import open_mask
from daemon.engine.sdxl.device import Device
from daemon.engine.sdxl.model import Model
from daemon.protocol.render import KeptPicture, Reference, Render


class ReferenceTokens:
    """Turns references into what attention looks at."""

    def __init__(self, model: Model, device: Device) -> None:
        self._model = model
        self._device = device
        self._adapters: dict[str, Adapter] = {}
        self._missed = False

    def show(self, render: Render, rows: int) -> tuple[list[Shown], str | None]:
        """References by adapter, as tokens; and whether all of them were known."""
        felt = [reference for reference in render.references if reference.params.scale]
        groups: dict[str, list[Reference]] = {}
        for reference in felt:
            groups.setdefault(reference.params.model, []).append(reference)
        self._missed = False
        shown = []
        for name, group in groups.items():
            tokens = torch.cat([self._tokens(name, each.source, rows) for each in group], dim=1)
            how = tuple(each.params for each in group)
            masks = tuple(self._mask(each, render) for each in group)
            shown.append(Shown(self._adapter(name), how, tokens, masks))
        return shown, (None if not felt else "miss" if self._missed else "hit")

    def _mask(self, reference: Reference, render: Render) -> Tensor | None:
        """Where a reference is felt, at the size of the picture: 1 where the mask is white."""
        if reference.mask is None:
            return None
        picture, soft = open_mask(reference.mask), reference.params.mask_soft
        prepared = IPAdapterMaskProcessor(do_binarize=not soft).preprocess(
            picture, height=render.height, width=render.width
        )
        return prepared.clamp(0, 1).to(self._device.place)

    def _tokens(self, name: str, picture: KeptPicture, rows: int) -> Tensor:
        """(rows, 1, tokens, width) for one reference."""
        key, model = (name, picture.sha256, rows), self._model
        adapter = self._adapter(name)
        if picture.sha256:
            known = model.reference_cache.recall(key, model.seen_by[name])
            if known is not None:
                return known.tensors["tokens"]
        self._missed = True
        seen, nothing = model.vision[name].look(picture, hidden=adapter.wants_hidden)
        tokens = adapter.tokens(torch.stack([nothing, seen] if rows == 2 else [seen]))
        if picture.sha256:
            model.reference_cache.keep(key, model.seen_by[name], Kept({"tokens": tokens}))
        return tokens

    def _adapter(self, name: str) -> Adapter:
        if name not in self._adapters:
            path = self._model.adapters.get(name)
            if (error := self._model.unusable.get(name)) is not None:
                raise RenderError(
                    f"The IP-Adapter {name} can't be used. {error.what}", remedy=error.remedy
                )
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
