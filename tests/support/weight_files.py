"""Made-up files of weights: tables of contents alone, for whoever looks at nothing else.

What they say is what the public files say: the hub's IP-Adapters, their two encoders, a UNet.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from pathlib import Path

Shapes = Mapping[str, tuple[int, ...]]

VIT_H, BIGG = (1024, 1280), (1280, 1664)
"""Widths of an encoder's projection and of its hidden states."""


def toc(shapes: Shapes) -> bytes:
    """The beginning of a safetensors file with tensors of these shapes, and no tensor."""
    table = {name: entry(shape) for name, shape in shapes.items()}
    text = json.dumps(table).encode()
    return struct.pack("<Q", len(text)) + text


def entry(shape: tuple[int, ...]) -> dict[str, object]:
    return {"dtype": "F16", "shape": list(shape), "data_offsets": [0, 0]}


def layers(count: int = 70, width: int = 2048, words: str = "to_k_ip to_v_ip") -> Shapes:
    """An adapter's matrices for `count` attention layers."""
    return {
        f"ip_adapter.{2 * i + 1}.{word}.weight": (640, width)
        for i in range(count)
        for word in words.split()
    }


def base(reads: int = 1024) -> Shapes:
    return {
        "image_proj.proj.weight": (8192, reads),
        "image_proj.norm.weight": (2048,),
        **layers(),
    }


def plus(reads: int = 1280) -> Shapes:
    return {
        "image_proj.latents": (1, 16, 1280),
        "image_proj.proj_in.weight": (1280, reads),
        **layers(),
    }


FACE_ID = {"image_proj.proj.0.weight": (1024, 512), "image_proj.norm.weight": (2048,), **layers()}
FACE_ID_PLUS = {**FACE_ID, "image_proj.perceiver_resampler.latents": (1, 4, 1280)}
INSTANT_ID = plus(512)
FULL_FACE = {
    "image_proj.proj.0.weight": (1280, 1280),
    "image_proj.proj.3.weight": (768,),
    **layers(16, 768),
}
SD15 = {**{k: v for k, v in base().items() if "image_proj" in k}, **layers(16, 768)}
UNET = {
    f"down_blocks.1.attentions.0.transformer_blocks.{i}.attn2.to_k.weight": (640, 2048)
    for i in range(70)
}
CHECKPOINT = {f"model.diffusion_model.input_blocks.{i}.attn2.to_k.weight": (640, 2048)
              for i in range(70)}  # fmt: skip
LORA = {"lora_unet_a.lora_down.weight": (8, 640), "lora_unet_a.lora_up.weight": (640, 8)}
VAE = {"encoder.conv_in.weight": (128, 3, 3, 3), "decoder.conv_in.weight": (512, 4, 3, 3)}
CONTROLNET = {"controlnet_cond_embedding.conv_in.weight": (16, 3, 3, 3), **UNET}


def write(file: Path, content: bytes | Shapes = b"weights") -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content if isinstance(content, bytes) else toc(content))
    return file


def encoder(folder: Path, widths: tuple[int, int] = VIT_H, weights: str | None = "model") -> Path:
    """An image encoder; `weights` names its safetensors file, None leaves a pickle only."""
    projected, hidden = widths
    config = {"model_type": "clip_vision_model", "projection_dim": projected, "hidden_size": hidden}
    write(folder / "config.json", json.dumps(config).encode())
    if weights is None:
        write(folder / "pytorch_model.bin", b"\x80\x02")
    else:
        write(folder / f"{weights}.safetensors", {"visual_projection.weight": widths})
    return folder
