"""What the stages of training share: the working folder, its history, devices, rates, pictures.

A stage reads the parts it needs from `<work>/model` (a model folder in full precision), trains,
and writes its own part back there; `stage_run` keeps it going.  Once a stage has ended its name is
in `<work>/finished` and what it was given in `<work>/history.yaml`.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import math
import platform
import random
import shutil
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
import yaml
from torch import Tensor

from daemon.sketch.train import adapters, blueprint, export
from daemon.sketch.train.worlds import SHAPES
from daemon.sketch.world import captions, world
from daemon.sketch.world.draw import draw

SKETCH = Path(__file__).parents[1]
DEFAULT_WORK = Path("~/.cache/hotfolder-sketch").expanduser()
#: What a training may leave in its working folder beside the model and the pictures.
CHECKPOINTS = (
    "vae",
    "text",
    "heads",
    "judge",
    "unet",
    "vision",
    "base",
    "plus",
    "lora",
    "decoder",
    "four-steps",
    "drawing",
)
FINISHED, HISTORY, WORLD = "finished", "history.yaml", "world"
#: The modules that decide how a training picture and its captions come out.
MAKE_PICTURES = (
    "world/canvas", "world/captions", "world/draw", "train/batches", "train/data_pool",
    "train/shape_latents", "world/words", "world/world",
)  # fmt: skip


@functools.cache
def of_these_pictures() -> str:
    """A name for the pictures this code makes, another one after any edit of it."""
    texts = [(SKETCH / f"{name}.py").read_bytes() for name in MAKE_PICTURES]
    return hashlib.sha256(b"".join(texts)).hexdigest()[:8]


class TimeUp(Exception):  # noqa: N818 - no error: all is saved, and the next sitting goes on
    """The sitting has ended in the middle of a stage, whose checkpoint is written."""


@dataclass(frozen=True)
class Room:
    """Where a training run works, and on what."""

    work: Path
    seed: int = 0
    minutes: float = 0.0  # how long a stage trains; `train.STAGES` knows where nobody said
    steps: int = 0  # where given, a stage ends after so many steps instead, on any machine
    world: str = SHAPES  # one of `worlds.WORLDS`
    on: str = ""  # a device as torch names it; the best there is where nobody said
    until: float = math.inf  # of the monotonic clock: when this sitting ends, wherever it is

    @property
    def model(self) -> Path:
        return self.work / "model"

    @property
    def pool(self) -> Path:
        """Where encoded pictures wait for the UNet; of no use to another autoencoder or reader,
        nor to another world."""
        return self.work / f"pool-{of_these_pictures()}"

    @property
    def device(self) -> torch.device:
        return torch.device(self.on or ("cuda" if torch.cuda.is_available() else "cpu"))

    @property
    def seconds(self) -> float:
        return 60 * self.minutes

    def is_over(self) -> bool:
        """Whether this sitting's time is up; the next goes on."""
        return time.monotonic() >= self.until

    def enough(self, most: int) -> int:
        """How many pictures to make ready: `most`, but no more than a few steps can show."""
        return min(most, 8 * self.steps) if self.steps else most


def default_work(world: str = SHAPES) -> Path:
    """Where a training of that world works if nobody says."""
    name = DEFAULT_WORK.name if world == SHAPES else f"{DEFAULT_WORK.name}-{world}"
    return DEFAULT_WORK.with_name(name)


def drop_pictures(work: Path) -> None:
    """Remove all encoded pictures, also those of an earlier world."""
    for folder in [work / "pool", *work.glob("pool-*")]:
        shutil.rmtree(folder, ignore_errors=True)


def clear(work: Path) -> None:
    """Remove what an earlier training left, so that none of it is taken for a new one's."""
    for name in CHECKPOINTS:
        for ending in (".pt", export.PARTIAL):
            (work / f"{name}{ending}").unlink(missing_ok=True)
    for name in (FINISHED, HISTORY, WORLD):
        (work / name).unlink(missing_ok=True)
    for name in ("model", f"model{export.PARTIAL}"):
        shutil.rmtree(work / name, ignore_errors=True)
    drop_pictures(work)


def finished(room: Room) -> list[str]:
    """The stages done so far in this working folder."""
    path = room.work / FINISHED
    return path.read_text().split() if path.exists() else []


def world_of(work: Path) -> str:
    """The world whose training this working folder has."""
    path = work / WORLD
    return path.read_text().strip() if path.exists() else SHAPES


def check_world(room: Room) -> None:
    """Raises SystemExit where the working folder has a training of another world."""
    if room.model.exists() and world_of(room.work) != room.world:
        raise SystemExit(
            f"{room.work} has a training of the world {world_of(room.work)!r}: "
            "name another folder with --work"
        )


def processor() -> str:
    """What the machine's maker calls its processor; the kind of it where the system won't say."""
    with contextlib.suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def record(room: Room, name: str, took: float, steps: int = 0, **more: Any) -> None:
    """Note that a stage has ended, and what it was given; `took` is in seconds, all told. `more`
    is what else there is to say, such as how well it did.

    Appended, never rewritten: two stages may be under way in one folder.
    """
    cuda = room.device.type == "cuda"
    entry = {
        "stage": name,
        "minutes": round(room.minutes, 3),
        "took": round(took / 60, 3),
        "steps": steps,
        "seed": room.seed,
        "threads": torch.get_num_threads(),
        "torch": str(torch.__version__),
        "machine": torch.cuda.get_device_name() if cuda else processor(),
        **more,
    }
    with (room.work / HISTORY).open("a") as notes:
        notes.write(yaml.safe_dump([entry], sort_keys=False, allow_unicode=True))
    if name not in finished(room):
        with (room.work / FINISHED).open("a") as notes:
            notes.write(name + "\n")


def begin_history(work: Path, trained: Any) -> None:
    """Let the history begin with what a card says of the weights that training goes on from."""
    entries = trained if isinstance(trained, list) else [trained] if trained else []
    if entries:
        text = yaml.safe_dump(entries, sort_keys=False, allow_unicode=True)
        (work / HISTORY).write_text(text)


def history(work: Path) -> list[dict[str, Any]]:
    """What the training in this folder was given, stage after stage; empty where none was kept."""
    path = work / HISTORY
    return (yaml.safe_load(path.read_text()) if path.exists() else None) or []


def prepare(room: Room) -> None:
    """A complete, random model folder: right in shape, wrong in everything else."""
    began = time.monotonic()
    clear(room.work)
    model = room.work / f"model{export.PARTIAL}"
    torch.manual_seed(room.seed)
    rng = random.Random(room.seed)
    said = [captions.caption(rng, world.sample(rng))[0] for _ in range(8000)]
    tokenizer = blueprint.tokenizer(said)
    export.save_index(model, blueprint.scheduler())
    for name in ("tokenizer", "tokenizer_2"):
        export.save_tokenizer(tokenizer, model / name)
    one, two = blueprint.text_encoders(len(tokenizer))
    unet = blueprint.unet()
    parts = {"text_encoder": one, "text_encoder_2": two, "unet": unet, "vae": blueprint.vae()}
    parts["ip_adapter/image_encoder"] = blueprint.image_encoder()
    for name, part in parts.items():
        export.save_part(part, model / name)
    for kind in adapters.KINDS:
        adapters.save(adapters.start(unet, kind), model / "ip_adapter" / f"{kind}.safetensors")
    adapters.add_lora(unet)
    adapters.save_lora(unet, model / "loras" / "chalk.safetensors")
    fresh = blueprint.unet()
    adapters.add_lora(fresh, targets=adapters.EVERYWHERE)
    adapters.save_lora(fresh, model / "loras" / "four-steps.safetensors")
    model.rename(room.model)
    record(room, "prepare", time.monotonic() - began)


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


def pictures(rng: random.Random, count: int, height: int, width: int, **kinds: Any) -> Tensor:
    """A batch of fresh drawings in -1..1."""
    drawn = [draw(world.sample(rng, **kinds), height, width) for _ in range(count)]
    return torch.stack(drawn) * 2 - 1
