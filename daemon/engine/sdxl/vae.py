"""The VAE's decoder: finished latents to an RGB picture, checked for what half precision breaks.

Knows nothing of how the latents were made or where the picture goes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from daemon.engine.interface import RenderError

if TYPE_CHECKING:
    from daemon.engine.sdxl.networks import Vae


class NotFiniteError(RenderError):
    """The UNet's numbers have run away."""


def develop(vae: Vae, latents: Tensor) -> tuple[Image.Image, list[str]]:
    """Latents to pixels, looked at before anyone else does; what half precision broke is redone."""
    if not torch.isfinite(latents).all():
        raise NotFiniteError(
            "The model gave numbers that are no picture (not finite).",
            why=f"Denoising in {latents.dtype} went wrong before the picture was decoded.",
            remedy="Try another sampler or lower guidance; with `dtype: float32` in the settings "
            "it is slower and safer. If every picture is like this, the model's file is damaged.",
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


def decode(vae: Vae, latents: Tensor) -> Tensor:
    """Latents to a picture of values around 0 to 1, in the precision of the VAE."""
    config = vae.config
    latents = latents.to(vae.dtype)
    if config.latents_mean is not None and config.latents_std is not None:
        mean, deviation = (
            torch.tensor(given).view(1, -1, 1, 1).to(latents)
            for given in (config.latents_mean, config.latents_std)
        )
        latents = latents * deviation / config.scaling_factor + mean
    else:
        latents = latents / config.scaling_factor
    return vae.decode(latents, return_dict=False)[0] * 0.5 + 0.5


def to_image(decoded: Tensor) -> Image.Image:
    """The first picture of a batch, as 8-bit RGB."""
    values = decoded.clamp(0, 1).float().mul(255).round()
    array = values.to(torch.uint8).permute(0, 2, 3, 1).cpu().numpy()
    return Image.fromarray(np.ascontiguousarray(array[0]))


def _is_spoilt(decoded: Tensor) -> bool:
    return not bool(torch.isfinite(decoded).all()) or _is_uniform(decoded)


def _is_uniform(decoded: Tensor) -> bool:
    shades = decoded.clamp(0, 1).float().mul(255).round()
    return bool((shades == shades[:, :, :1, :1]).all())
