"""The T2I-Adapter that follows a rough drawing, on top of a finished UNet.

The diffusion loss trains it, the UNet held fast: pictures of the whole world, their lines as a hand
would draw them, and prompts of which half say nothing of where or how large. How strongly it acts
is varied, since people use it at less than 1.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import torch
import yaml
from torch import Tensor

from daemon.sketch import precision
from daemon.sketch.train import export, stages
from daemon.sketch.train.batches import Batch
from daemon.sketch.train.diffusion import WORTH_COMPILING, Diffusion, compiled
from daemon.sketch.train.galleries import GALLERIES, Gallery
from daemon.sketch.train.stage_run import Average, Course
from daemon.sketch.train.stages import Room
from daemon.sketch.train.stock import stock
from daemon.sketch.train.train_text import Reader
from daemon.sketch.train.worlds import WORLDS
from daemon.sketch.world.rough import rough

#: Where it lies in a model folder, and its checkpoint's and its stage's name.
FOLDER, STAGE = "controls/drawing", "drawing"
#: Pictures in a batch, and shards to choose them from: a few hundred drawings are enough.
COUNT, SHARDS = 12, 24
RATE = 1e-3
#: Shares of the prompts that say what there is but not where, that say nothing in particular, and
#: that are silent as guidance's other side is; the others are the pool's own.
WHAT, VAGUE, SILENT = 0.4, 0.14, 0.08
#: How strongly it acts, at least; at most 1.
WEAKEST = 0.6
#: What stands beside it: how strongly a drawing is followed, and for how much of the steps, where
#: no job says so. Less is too weak to say how large a thing is.
RECIPE: dict[str, float] = {"scale": 1.0, "end": 0.8}
#: How much more the things weigh than the background.
EMPHASIS = 2.0


def fresh(widths: Sequence[int] = (48, 96, 128)) -> Any:
    """The network before training: SDXL's adapter in small, one channel in, for a UNet whose levels
    have these widths."""
    from diffusers import T2IAdapter

    return T2IAdapter(
        in_channels=1,
        channels=[*widths, widths[-1]],
        num_res_blocks=2,
        downscale_factor=16,
        adapter_type="full_adapter_xl",
    )


def load(room: Room, unet: Any) -> Any:
    """The one in the working folder, or a new one for this UNet where there is none."""
    from diffusers import T2IAdapter

    folder = room.model / FOLDER
    if not (folder / "config.json").exists():
        torch.manual_seed(room.seed + 90)
        return fresh(unet.config.block_out_channels).to(room.device)
    return T2IAdapter.from_pretrained(folder, local_files_only=True).to(room.device)


def save(adapter: Any, folder: Path) -> None:
    """Write it as diffusers reads it, and its recipe beside it."""
    export.save_part(adapter, folder)
    recipe = yaml.safe_dump(RECIPE, sort_keys=False)
    folder.with_suffix(".yaml").write_text(recipe, encoding="utf-8")


def drawn(rng: random.Random, picture: Any, times: list[float], gallery: Gallery) -> Tensor:
    """A rough drawing that lies on the picture of these (original, crop and target) sizes:
    (1, height, width)."""
    h, w, top, left, height, width = (int(each) for each in times)
    if h < height or w < width:  # one that was enlarged
        h, w = height, width
    line = gallery.lines(picture, h, w)[:, top : top + height, left : left + width]
    return rough(rng, line)


class Prompts:
    """What the UNet is told of a batch."""

    def __init__(self, rng: random.Random, reader: Reader, world: str) -> None:
        self.rng, self.reader = rng, reader
        self.vague, self.gallery = WORLDS[world].vague, GALLERIES[world]

    def __call__(self, batch: Batch) -> dict[str, Tensor]:
        tokens, pooled = batch.tokens.clone(), batch.pooled.clone()
        own: dict[int, str] = {}
        for row, picture in enumerate(batch.pictures):
            chance = self.rng.random()
            if chance < SILENT:
                tokens[row], pooled[row] = 0, 0
            elif chance < SILENT + VAGUE:
                own[row] = self.rng.choice(self.vague)
            elif chance < SILENT + VAGUE + WHAT:
                own[row] = self.gallery.hint(self.rng, picture)
        if own:
            said, pool = self.reader(list(own.values()))
            rows = torch.tensor(list(own), device=tokens.device)
            tokens[rows], pooled[rows] = said, pool
        return {"tokens": tokens, "pooled": pooled, "times": batch.times}


def _steered(unet: Callable[..., Any], features: list[Tensor]) -> Callable[..., Any]:
    """The UNet with what the adapter adds; the list is used up by a call."""

    def call(*given: Any, **named: Any) -> Any:
        return unet(*given, down_intrablock_additional_residuals=list(features), **named)

    return call


def train(room: Room) -> None:
    """Lines to composition."""
    from diffusers.models.attention_processor import AttnProcessor

    torch.manual_seed(room.seed + 91)
    unet = stages.load(room, "unet").eval().requires_grad_(False)
    unet.set_attn_processor(AttnProcessor())  # quick to go back through on a CPU
    unet.to(memory_format=torch.channels_last)
    adapter = load(room, unet).train().to(memory_format=torch.channels_last)
    opt, average = stages.optimizer(adapter.parameters(), RATE), Average(adapter, 0.99)
    course = Course(room, STAGE, adapter=adapter, opt=opt, average=average)
    rng, diffusion = course.rng(room.seed + 92), Diffusion(room.device)
    prompts, gallery = Prompts(rng, Reader(room), room.world), GALLERIES[room.world]
    pool = stock(room, room.seed + 93, SHARDS)
    fast = compiled(unet) if room.minutes >= WORTH_COMPILING else unet
    for done, figures in course:
        stages.set_rate(opt, RATE * stages.pace(done, warm=0.03))
        batch = pool.take(COUNT, gallery.favour)
        told = zip(batch.pictures, batch.times.tolist(), strict=True)
        lines = torch.stack([drawn(rng, picture, times, gallery) for picture, times in told])
        loss = _loss(adapter, fast, diffusion, batch, lines.to(room.device), prompts(batch))
        opt.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(adapter.parameters(), 1.0)
        opt.step()
        average.update(adapter)
        figures["loss"] = 0.98 * figures.get("loss", loss.item()) + 0.02 * loss.item()
    pool.close()
    adapter.load_state_dict(average.shadow)
    save(adapter.to(memory_format=torch.contiguous_format), room.model / FOLDER)
    course.end()


def _loss(
    adapter: Any,
    unet: Callable[..., Any],
    diffusion: Diffusion,
    batch: Batch,
    lines: Tensor,
    said: dict[str, Tensor],
) -> Tensor:
    strength = WEAKEST + (1 - WEAKEST) * torch.rand(len(lines), 1, 1, 1, device=lines.device)
    lines = lines.contiguous(memory_format=torch.channels_last)
    with precision.mixed(lines.device):
        features = [each * strength.to(each) for each in adapter(lines)]
    weights = 1 + EMPHASIS * batch.objects
    return diffusion.loss(_steered(unet, features), batch.latents, said, weights)
