"""How well panels are painted from captions, told by the judge, with a sheet to look at.

Every figure stands beside two others: what the judge reads in true drawings of the same scenes, and
what the same pictures would have right of another caption.
"""

from __future__ import annotations

import random
import textwrap
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image, ImageDraw
from torch import Tensor

from daemon.sketch import precision
from daemon.sketch.score.sampling import render
from daemon.sketch.score.score import interval
from daemon.sketch.storyboard import captions, drawn, facts
from daemon.sketch.storyboard.facts import Facts
from daemon.sketch.storyboard.panels import Mix
from daemon.sketch.train import blueprint, export, panel_judge, panel_latents, stages
from daemon.sketch.train.panel_shards import as_tensor
from daemon.sketch.train.stages import Room
from daemon.thumbs.scene import Scene

STEPS, GUIDANCE = 15, 4.0
COLUMNS, SHOWN = 8, 48
MIXES = {lesson.name: lesson.mix for lesson in panel_latents.LESSONS}
CAPTIONS = 200
"""Captions of a whole report."""


@dataclass(frozen=True)
class Asked:
    """A caption nobody trained on, what it says, and a scene of which it is true."""

    scene: Scene
    caption: str
    said: Facts


def fresh(mix: Mix, count: int) -> list[Asked]:
    """Captions of panels that no training sees; always the same ones."""
    rows = []
    for number in range(count):
        scene = drawn.scene_of("scored", number, mix)
        caption, said = captions.caption(random.Random(f"scored {number}"), facts.truth(scene))
        rows.append(Asked(scene, caption, said))
    return rows


def pipeline(room: Room) -> Any:
    """The stock pipeline of what the working folder has. SystemExit where no UNet was trained."""
    from diffusers import StableDiffusionXLPipeline

    if not (room.model / "unet").exists():
        raise SystemExit(f"there is no UNet in {room.model}: run the stage `unet-figures`")
    parts = {
        name: stages.load(room, name)
        for name in ("vae", "unet", "text_encoder", "text_encoder_2", "tokenizer")
    }
    pipe = StableDiffusionXLPipeline(
        **parts, tokenizer_2=parts["tokenizer"], scheduler=blueprint.scheduler()
    )
    pipe.set_progress_bar_config(disable=True)
    return pipe


def score(room: Room, name: str, mix: Mix, count: int) -> dict[str, Any]:
    """Paint so many captions, judge them, and leave `panels-NAME.yaml` and a sheet in the working
    folder. SystemExit where there is no judge."""
    judge = panel_judge.load(room.model / "judge", room.device)
    asked = fresh(mix, count)
    with precision.mixed(room.device):
        painted = render(
            pipeline(room), [one.caption for one in asked], range(count), STEPS, GUIDANCE
        )
    sheet(painted[:SHOWN], [one.caption for one in asked]).save(room.work / f"panels-{name}.png")
    true = as_tensor(np.stack([drawn.pixels(one.scene) for one in asked]))
    told = table(
        asked, judge.read(torch.stack([as_seen(one) for one in painted])), judge.read(true)
    )
    export.write_yaml(room.work / f"panels-{name}.yaml", told)
    return told


def table(asked: list[Asked], read: list[Facts], read_of_true: list[Facts]) -> dict[str, Any]:
    """For every kind of fact the share painted right, its 95 % interval, of how many, and the two
    shares beside it: of true drawings, and of other captions."""
    said = [one.said for one in asked]
    painted, true, others = (
        panel_judge.shares(read, said),
        panel_judge.shares(read_of_true, said),
        panel_judge.of_others(read, said),
    )
    rows: dict[str, Any] = {}
    for kind, (right, count) in sorted(painted.items()):
        low, high = interval(right, count)
        rows[kind] = {
            "right": round(right / count, 3),
            "interval": [round(low, 3), round(high, 3)],
            "of": count,
            "true drawings": round(true[kind][0] / count, 3),
            "other captions": round(others[kind][0] / max(1, others[kind][1]), 3),
        }
    return rows


def as_seen(painted: NDArray[np.float32]) -> Tensor:
    """(height, width, 3) in 0..1 as a judge takes it."""
    return torch.from_numpy(painted).permute(2, 0, 1) * 2 - 1


def sheet(
    painted: list[NDArray[np.float32]], said: list[str], columns: int = COLUMNS
) -> Image.Image:
    """Pictures in rows, each over its caption."""
    side, note = drawn.SIDE, 56
    rows = -(-len(painted) // columns)
    made = Image.new("RGB", (columns * side, rows * (side + note)), "white")
    pen = ImageDraw.Draw(made)
    for number, (one, text) in enumerate(zip(painted, said, strict=False)):
        left, top = number % columns * side, number // columns * (side + note)
        made.paste(Image.fromarray((one * 255).round().astype(np.uint8)), (left, top))
        pen.text((left + 4, top + side + 2), textwrap.fill(text, 40), fill="black")
    return made
