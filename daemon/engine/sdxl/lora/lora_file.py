"""A LoRA file, read: matrices by layer, whatever its layout.

Says of a file that can't be one what it is. Knows no network; whether its layers are a model's is
asked in `fitted`.
"""

from __future__ import annotations

import contextlib
import json
import math
import stat
import traceback
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor

from daemon.engine.interface import RenderError
from daemon.engine.sdxl.device import out_of_memory
from daemon.engine.sdxl.lora.keys import Place, take_apart
from daemon.fs.hashing import sha256_of
from daemon.protocol.render import Lora
from daemon.protocol.weight_kinds import kind_of_lora, lora_by_width, not_safetensors

MOST_KEYS = 50_000
"""A LoRA of every layer of SDXL in the layout with the most matrices has about 12,000."""

_PEFTS_OWN = "base_model.model."
_NUMBERS = (".alpha", ".scale", ".scalar")
_OF_A_UNET = ("down_blocks.", "mid_block.", "input_blocks.", "middle_block.")


@dataclass(frozen=True, slots=True)
class LoraFile:
    """Matrices by place and role; `unread` are the keys that are not a LoRA's, `again` those that
    say a second time what another one says. `keeps_alphas_elsewhere` is true of what peft saves by
    itself: its alphas are in an adapter_config.json that does not come along."""

    layers: Mapping[Place, Mapping[str, Tensor]]
    unread: tuple[str, ...]
    again: tuple[str, ...] = ()
    keeps_alphas_elsewhere: bool = False

    def tensors(self) -> Iterable[Tensor]:
        """All matrices, to count their bytes."""
        return (tensor for layer in self.layers.values() for tensor in layer.values())

    @property
    def kind(self) -> str | None:
        """What the file is if it is no LoRA for SDXL, as far as that can be told."""
        names = [place.name for place in self.layers]
        told = kind_of_lora([*self.unread, *names])
        if told is not None:
            return told
        if not self.layers and any(name.startswith(_OF_A_UNET) for name in self.unread):
            return "It is a whole UNet, not a LoRA"
        for place, layer in self.layers.items():
            if place.name.endswith(("attn2_to_k", "attn2.to_k")) and "down" in layer:
                return lora_by_width(layer["down"].shape[-1])
        return None


def read_lora(lora: Lora) -> LoraFile:
    """The file of `lora`. Raises RenderError if it is gone, changed or no LoRA."""
    path = Path(lora.path)
    try:
        if not stat.S_ISREG(path.stat().st_mode):  # a pipe would be waited for
            raise foreign(lora, f"{path} is no plain file.")
        if lora.sha256 and sha256_of(path) != lora.sha256:
            raise RenderError(
                f"The LoRA {lora.name} has changed since its job was planned.",
                remedy="Drop the job again, so that it is planned with the file as it is now.",
            )
        return _opened(lora)
    except OSError as error:
        raise RenderError(
            f"The LoRA {lora.name} can't be read.",
            why=f"{path}: {error.strerror or error}.",
            remedy="Put the file back into the catalogue, and drop the job again.",
        ) from error
    except SafetensorError as error:
        with open(path, "rb") as file:
            kind = not_safetensors(file.read(512))
        raise foreign(lora, f"{kind}.") from error


@contextlib.contextmanager
def explained(lora: Lora) -> Iterator[None]:
    """Inside, whatever torch or safetensors make of matrices of odd shapes is this file's fault."""
    try:
        yield
    except RenderError:
        raise
    except Exception as error:
        if out_of_memory(error) or isinstance(error, torch.AcceleratorError):
            raise
        traceback.print_exception(error)  # for the log: it says nothing to a person
        raise foreign(lora, "Its matrices are not those of a LoRA.") from error


def foreign(lora: Lora, why: str) -> RenderError:
    """The letter for a file that is no LoRA for this model."""
    return RenderError(
        f"The LoRA {lora.name} does not fit this model.",
        why=why,
        remedy="Use a LoRA that was made for SDXL, in safetensors; take this one out of `loras`.",
    )


def _opened(lora: Lora) -> LoraFile:
    layers: dict[Place, dict[str, Tensor]] = {}
    unread, again = [], []
    with safe_open(lora.path, framework="pt") as file:
        # In an order in which both halves of a pair come before those of any other one.
        keys = sorted(file.keys(), key=lambda name: (name.count("."), name))
        if len(keys) > MOST_KEYS:
            raise foreign(lora, f"It holds {len(keys)} entries; no LoRA for SDXL has so many.")
        for name in keys:
            key = take_apart(name)
            if key is None:
                unread.append(name)
            elif key.role in layers.get(key.place, ()):
                again.append(name)
            else:
                matrix = _checked(lora, name, file.get_tensor(name))
                layers.setdefault(key.place, {})[key.role] = matrix
        _add_alphas(layers, file.metadata() or {})
    for place, layer in list(layers.items()):
        if set(layer) == {"weight"}:  # of a whole network, not of a change
            unread.append(place.name)
            del layers[place]
    is_pefts = any(_PEFTS_OWN in name for name in keys)
    has_alphas = any("alpha" in layer for layer in layers.values())
    found = LoraFile(layers, tuple(unread), tuple(again), is_pefts and not has_alphas)
    if not layers:
        raise foreign(lora, f"{found.kind or 'There is nothing in it for an SDXL model'}.")
    return found


def _checked(lora: Lora, key: str, matrix: Tensor) -> Tensor:
    is_number = key.endswith(_NUMBERS)
    if not (matrix.is_floating_point() or is_number or key.endswith(".on_input")):
        kind = str(matrix.dtype).removeprefix("torch.")
        _broken(lora, f"{key} holds {kind} instead of numbers with a point")
    if not matrix.numel():
        _broken(lora, f"{key} is empty")
    if not bool(torch.isfinite(matrix.float()).all()):
        _broken(lora, f"{key} holds values that are not numbers (NaN or infinite)")
    if matrix.numel() != 1 and is_number:
        _broken(lora, f"{key} should be one number and is {matrix.numel()}")
    return matrix


def _broken(lora: Lora, how: str) -> NoReturn:
    raise RenderError(
        f"The LoRA {lora.name} is broken.",
        why=f"{how}.",
        remedy="Download it again, or take it out of `loras`.",
    )


def _add_alphas(layers: Mapping[Place, dict[str, Tensor]], metadata: Mapping[str, str]) -> None:
    """What diffusers writes of peft's settings beside the matrices: one alpha for a whole part,
    and others for layers of their own."""
    settings = _settings(metadata.get("lora_adapter_metadata", ""))
    for place, layer in layers.items():
        alpha = settings.get(f"{place.part}.lora_alpha")
        if "alpha" in layer or "down" not in layer or not _is_number(alpha):
            continue
        own = settings.get(f"{place.part}.alpha_pattern")
        if isinstance(own, dict):
            fitting = (value for end, value in own.items() if _ends(place.name, end))
            alpha = next(fitting, alpha)
        if not _is_number(alpha):
            continue
        value = float(str(alpha))
        if settings.get(f"{place.part}.use_rslora") is True:
            value *= math.sqrt(layer["down"].shape[0])
        layer["alpha"] = torch.tensor(value)


def _ends(name: str, pattern: str) -> bool:
    return name == pattern or name.endswith(f".{pattern}")


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _settings(text: str) -> dict[str, object]:
    try:
        settings = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return settings if isinstance(settings, dict) else {}
