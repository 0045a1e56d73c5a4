"""Pictures of the world of shapes, ready for the UNet: drawn, encoded and captioned.

Some are blurred to a smaller original size or are crops of a larger one, and `times` says so
truthfully: that is what makes size conditioning mean something.
"""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from daemon.sketch import precision
from daemon.sketch.train.batches import CAPTIONS, Shard
from daemon.sketch.train.blueprint import SCALING
from daemon.sketch.train.train_text import Reader
from daemon.sketch.world import captions, world
from daemon.sketch.world.draw import draw
from daemon.sketch.world.world import Picture


def render(
    rng: random.Random, picture: Picture, height: int, width: int
) -> tuple[Tensor, tuple[int, ...]]:
    """The drawing in -1..1 and its truthful (original, crop, target) sizes."""
    chance = rng.random()
    if chance < 0.08:  # an original too small, enlarged
        low = rng.uniform(0.3, 0.75)
        h, w = int(height * low), int(width * low)
        image = F.interpolate(
            draw(picture, h, w)[None], (height, width), mode="bilinear", antialias=True
        )[0]
        return image * 2 - 1, (h, w, 0, 0, height, width)
    if chance < 0.16:  # a crop of something larger
        h, w = int(height * rng.uniform(1.1, 1.4)), int(width * rng.uniform(1.1, 1.4))
        top, left = rng.randint(0, h - height), rng.randint(0, w - width)
        image = draw(picture, h, w)[:, top : top + height, left : left + width]
        return image * 2 - 1, (h, w, top, left, height, width)
    return draw(picture, height, width) * 2 - 1, (height, width, 0, 0, height, width)


def render_masked(
    rng: random.Random, picture: Picture, height: int, width: int
) -> tuple[Tensor, tuple[int, ...], Tensor]:
    """`render`, and where its things are at the latent's size: what differs without them."""
    state = rng.getstate()
    image, times = render(rng, picture, height, width)
    rng.setstate(state)
    bare, _ = render(rng, replace(picture, things=(), props=(), light=""), height, width)
    gap = (image - bare).abs().amax(0) > 0.06
    return image, times, F.max_pool2d(gap.float()[None], 8)


@torch.no_grad()
def make_shard(
    rng: random.Random, vae: Any, reader: Reader, size: tuple[int, int], count: int
) -> Shard:
    """Draw, encode and describe this many pictures."""
    chosen = [world.sample(rng) for _ in range(count)]
    latents, objects, times = [], [], []
    for k in range(0, count, 8):
        drawn = [render_masked(rng, p, *size) for p in chosen[k : k + 8]]
        x = torch.stack([image for image, _, _ in drawn]).to(vae.device)
        x = x.contiguous(memory_format=torch.channels_last)
        with precision.mixed(x.device):
            latents.append(vae.encode(x).latent_dist.mean.float() * SCALING)
        objects += [mask for _, _, mask in drawn]
        times += [t for _, t, _ in drawn]
    texts = [captions.caption(rng, p)[0] for p in chosen for _ in range(CAPTIONS)]
    said = [reader(texts[k : k + 16]) for k in range(0, len(texts), 16)]
    tokens, pooled = (torch.cat([part[k] for part in said]) for k in (0, 1))
    return Shard(
        tuple(chosen),
        torch.cat(latents).half().contiguous().cpu(),
        torch.stack(objects).bool(),
        torch.tensor(times),
        tokens.half().unflatten(0, (count, CAPTIONS)).cpu(),
        pooled.half().unflatten(0, (count, CAPTIONS)).cpu(),
    )
