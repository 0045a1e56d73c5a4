"""What this machine can do at most, and what a picture asks of it.

The ceiling is the best rate of matrix products that torch reaches here by any road; FLOPs are
counted by torch on networks without weights, so that the largest model costs a second.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import torch
from torch.utils.flop_counter import FlopCounterMode

SECONDS = 0.8
"""How long each kind of number is tried."""


def ceilings(device: str, threads: int, dtypes: list[str]) -> dict[str, dict[str, float]]:
    """FLOP per second of a large square product: `matmul` is torch's own, `best` the best road."""
    torch.set_num_threads(threads)
    side = 8192 if device == "cuda" else 4096 if device == "mps" else 1024
    told = {}
    with torch.inference_mode():
        for name in dtypes:
            dtype = getattr(torch, name)
            left = torch.full((side, side), 0.5, dtype=dtype, device=device)
            flop = 2 * side**3
            plain = flop / _quickest(partial(torch.mm, left, left), device)
            best = plain
            if device == "cpu" and dtype == torch.float32 and torch.backends.mkldnn.is_available():
                packed = torch.ops.mkldnn._reorder_linear_weight(left.contiguous(), None)
                road = _onednn(left, packed)
                best = max(best, flop / _quickest(road, device))
            told[name] = {"matmul": plain, "best": best}
    return told


def _onednn(left: torch.Tensor, packed: torch.Tensor) -> Callable[[], torch.Tensor]:
    """torch's other road on a processor, which its own products do not take."""
    return lambda: torch.ops.mkldnn._linear_pointwise(left, packed, None, "none", [], "")


def _quickest(call: Callable[[], object], device: str) -> float:
    """Seconds of the quickest of many; on a processor of this thread's work, so that another
    program's share of the clock lowers no ceiling."""
    settle = {"cuda": torch.cuda.synchronize, "mps": torch.mps.synchronize}.get(device)
    clock = time.thread_time if device == "cpu" else time.perf_counter
    call()
    best, end = float("inf"), time.perf_counter() + SECONDS
    while time.perf_counter() < end:
        began = clock()
        call()
        if settle:
            settle()
        best = min(best, clock() - began)
    return best


def flop(model: str, width: int, height: int, *, guided: bool) -> dict[str, float]:
    """FLOPs of one step, of decoding, and of encoding one prompt, for a diffusers folder."""
    from diffusers import AutoencoderKL, UNet2DConditionModel
    from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection

    folder, rows = Path(model), 2 if guided else 1
    with torch.device("meta"), torch.no_grad():
        unet = UNet2DConditionModel.from_config(UNet2DConditionModel.load_config(folder / "unet"))
        vae = AutoencoderKL.from_config(AutoencoderKL.load_config(folder / "vae"))
        first = CLIPTextModel(CLIPTextConfig.from_pretrained(folder / "text_encoder"))
        config = CLIPTextConfig.from_pretrained(folder / "text_encoder_2")
        second = CLIPTextModelWithProjection(config)
        latents = torch.empty(1, unet.config.in_channels, height // 8, width // 8)
        words = torch.empty(rows, 77, unet.config.cross_attention_dim)
        time_width = 6 * unet.config.addition_time_embed_dim
        pooled = torch.empty(rows, unet.config.projection_class_embeddings_input_dim - time_width)
        added = {"text_embeds": pooled, "time_ids": torch.empty(rows, 6)}
        ids = torch.zeros(1, 77, dtype=torch.long)
        return {
            "step": _count(
                lambda: unet(
                    latents.expand(rows, -1, -1, -1),
                    torch.tensor(1),
                    words,
                    added_cond_kwargs=added,
                )
            ),
            "decode": _count(lambda: vae.decode(latents[:, : vae.config.latent_channels])),
            "prompt": _count(lambda: (first(ids), second(ids))),
        }


def _count(call: Callable[[], object]) -> float:
    with FlopCounterMode(display=False) as counter:
        call()
    return float(counter.get_total_flops())


def disk_rate(file: str) -> float | None:
    """Bytes per second of reading a file from its disk, the system's own copy put aside first;
    None where the system won't."""
    if not hasattr(os, "posix_fadvise"):
        return None
    descriptor = os.open(file, os.O_RDONLY)
    try:
        os.fsync(descriptor)
        os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
        size, began = 0, time.perf_counter()
        while size < 2**30 and (block := os.read(descriptor, 2**24)):
            size += len(block)
        return size / max(time.perf_counter() - began, 1e-9)
    finally:
        os.close(descriptor)
