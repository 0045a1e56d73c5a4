"""One LoRA file: looked at before any library opens it, read, and its errors put into words.

diffusers reads the file in whatever format it is (its own, peft's, kohya's). Knows no network that
wears it.
"""

from __future__ import annotations

import contextlib
import stat
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from daemon.engine.interface import RenderError
from daemon.engine.sdxl.device import out_of_memory
from daemon.fs.hashing import sha256_of
from daemon.protocol.json_object import JsonObject
from daemon.protocol.render import Lora
from daemon.text.printable import one_line

if TYPE_CHECKING:
    from daemon.engine.sdxl.networks import Unet

ENCODERS = ("text_encoder", "text_encoder_2")

MOST_TENSORS = 20_000
"""The largest for SDXL, for every layer of all three networks, have some eight thousand."""

#: What other low-rank methods call their matrices; diffusers reads the files and leaves them out.
_FOREIGN = ("dora_scale", "hada_", "lokr_", "oft_", "diff_b")


@dataclass(frozen=True, slots=True)
class Pattern:
    """A LoRA file, read: matrices by layer, under the names diffusers has for them."""

    weights: dict[str, Tensor]
    alphas: JsonObject | None
    facts: JsonObject | None

    def touches(self, part: str) -> bool:
        """Whether there is anything in it for `part`, the unet or a text encoder."""
        return any(key.startswith(f"{part}.") for key in self.weights)

    def layers(self, part: str) -> int:
        """How many layers of `part` it is for."""
        ends = (".down.weight", ".lora_A.weight")
        return sum(key.startswith(f"{part}.") and key.endswith(ends) for key in self.weights)


def read_lora(lora: Lora, unet: Unet) -> Pattern:
    from diffusers.loaders.lora_pipeline import StableDiffusionXLLoraLoaderMixin

    path = Path(lora.path)
    _check_plain(lora, path)
    keys = _table(lora)
    for mark in _FOREIGN:
        if any(mark in key for key in keys):
            raise foreign(lora, f"It holds {mark.rstrip('_')}, which is not plain LoRA.")
    with explained(lora):
        weights, alphas, facts = StableDiffusionXLLoraLoaderMixin.lora_state_dict(
            str(path.parent),
            weight_name=path.name,
            use_safetensors=True,
            local_files_only=True,
            unet_config=unet.config,
            return_lora_metadata=True,
        )
    _check_pairs(lora, weights)
    pattern = Pattern(weights, alphas, facts)
    if not any(pattern.touches(part) for part in ("unet", *ENCODERS)):
        raise foreign(lora, "There is nothing in it for an SDXL model.")
    return pattern


def _check_pairs(lora: Lora, weights: dict[str, Tensor]) -> None:
    """Each layer's two matrices: peft would take whatever lies in memory for one that lacks."""
    for first, second in _PAIRS:
        for key in weights:
            for end, other in ((first, second), (second, first)):
                if key.endswith(end) and key.removesuffix(end) + other not in weights:
                    raise foreign(lora, f"Its {one_line(key, 80)} lacks the matrix it goes with.")


_PAIRS = ((".lora_A.weight", ".lora_B.weight"), (".down.weight", ".up.weight"))


def _check_plain(lora: Lora, path: Path) -> None:
    """That the file is there, a plain one, and the one the plan was made with. Raises RenderError:
    a pipe is not waited for, a device not swallowed."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise foreign(lora, f"{path} is no plain file.")
        changed = bool(lora.sha256) and sha256_of(path) != lora.sha256
    except (OSError, ValueError) as error:
        raise RenderError(
            f"The LoRA {lora.name} can't be read.",
            why=f"{path}: {getattr(error, 'strerror', None) or error}.",
            remedy="Put the file back into the catalogue, and drop the job again.",
        ) from error
    if changed:
        raise RenderError(
            f"The LoRA {lora.name} has changed since its job was planned.",
            remedy="Drop the job again, so that it is planned with the file as it is now.",
        )


def _table(lora: Lora) -> list[str]:
    """The names in the file, once its table of contents makes sense: libraries take minutes over a
    hundred thousand layers that no model has, and leave a network half dressed over empty ones."""
    from safetensors import safe_open

    try:
        with safe_open(lora.path, framework="pt") as file:
            keys = list(file.keys())
            shapes = {key: file.get_slice(key) for key in keys[: MOST_TENSORS + 1]}
            empty = [key for key, one in shapes.items() if 0 in one.get_shape()]
            odd = [key for key, one in shapes.items() if not one.get_dtype().startswith(_FLOATS)]
    except Exception as error:  # whatever the library makes of a broken file
        raise foreign(lora, f"The file is broken: {error}.") from error
    if len(keys) > MOST_TENSORS:
        raise foreign(lora, f"It holds {len(keys):,} tensors; no LoRA has so many.")
    matrices = [key for key in (*empty, *odd) if not key.endswith(_NUMBERS)]
    if matrices:
        raise foreign(lora, f"Its {one_line(matrices[0], 80)} is empty, or of whole numbers.")
    return keys


_FLOATS = ("F", "BF")
_NUMBERS = ("alpha", "scale", "num_batches_tracked", "rank")


@contextlib.contextmanager
def explained(lora: Lora) -> Iterator[None]:
    """What the libraries say of a file that does not fit, in words for a person."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # that there is more than one LoRA
            yield
    except RenderError:
        raise
    except Exception as error:  # whatever the libraries make of a file that is no such LoRA
        if out_of_memory(error) or isinstance(error, torch.AcceleratorError):
            raise
        if "size mismatch" in str(error):
            why = "Its matrices have other sizes than this model's layers."
        else:
            why = " ".join(str(error).split())[:300] or type(error).__name__
        raise foreign(lora, why) from error


def foreign(lora: Lora, why: str) -> RenderError:
    return RenderError(
        f"The LoRA {lora.name} does not fit this model.",
        why=why,
        remedy="Use a LoRA that was made for SDXL, in safetensors; take this one out of `loras`.",
    )
