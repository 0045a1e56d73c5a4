"""The linear map by which latents of the bundled model are looked at while it paints.

Least squares over drawings: their latents, four numbers a cell, against the mean colour of the
8 x 8 pixels they stand for.
"""

from __future__ import annotations

import json
import random
from pathlib import Path

import torch
import torch.nn.functional as F
from diffusers import AutoencoderKL

from daemon.sketch.train import stages

PICTURES = 400
SIDE = 256
BYTE = 255.0


def fit_preview(model: Path, pictures: int = PICTURES, seed: int = 0) -> dict[str, object]:
    """What `preview.json` holds for the model in `model`; `unexplained` is the share of the
    colours' variance that it misses."""
    vae = AutoencoderKL.from_pretrained(model / "vae", torch_dtype=torch.float32).eval()
    drawn = stages.pictures(random.Random(seed), pictures, SIDE, SIDE, mix=(0.5, 0.2, 0.3))
    seen, meant = [], []
    with torch.inference_mode():
        for some in drawn.split(16):
            latents = vae.encode(some).latent_dist.mean * vae.config.scaling_factor
            colours = (F.avg_pool2d(some, 8) + 1) / 2 * BYTE
            seen.append(latents.permute(0, 2, 3, 1).reshape(-1, 4))
            meant.append(colours.permute(0, 2, 3, 1).reshape(-1, 3))
    x = torch.cat([torch.cat(seen), torch.ones(sum(map(len, seen)), 1)], dim=1)
    y = torch.cat(meant)
    answer = torch.linalg.lstsq(x, y).solution
    missed = float((y - x @ answer).square().sum() / (y - y.mean(0)).square().sum())
    return {
        "factors": [[round(one, 3) for one in row] for row in answer[:4].tolist()],
        "bias": [round(one, 3) for one in answer[4].tolist()],
        "unexplained": round(missed, 4),
    }


def write_preview(model: Path) -> None:
    """Fit it, and put it into the model's folder."""
    text = json.dumps(fit_preview(model))
    (model / "preview.json").write_text(text + "\n", encoding="utf-8")
