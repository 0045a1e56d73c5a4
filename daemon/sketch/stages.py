"""What the stages of training share: the working folder, devices, batches of pictures, progress.

A stage reads the parts it needs from `<work>/model` (a model folder in full precision), trains,
and writes its own part back there.  The long ones keep optimizer and step count in
`<work>/<stage>.pt` and go on where they were cut short; the others, of minutes, begin again.
"""

from __future__ import annotations

import math
import os
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from . import adapters, blueprint, captions, export, world
from .draw import draw

#: The most seconds that one step is taken to have used.
PAUSE = 60.0
DEFAULT_WORK = Path("~/.cache/hotfolder-sketch").expanduser()


@dataclass(frozen=True)
class Room:
    """Where a training run works, and on what."""

    work: Path
    seed: int = 0
    minutes: float = 0.0  # a stage's own share, 0 for its default

    @property
    def model(self) -> Path:
        return self.work / "model"

    @property
    def pool(self) -> Path:
        """Where encoded pictures wait for the UNet; of no use to another autoencoder or reader."""
        return self.work / "pool"

    @property
    def device(self) -> torch.device:
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")

    def seconds(self, default_minutes: float) -> float:
        return 60 * (self.minutes or default_minutes)


def prepare(room: Room) -> None:
    """A complete, random model folder: right in shape, wrong in everything else."""
    torch.manual_seed(room.seed)
    rng = random.Random(room.seed)
    said = [captions.caption(rng, world.sample(rng))[0] for _ in range(8000)]
    tokenizer = blueprint.tokenizer(said)
    export.save_index(room.model, blueprint.scheduler())
    for name in ("tokenizer", "tokenizer_2"):
        export.save_tokenizer(tokenizer, room.model / name)
    one, two = blueprint.text_encoders(len(tokenizer))
    unet = blueprint.unet()
    parts = {"text_encoder": one, "text_encoder_2": two, "unet": unet, "vae": blueprint.vae()}
    parts["ip_adapter/image_encoder"] = blueprint.image_encoder()
    for name, part in parts.items():
        export.save_part(part, room.model / name)
    for kind in adapters.KINDS:
        adapters.save(adapters.start(unet, kind), room.model / "ip_adapter" / f"{kind}.safetensors")
    adapters.add_lora(unet)
    adapters.save_lora(unet, room.model / "loras" / "chalk.safetensors")


def load(room: Room, name: str) -> Any:
    """One network of the working folder, on the device, in full precision."""
    from diffusers import AutoencoderKL, UNet2DConditionModel
    from transformers import (
        CLIPTextModel,
        CLIPTextModelWithProjection,
        CLIPTokenizer,
        CLIPVisionModelWithProjection,
    )

    kinds: dict[str, Any] = {
        "vae": AutoencoderKL,
        "unet": UNet2DConditionModel,
        "text_encoder": CLIPTextModel,
        "text_encoder_2": CLIPTextModelWithProjection,
        "ip_adapter/image_encoder": CLIPVisionModelWithProjection,
    }
    if name == "tokenizer":
        return CLIPTokenizer.from_pretrained(room.model / name)
    return kinds[name].from_pretrained(room.model / name).to(room.device)


def optimizer(parameters: Any, rate: float, decay: float = 1e-3) -> torch.optim.AdamW:
    """AdamW with a short memory: these runs are short."""
    return torch.optim.AdamW(parameters, lr=rate, betas=(0.9, 0.99), weight_decay=decay, fused=True)


def set_rate(opt: torch.optim.Optimizer, rate: float) -> None:
    """Give every parameter group this rate, times its own factor."""
    for group in opt.param_groups:
        group["lr"] = rate * group.get("factor", 1.0)


def pace(done: float, warm: float = 0.02, floor: float = 0.0) -> float:
    """The learning rate's factor after a share `done` of the stage: warm-up, then half a cosine."""
    if done < warm:
        return max(done / warm, 0.02)
    turn = (min(done, 1.0) - warm) / (1 - warm)
    return floor + (1 - floor) * 0.5 * (1 + math.cos(math.pi * turn))


class Average:
    """An exponential moving average of a network's weights, started slowly."""

    def __init__(self, model: nn.Module, decay: float) -> None:
        self.decay, self.count = decay, 0
        self.shadow = {k: v.detach().clone() for k, v in model.state_dict().items()}

    def update(self, model: nn.Module) -> None:
        self.count += 1
        decay = min(self.decay, (1 + self.count) / (10 + self.count))
        state = model.state_dict()
        floats = [k for k, v in self.shadow.items() if v.is_floating_point()]
        torch._foreach_lerp_(
            [self.shadow[k] for k in floats], [state[k] for k in floats], 1 - decay
        )


def save_state(path: Path, **state: Any) -> None:
    """A checkpoint, replaced whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    torch.save(state, partial)
    os.replace(partial, path)


def clock(
    label: str, seconds: float, done: float = 0.0, every: float = 20.0
) -> Iterator[tuple[float, dict[str, float]]]:
    """Yield (share of the time used, a dict to put figures in) until time is up.

    On a terminal this is a bar; elsewhere a line now and then, so that a log can be followed.
    A pause longer than `PAUSE` (a lid closed, a process stopped) does not count as time used.
    """
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console()
    figures: dict[str, float] = {}
    spent, spoke, step = 0.0, -every, 0
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[figures]}"),
    )
    with Progress(*columns, console=console, disable=not console.is_terminal) as bar:
        task = bar.add_task(label, total=1.0, figures="")
        while (share := done + spent / seconds) < 1.0:
            began = time.monotonic()
            yield share, figures
            spent += min(time.monotonic() - began, PAUSE)
            step += 1
            text = " ".join(f"{k} {v:.4g}" for k, v in figures.items())
            bar.update(task, completed=share, figures=text)
            if not console.is_terminal and spent - spoke > every:
                spoke = spent
                print(
                    f"{label} {100 * share:5.1f} % step {step} {spent:5.0f} s  {text}",
                    flush=True,
                )


def pictures(rng: random.Random, count: int, height: int, width: int, **kinds: Any) -> Tensor:
    """A batch of fresh drawings in -1..1."""
    drawn = [draw(world.sample(rng, **kinds), height, width) for _ in range(count)]
    return torch.stack(drawn) * 2 - 1
