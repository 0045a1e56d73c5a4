"""The autoencoder: drawings to four channels at an eighth of the size, and back.

Trained on crops of drawings at several scales for sharp edges; the statistics of the latents are
then folded into its outermost convolutions, so that SDXL's scaling factor stands and latents
have mean 0 and deviation 1.  `polish` trains the decoder on, with the latents as they are.
"""

from __future__ import annotations

import random
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from daemon.sketch import precision
from daemon.sketch.train import export, stages
from daemon.sketch.train.blueprint import SCALING
from daemon.sketch.train.muon import Muon
from daemon.sketch.train.stage_run import Average, Course
from daemon.sketch.train.stages import Room

RATE = 1.2e-3
#: The share of Muon's full speed at which the decoder is finished.
POLISH = 0.25
#: The most noise, in deviations of a latent, that the UNet is taken to leave: finished on less than
#: half of it, the decoder was sharper still but made grain of what was left.
LEFT = 0.15


def _edges(image: Tensor) -> float:
    """How much differs from its neighbours."""
    return float(image.diff(dim=-1).abs().mean() + image.diff(dim=-2).abs().mean())


def _loss(out: Tensor, x: Tensor) -> Tensor:
    """L1 for colour, squares for blunders, gradients for edges."""
    edges = sum((out.diff(dim=d) - x.diff(dim=d)).abs().mean() for d in (2, 3))
    return F.l1_loss(out, x) + 2 * F.mse_loss(out, x) + edges


class _Crops:
    """Random crops of drawings of random size, drawn afresh a few at a time."""

    def __init__(self, rng: random.Random, pool: int) -> None:
        self.rng = rng
        self.pool = [self._new() for _ in range(pool)]

    def _new(self) -> Tensor:
        size = self.rng.choice((192, 256, 256, 256, 320))
        return stages.pictures(self.rng, 1, size, size, mix=(0.5, 0.2, 0.3))[0]

    def batch(self, count: int, size: int, tries: int = 1) -> Tensor:
        """Crops; of every other one the liveliest of so many tries, since most are but ground."""
        for _ in range(3):
            self.pool[self.rng.randrange(len(self.pool))] = self._new()
        return torch.stack(
            [
                max((self._crop(size) for _ in range(tries if k % 2 else 1)), key=_edges)
                for k in range(count)
            ]
        )

    def _crop(self, size: int) -> Tensor:
        picture = self.rng.choice(self.pool)
        top = self.rng.randrange(picture.shape[1] - size + 1)
        left = self.rng.randrange(picture.shape[2] - size + 1)
        return picture[:, top : top + size, left : left + size]


def spoilt(
    mean: Tensor, x: Tensor, scale: float, most: float = 0.25, dice: torch.Generator | None = None
) -> tuple[Tensor, Tensor, Tensor]:
    """Latents shrunk and made noisy, what they must decode to, and the price of outliers.

    `most` is the noise at most, in deviations of a latent; `dice` decides on the CPU, so that a
    step is the same on every device.

    A decoder that survives noise, and latents that shrink as the picture does (EQ-VAE, Kouzelis
    et al. 2025, arXiv 2502.09509), are smooth latents, and those a small UNet learns far sooner.
    """
    spread = mean.detach().float().std((0, 2, 3), keepdim=True) + 1e-4
    tails = ((mean / spread).abs() - 2.5).relu().square().mean()
    if scale < 1:
        mean, x = (
            F.interpolate(part.float(), scale_factor=scale, mode="bilinear", antialias=True)
            for part in (mean, x)
        )
    if dice is None:
        sigma = most * torch.rand(len(mean), 1, 1, 1, device=mean.device)
        noise = torch.randn_like(mean)
    else:
        sigma = (most * torch.rand(len(mean), 1, 1, 1, generator=dice)).to(mean.device)
        noise = torch.randn(mean.shape, generator=dice).to(mean)
    return mean + sigma * spread * noise, x, tails


def train(room: Room) -> None:
    """From pooling to crisp reconstruction, then fold the statistics in."""
    torch.manual_seed(room.seed + 1)
    vae = stages.load(room, "vae").to(memory_format=torch.channels_last).train()
    opt = stages.optimizer(vae.parameters(), RATE)
    average = Average(vae, 0.998)
    course = Course(room, "vae", model=vae, opt=opt, average=average)
    crops = _Crops(course.rng(room.seed + 11), room.enough(160))
    for done, figures in course:
        stages.set_rate(opt, RATE * stages.pace(done))
        large = course.steps % 8 == 7
        x = (crops.batch(2, 192) if large else crops.batch(16, 64)).to(room.device)
        x = x.contiguous(memory_format=torch.channels_last)
        with precision.mixed(room.device):
            moments = vae.quant_conv(vae.encoder(x))
            scale = crops.rng.choice((1.0, 1.0, 0.75, 0.5))
            latents, x, tails = spoilt(moments[:, :4], x, scale)
            out = vae.decoder(vae.post_quant_conv(latents))
        loss = _loss(out.float(), x) + 0.02 * tails
        opt.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(vae.parameters(), 1.0)
        opt.step()
        average.update(vae)
        figures["loss"] = 0.98 * figures.get("loss", loss.item()) + 0.02 * loss.item()
    vae.load_state_dict(average.shadow)
    some = stages.pictures(random.Random(room.seed + 5), room.enough(96), 256, 256)
    fold(vae, some.to(room.device))
    export.save_part(vae.float(), room.model / "vae")
    stages.drop_pictures(room.work)
    (room.work / "decoder.pt").unlink(missing_ok=True)  # of another autoencoder
    course.end()


@torch.no_grad()
def fold(vae: Any, x: Tensor) -> None:
    """Make latents * SCALING standard normal per channel by rewriting two 1x1 convolutions.

    The statistics are those of the pictures `x`: (n, 3, height, width) in -1..1.
    """
    means = torch.cat([vae.encode(part).latent_dist.mean for part in x.split(8)])
    middle = means.mean((0, 2, 3)).double()
    spread = means.std((0, 2, 3)).double() * SCALING
    count = len(middle)
    quant, post = vae.quant_conv, vae.post_quant_conv
    weight, bias = quant.weight.double(), quant.bias.double()
    weight[:count] /= spread.view(count, 1, 1, 1)
    bias[:count] = (bias[:count] - middle) / spread
    weight[count:], bias[count:] = (
        0,
        -12,
    )  # hardly any noise: sampling a latent and taking its mean agree
    quant.weight.copy_(weight), quant.bias.copy_(bias)
    weight, bias = post.weight.double(), post.bias.double()
    bias = bias + (weight[:, :, 0, 0] @ middle)
    post.weight.copy_(weight * spread.view(1, count, 1, 1)), post.bias.copy_(bias)


def polish(room: Room) -> None:
    """Train only the decoder on, with noisier latents: what the UNet leaves comes out clean."""
    torch.manual_seed(room.seed + 2)
    vae = stages.load(room, "vae").to(memory_format=torch.channels_last).train()
    vae.requires_grad_(False)
    parameters = [*vae.decoder.parameters(), *vae.post_quant_conv.parameters()]
    for parameter in parameters:
        parameter.requires_grad_(True)
    half = nn.ModuleList([vae.decoder, vae.post_quant_conv])  # the encoder is not to change
    opt, average = Muon(half), Average(half, 0.998)
    course = Course(room, "decoder", model=half, opt=opt, average=average)
    crops = _Crops(course.rng(room.seed + 12), room.enough(160))
    for done, figures in course:
        opt.set_rate(POLISH * stages.pace(done))
        large = course.steps % 4 == 3
        x = (crops.batch(2, 192) if large else crops.batch(16, 64, 4)).to(room.device)
        x = x.contiguous(memory_format=torch.channels_last)
        with precision.mixed(room.device):
            with torch.no_grad():
                z = vae.encode(x).latent_dist.mean
            left = LEFT / SCALING * torch.rand(len(z), 1, 1, 1, device=z.device)
            z = z + left * torch.randn_like(z)
            out = vae.decoder(vae.post_quant_conv(z))
        loss = _loss(out.float(), x)
        opt.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        opt.step()
        average.update(half)
        figures["loss"] = 0.98 * figures.get("loss", loss.item()) + 0.02 * loss.item()
    half.load_state_dict(average.shadow)
    export.save_part(vae, room.model / "vae")
    course.end()
