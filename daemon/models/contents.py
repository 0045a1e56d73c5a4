"""What a .safetensors file is, by its table of contents: the names and shapes of its tensors.

Reads that table alone, never a tensor, and keeps what it says of a file until that changes. Knows
nothing of which files go together.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from daemon.errors import SetupError
from daemon.models.files import read_small
from daemon.protocol.control_kinds import ControlFacts, control_facts
from daemon.protocol.weight_kinds import (
    ZERO_SNR,
    kind_of_checkpoint,
    kind_of_lora,
    kind_of_stray,
    not_safetensors,
)

Shapes = Mapping[str, tuple[int, ...]]

MOST_BYTES = 8_000_000
"""Of a table of contents; a whole checkpoint's has 0.4 million, the largest LoRA's 3 million."""


@dataclass(frozen=True, slots=True)
class Attention:
    """How many layers of cross attention there are, and how wide the text is they look at."""

    layers: int
    width: int


@dataclass(frozen=True, slots=True)
class AdapterFacts:
    """An IP-Adapter: `base` reads what an image encoder projects, `plus` its hidden states; `width`
    is that of either; `refused` says why it can't be used with any model."""

    kind: str
    width: int
    attention: Attention
    refused: str = ""


@dataclass(frozen=True, slots=True)
class EncoderFacts:
    """How wide an image encoder's projection and its hidden states are."""

    projected: int
    hidden: int


@dataclass(frozen=True, slots=True)
class Contents:
    """All that is asked of a table of contents; `channels` are those of a UNet's first layer,
    `from_noise` a mark that it was trained down to no signal, `broken` says that there is no table,
    and why. `no_checkpoint` and `no_lora` say what it is if it is none for SDXL; `is_cut`: the
    file ends before what the table names."""

    adapter: AdapterFacts | None = None
    control: ControlFacts | None = None
    encoder: EncoderFacts | None = None
    attention: Attention | None = None
    channels: int = 0
    stray: tuple[str, str] | None = None
    from_noise: bool = False
    broken: str = ""
    no_checkpoint: str = ""
    no_lora: str = ""
    is_cut: bool = False


def look(file: Path) -> Contents:
    """What is in `file`, which may be anything."""
    try:
        facts = file.stat()
    except (OSError, ValueError) as error:
        return Contents(broken=f"It can't be read: {getattr(error, 'strerror', error)}")
    return _look(file, facts.st_size, facts.st_mtime_ns)


@lru_cache(maxsize=512)
def _look(file: Path, size: int, changed: int) -> Contents:  # noqa: ARG001 (what it hangs on)
    try:
        start = read_small(file, 511) or b""
        length = int.from_bytes(start[:8], "little")
        if start[8:9] != b"{" or length > size - 8:
            return Contents(broken=not_safetensors(start))
        if length > MOST_BYTES:
            return Contents(broken=f"Its table of contents has {length / 1e6:,.0f} MB")
        entries = json.loads((read_small(file, 7 + length) or b"")[8:])
        shapes = _shapes(entries)
        end = max((entries[name]["data_offsets"][1] for name in shapes), default=0)
    except SetupError as error:
        return Contents(broken=str(error).rstrip("."))
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError):
        return Contents(broken="It is broken, or cut off, or not safetensors")
    return Contents(
        adapter=_adapter(shapes),
        control=control_facts(shapes),
        encoder=_encoder(shapes),
        attention=_attention(shapes),
        channels=_channels(shapes),
        stray=kind_of_stray(shapes),
        from_noise=ZERO_SNR in shapes,
        no_checkpoint=kind_of_checkpoint(shapes) or "",
        no_lora=kind_of_lora(shapes) or "",
        is_cut=8 + length + end > size,
    )


def _shapes(entries: Mapping[str, Any]) -> dict[str, tuple[int, ...]]:
    return {
        name: tuple(int(side) for side in entry["shape"])
        for name, entry in entries.items()
        if name != "__metadata__"
    }


_READS = {"base": "image_proj.proj.weight", "plus": "image_proj.proj_in.weight"}
"""The first matrix that a picture's description goes through."""


def _adapter(shapes: Shapes) -> AdapterFacts | None:
    if not any(key.startswith(("image_proj.", "ip_adapter.")) for key in shapes):
        return None
    keys = [shape for key, shape in shapes.items() if key.endswith(".to_k_ip.weight")]
    attention = Attention(len(keys), max((_side(shape) for shape in keys), default=0))
    kind = next((kind for kind, key in _READS.items() if key in shapes), "")
    width = _side(shapes[_READS[kind]]) if kind else 0
    return AdapterFacts(kind, width, attention, _refused(shapes, width, attention))


def _side(shape: tuple[int, ...]) -> int:
    return shape[1] if len(shape) == 2 else 0


def _refused(shapes: Shapes, width: int, attention: Attention) -> str:
    """Why an adapter can't be used with SDXL at all; empty if it can."""
    if "image_proj.proj.3.weight" in shapes:
        return "It is a full-face adapter of Stable Diffusion 1.5"
    if width == _FACE or any(mark in key for mark in _FACE_MARKS for key in shapes):
        return _FACE_ID
    if not attention.layers:
        return "It is not whole: it has no weights for a model's layers"
    if attention.width in _OTHERS:
        return f"It is an IP-Adapter for {_OTHERS[attention.width]}"
    wanted = {f"ip_adapter.{2 * n + 1}.to_{kv}_ip.weight" for n in range(attention.layers)
              for kv in "kv"}  # fmt: skip
    strange = {key for key in shapes if key.startswith("ip_adapter.")} ^ wanted
    if strange:
        return f"It is not whole, or of a kind that is not read ({min(strange)[:80]})"
    return "" if width else "It is an IP-Adapter of a kind that is not read"


_FACE = 512
"""Numbers in the description of a face that InsightFace gives."""
_FACE_MARKS = ("image_proj.proj.0.", "perceiver_resampler", "to_q_lora", "to_k_lora")
_FACE_ID = (
    "It follows faces through InsightFace (FaceID, InstantID), whose face models may be used for "
    "non-commercial research only"
)
_OTHERS = {768: "Stable Diffusion 1.5", 1024: "Stable Diffusion 2"}


def _encoder(shapes: Shapes) -> EncoderFacts | None:
    shape = shapes.get("visual_projection.weight", ())
    return EncoderFacts(*shape) if len(shape) == 2 else None


_FIRST = ("conv_in.weight", "model.diffusion_model.input_blocks.0.0.weight")


def _channels(shapes: Shapes) -> int:
    """Of what the first layer of a UNet gives, in the names of diffusers or of the original code;
    0 where that can't be told."""
    found = [shapes[key] for key in _FIRST if key in shapes]
    return found[0][0] if found and len(found[0]) == 4 else 0


def _attention(shapes: Shapes) -> Attention | None:
    """Of a UNet, in the names of diffusers or of the original code."""
    found = [
        shape
        for key, shape in shapes.items()
        if key.endswith("attn2.to_k.weight")
        and key.startswith(("model.diffusion_model.", "down_blocks.", "mid_block.", "up_blocks."))
    ]
    width = max((_side(shape) for shape in found), default=0)
    return Attention(len(found), width) if width else None
