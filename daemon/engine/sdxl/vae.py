"""From finished latents to a picture that someone may see: decoded, and looked at first."""

from __future__ import annotations

from typing import Any

import torch
from PIL import Image
from torch import Tensor

from daemon.engine.interface import RenderError
from daemon.engine.sdxl.denoising.step import decode, to_image


def develop(vae: Any, latents: Tensor) -> tuple[Image.Image, list[str]]:
    """Latents to pixels, looked at before anyone else does; what half precision broke is redone."""
    if not torch.isfinite(latents).all():
        raise RenderError(
            "The model gave numbers that are no picture (not finite).",
            why=f"Denoising in {latents.dtype} went wrong before the picture was decoded.",
            remedy="Try another sampler or lower guidance; with `dtype: float32` in the settings "
            "it is slower and safer.",
        )
    assert not (vae.dtype == torch.float16 and vae.config.force_upcast)
    decoded = decode(vae, latents)
    notes = []
    if _is_spoilt(decoded) and vae.dtype != torch.float32:
        dtype = vae.dtype
        try:
            decoded = decode(vae.to(torch.float32), latents)
        finally:
            vae.to(dtype)
        if not _is_spoilt(decoded):
            notes.append(f"Decoding in {dtype} failed and was done again in float32.")
    if not torch.isfinite(decoded).all():
        raise RenderError(
            "The model's decoder gave numbers that are no picture (not finite).",
            why="Its weights are damaged, or it was handed latents that it does not understand.",
            remedy="Try another seed; if every picture is like this, run `hotfolder models check`.",
        )
    if _is_uniform(decoded):  # which somebody may have asked for
        notes.append(
            "The picture is a single colour. If that is not what was asked for, try another seed; "
            "if every picture is like this, run `hotfolder models check`."
        )
    return to_image(decoded), notes


def _is_spoilt(decoded: Tensor) -> bool:
    return not bool(torch.isfinite(decoded).all()) or _is_uniform(decoded)


def _is_uniform(decoded: Tensor) -> bool:
    shades = decoded.clamp(0, 1).float().mul(255).round()
    return bool((shades == shades[:, :, :1, :1]).all())
