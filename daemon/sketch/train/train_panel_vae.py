"""The autoencoder of storyboard panels, from scratch: drawings to eight channels at an eighth of
the size, and back.

Four channels drowned the people of a wide shot. Every step draws its chance from its own number,
so a training in pieces comes to the same weights as one that nobody cut. Every few hundred steps
it is measured on panels that it never sees, and leaves some of them to look at in the working
folder: `vae-measured.yaml`, `vae-decoded.png`.
"""

from __future__ import annotations

import random
import time
from typing import Any

import torch
import torch.nn.functional as F
from PIL import Image
from torch import Tensor

from daemon.sketch import precision
from daemon.sketch.storyboard.drawn import SIDE
from daemon.sketch.train import blueprint, export, panel_shards, stages
from daemon.sketch.train.muon import Muon
from daemon.sketch.train.panel_shards import Crops, Kinds
from daemon.sketch.train.stage_run import Average, Course
from daemon.sketch.train.stages import Room
from daemon.sketch.train.train_vae import fold, spoilt

WIDTHS = (32, 48, 72, 96)
"""A width of 32 takes no longer than one of 24 where the processor multiplies in blocks."""
CHANNELS = 8
RATE = 0.4
"""The share of Muon's full speed, held for `HOLD` of the stage and then brought down to nothing."""
WARM, HOLD = 0.01, 0.6
NOISE = 0.1
"""In deviations of a latent; of .25 lines are lost, and without any a UNet's errors show."""
SHRUNK = 0.25
"""How often latents are shrunk with their picture, which keeps them smooth."""
MEASURED = 500
"""Steps between two measurements."""


def blank() -> Any:
    """The network before any training."""
    return blueprint.vae(WIDTHS, CHANNELS)


def rate(done: float) -> float:
    """The optimizer's share of full speed after a share `done` of the stage."""
    if done < WARM:
        return RATE * max(done / WARM, 0.02)
    return RATE * min(1.0, (1 - done) / (1 - HOLD))


class Curve:
    """How well it does, by steps and by minutes of the processor; kept in the checkpoint."""

    def __init__(self) -> None:
        self.rows: list[dict[str, Any]] = []
        self.before, self.began = 0.0, time.process_time()

    @property
    def core_minutes(self) -> float:
        """Processor time of this training, all of its pieces and threads."""
        return (self.before + time.process_time() - self.began) / 60

    def state_dict(self) -> dict[str, Any]:
        return {"rows": self.rows, "spent": 60 * self.core_minutes}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self.rows, self.before = state["rows"], state["spent"]
        self.began = time.process_time()


def train(room: Room) -> None:
    """From pooling to readable people, then fold the statistics of the latents in."""
    torch.manual_seed(room.seed + 1)
    vae = stages.load(room, "vae").to(memory_format=torch.channels_last).train()
    opt, average, curve = Muon(vae), Average(vae, 0.998), Curve()
    course = Course(room, "vae", model=vae, opt=opt, average=average, curve=curve)
    crops, test = Crops(room), panel_shards.unseen(room.enough(panel_shards.UNSEEN))
    for done, figures in course:
        opt.set_rate(rate(done))
        loss = _loss(vae, crops, course, room)
        opt.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(vae.parameters(), 1.0)
        opt.step()
        average.update(vae)
        figures["loss"] = 0.98 * figures.get("loss", loss.item()) + 0.02 * loss.item()
        if course.steps % MEASURED == MEASURED - 1:
            curve.rows.append(_measured(room, average, test, course.steps + 1, curve.core_minutes))
            figures["dB"] = curve.rows[-1]["all"]
            export.write_yaml(room.work / "vae-measured.yaml", {"unseen panels, dB": curve.rows})
    vae.load_state_dict(average.shadow)
    vae = vae.float().eval()
    measured = fidelity(vae, *test)
    sheet(vae, test[1]).save(room.work / "vae-decoded.png")
    some = crops.batch(random.Random(room.seed + 5), room.enough(96), SIDE)  # whole panels
    fold(vae, some.to(room.device))
    export.save_part(vae, room.model / "vae")
    course.end(measured=measured)


def _loss(vae: Any, crops: Crops, course: Course, room: Room) -> Tensor:
    """Squares above all, since decibels are asked for; gradients, since ink lines are."""
    chance = course.chance_of_step("crops")
    dice = torch.Generator().manual_seed(chance.getrandbits(40))
    large = course.total % 8 == 7
    x = crops.batch(chance, 2, 192) if large else crops.batch(chance, 16, 64, tries=3)
    x = x.to(room.device).contiguous(memory_format=torch.channels_last)
    scale = chance.choice((0.75, 0.5)) if chance.random() < SHRUNK else 1.0
    with precision.mixed(room.device):
        mean = vae.quant_conv(vae.encoder(x))[:, :CHANNELS]
        latents, x, tails = spoilt(mean, x, scale, NOISE, dice)
        out = vae.decoder(vae.post_quant_conv(latents)).float()
    edges = sum((out.diff(dim=d) - x.diff(dim=d)).abs().mean() for d in (2, 3))
    return F.l1_loss(out, x) + 10 * F.mse_loss(out, x) + 0.5 * edges + 0.02 * tails


def _measured(
    room: Room, average: Average, test: tuple[list[Kinds], Tensor], steps: int, minutes: float
) -> dict[str, Any]:
    vae = blank().to(room.device)
    vae.load_state_dict(average.shadow)
    sheet(vae.eval(), test[1]).save(room.work / "vae-decoded.png")
    return {"steps": steps, "core minutes": round(minutes, 1), **fidelity(vae, *test)}


@torch.no_grad()
def _decoded(vae: Any, x: Tensor) -> Tensor:
    """Pictures there and back, without noise, in -1..1."""
    with precision.mixed(vae.device):
        out = vae.decode(vae.encode(x.to(vae.device)).latent_dist.mean).sample
    return out.float().clamp(-1, 1)  # type: ignore[no-any-return]


def sheet(vae: Any, pictures: Tensor, rows: int = 2, across: int = 6) -> Image.Image:
    """The first of the pictures in rows, what came back below each row."""
    made = []
    for number in range(rows):
        row = pictures[number * across : (number + 1) * across]
        made += [torch.cat(list(part.cpu()), 2) for part in (row, _decoded(vae, row)) if len(row)]
    dots = torch.cat(made, 1).add(1).mul(127.5).round().byte()
    return Image.fromarray(dots.permute(1, 2, 0).contiguous().numpy())


def fidelity(vae: Any, kinds: list[Kinds], pictures: Tensor) -> dict[str, float]:
    """Mean PSNR in dB over pictures (n, 3, height, width) in -1..1, of all and of every kind."""
    vae = vae.to(memory_format=torch.channels_last)
    found: dict[str, list[float]] = {}
    for kind, x in zip(kinds, pictures, strict=True):
        error = (_decoded(vae, x[None]).cpu() - x.cpu()).square().mean() / 4
        decibels = -10 * torch.log10(error.clamp(min=1e-10)).item()
        for name in ("all", *kind):
            found.setdefault(name, []).append(decibels)
    return {name: round(sum(each) / len(each), 2) for name, each in found.items()}
