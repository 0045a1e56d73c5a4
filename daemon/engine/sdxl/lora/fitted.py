"""A LoRA file fitted to a model: which of its layers change which of the model's, and what of it
does not fit.

Nothing is left out in silence: what does not fit is counted and told, and a file of which nothing
fits is refused with what it seems to be.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from daemon.engine.sdxl.lora.changes import LayerChange, change_of
from daemon.engine.sdxl.lora.layer_names import LayerNames
from daemon.engine.sdxl.lora.lora_file import LoraFile, foreign
from daemon.engine.sdxl.lora.methods import DoesNotFitError
from daemon.protocol.render import Lora
from daemon.text.counted import agrees


@dataclass(frozen=True, slots=True)
class Layers:
    """The layers of one network: their names, and the shapes of their weights by path."""

    names: LayerNames
    shapes: Mapping[str, torch.Size]


@dataclass(frozen=True, slots=True)
class FittedLora:
    """Changes by part of the model and path in it; `remark` says what does not fit, or nothing."""

    changes: Mapping[str, Mapping[str, tuple[LayerChange, ...]]]
    remark: str
    file: LoraFile

    def tensors(self) -> Iterable[Tensor]:
        """What it keeps in memory."""
        return self.file.tensors()


def fit(lora: Lora, file: LoraFile, layers_of: Callable[[str], Layers]) -> FittedLora:
    """`file` for the networks whose layers `layers_of` gives by part. Raises RenderError if
    nothing in it is for them."""
    changes: dict[str, dict[str, tuple[LayerChange, ...]]] = {}
    missing = misshapen = 0
    for place, matrices in file.layers.items():
        layers = layers_of(place.part)
        path = layers.names.find(place)
        if path is None:
            missing += 1
            continue
        try:
            change = change_of(matrices, layers.shapes[path])
        except DoesNotFitError:
            misshapen += 1
            continue
        part = changes.setdefault(place.part, {})
        part[path] = (*part.get(path, ()), change)
    if not changes:
        raise foreign(lora, _why_nothing(file, missing, misshapen))
    return FittedLora(changes, _remark(lora, file, missing, misshapen), file)


def _why_nothing(file: LoraFile, missing: int, misshapen: int) -> str:
    if file.kind:
        return f"{file.kind}."
    if misshapen >= missing:
        return "Its matrices have other sizes than this model's layers, or some are missing."
    return "None of its layers are layers of this model."


def _remark(lora: Lora, file: LoraFile, missing: int, misshapen: int) -> str:
    said, total = [], len(file.layers)
    if missing:
        fitting = agrees(total - missing, "is a layer", "are layers")
        said.append(f"{total - missing} of its {total} layers {fitting} of this model")
    if misshapen:
        has, lacks = agrees(misshapen, "has", "have"), agrees(misshapen, "lacks", "lack")
        said.append(f"{misshapen} of its {total} layers {has} other sizes here or {lacks} a matrix")
    if file.unread:
        many = len(file.unread)
        entries = agrees(many, "1 entry is", f"{many} entries are")
        said.append(f"{entries} not of a LoRA and left out ({file.unread[0][:80]})")
    if file.again:
        many = len(file.again)
        entries = agrees(many, "1 entry says", f"{many} entries say")
        said.append(f"{entries} again what another one says and left out ({file.again[0][:80]})")
    told = f"The LoRA {lora.name} fits only in part: {'; '.join(said)}." if said else ""
    if file.keeps_alphas_elsewhere:
        told += (
            f" The LoRA {lora.name} says no alphas (peft keeps them in adapter_config.json): each "
            "is taken as its rank. If lora_alpha is not r there, scale it by lora_alpha / r."
        )
    return told.strip()
