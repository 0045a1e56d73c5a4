"""All of training in order, each stage resumable: `python -m daemon.sketch train`.

A stage that has ended leaves its name in `<work>/finished`; running again goes on with the next.
A stage that was cut short goes on from its last checkpoint, at most two minutes back.  Stages last
as long as they are given time, so a slower machine makes fewer steps of them; the minutes are for
two undisturbed CPU cores, and `card.yaml` says what the shipped weights were given.  A rehearsal
(`Room.steps`) ends its stages by steps instead and makes few pictures ready: the same anywhere.
"""

from __future__ import annotations

import math
import shlex
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import torch

from daemon.sketch.train import (
    export,
    stages,
    train_adapter,
    train_drawing,
    train_few_steps,
    train_storyboard,
    train_text,
    train_unet,
    train_vae,
    train_vision,
)
from daemon.sketch.train.stages import Room, finished
from daemon.sketch.train.worlds import SHAPES, STORYBOARD

Stages = dict[str, tuple[Callable[[Room], None], float]]

#: Every stage of what ships, in order, and its minutes: the only place that says them.
STAGES: Stages = {
    "prepare": (stages.prepare, 0),
    "vae": (train_vae.train, 10.5),
    "text": (train_text.train, 8),
    "unet-parts": (train_unet.parts, 60),
    "unet-256": (train_unet.native, 120),
    "unet-finish": (train_unet.finish, 85),
    "vision": (train_vision.vision, 25),
    "base": (train_adapter.base, 12),
    "plus": (train_adapter.plus, 16),
    "lora": (train_adapter.lora, 6),
    "decoder": (train_vae.polish, 50),
    "drawing": (train_drawing.train, 40),
    train_few_steps.NAME: (train_few_steps.distil, 40),
}


def stages_of(world: str) -> Stages:
    """The stages of a world, in order."""
    return train_storyboard.STAGES if world == STORYBOARD else STAGES


def check(
    only: list[str] | None,
    share: float = 1.0,
    minutes: float = 0.0,
    steps: int = 0,
    world: str = SHAPES,
    sitting: float = 0.0,
) -> None:
    """Raises SystemExit for a stage that does not exist, or a length that none can have."""
    there = stages_of(world)
    unknown = set(only or ()) - set(there)
    if unknown:
        raise SystemExit(
            f"no such stage: {', '.join(sorted(unknown))}; there are: {', '.join(there)}"
        )
    if not (share > 0 and math.isfinite(share)):
        raise SystemExit(f"--share {share:g}: a share of the time has to be more than 0")
    if not (minutes >= 0 and math.isfinite(minutes)):
        raise SystemExit(f"--minutes {minutes:g}: no stage can last that long")
    if not (sitting >= 0 and math.isfinite(sitting)):
        raise SystemExit(f"--sitting {sitting:g}: no sitting can last that long")
    if steps < 0:
        raise SystemExit(f"--steps {steps}: no stage can have that many")
    if steps and (minutes or share != 1):
        raise SystemExit("--steps ends the stages instead of a clock: leave out --minutes, --share")
    if minutes and only is None:
        raise SystemExit(
            "--minutes is for the stages named with --only; --share shortens all of them"
        )


def check_device(name: str) -> None:
    """Raises SystemExit for a device that this machine does not have; "" is the best there is."""
    there = {"cpu": 1, "cuda": torch.cuda.device_count(), "mps": int(torch.mps.is_available())}
    try:
        wanted = torch.device(name or "cpu")
    except RuntimeError:  # a word that torch does not know
        wanted = None
    if wanted is None or (wanted.index or 0) >= there.get(wanted.type, 0):
        names = ", ".join(name for name, count in there.items() if count)
        raise SystemExit(f"--device {name}: there is no such device here; there are: {names}")


def adopt(room: Room, weights: Path) -> None:
    """Start a working folder from shipped weights, their stages done; never over another training.

    `weights` is a whole model, or what of another world has been learnt so far.
    """
    if not (weights / "card.yaml").exists():
        raise SystemExit(
            f"there are no weights in {weights}: an installed package has none of the world "
            f"{room.world!r}; take a checkout, or leave out --from-weights"
        )
    if room.model.exists():
        raise SystemExit(
            f"{room.model} is there already, and --from-weights would begin again in its place: "
            "leave out --from-weights to go on with it, or name another folder with --work"
        )
    carried = STAGES if room.world == SHAPES else train_storyboard.CARRIED
    room.work.mkdir(parents=True, exist_ok=True)
    stages.clear(room.work)
    stages.begin_history(room.work, export.trained(weights))
    (room.work / stages.FINISHED).write_text("".join(f"{name}\n" for name in carried))
    (room.work / stages.WORLD).write_text(f"{room.world}\n")
    export.adopt(weights, room.work)  # last: with the model there, all of it is


def _todo(room: Room, only: list[str] | None) -> list[str]:
    """The stages to run, in order; SystemExit where the first would take another's place."""
    there = stages_of(room.world)
    stages.check_world(room)
    if only is not None:
        if "prepare" in only and room.model.exists():
            raise SystemExit(
                f"{room.model} is there, and prepare would begin again in its place: "
                "remove that folder first, or name another one with --work"
            )
        return [name for name in there if name in only]
    done = finished(room)
    if "prepare" in done:
        left = [name for name in there if name not in done]
        if not left:
            print(f"every stage is done in {room.work}; --only repeats those it names")
        return left
    if room.model.exists():
        raise SystemExit(
            f"{room.model} is there, but no training from nothing began here, and one would begin "
            "in its place: name stages with --only to go on with it, or another folder with --work"
        )
    return list(there)


def _again(room: Room, only: list[str] | None, share: float, sitting: float) -> str:
    """The command that goes on where this training was stopped."""
    words = ["python", "-m", "daemon.sketch", "train", "--work", str(room.work)]
    words += ["--world", room.world] if room.world != SHAPES else []
    words += ["--device", room.on] if room.on else []
    words += ["--seed", str(room.seed)] if room.seed else []
    words += ["--only", *only] if only else []
    words += ["--minutes", f"{room.minutes:g}"] if room.minutes else []
    words += ["--steps", str(room.steps)] if room.steps else []
    words += ["--share", f"{share:g}"] if share != 1 else []
    words += ["--sitting", f"{sitting:g}"] if sitting else []
    return shlex.join(words)


def train(
    room: Room, only: list[str] | None = None, share: float = 1.0, sitting: float = 0.0
) -> None:
    """Run what is not finished yet, or just what is named, again; `share` shortens every stage, and
    after `sitting` minutes, if any, it stops where it is, to go on another time."""
    if sitting:
        room = replace(room, until=time.monotonic() + 60 * sitting)
    todo = _todo(room, only)
    room.work.mkdir(parents=True, exist_ok=True)
    for number, name in enumerate(todo):
        if name != "prepare" and not room.model.exists():
            raise SystemExit(
                f"there is no {room.model} for {name} to go on with: "
                "begin without --only, or with --from-weights"
            )
        stage, minutes = stages_of(room.world)[name]
        try:
            if number and room.is_over():
                raise stages.TimeUp
            lasts = 0.0 if room.steps else room.minutes or minutes * share
            stage(replace(room, minutes=lasts))
        except KeyboardInterrupt:
            command = _again(room, only and todo[number:], share, sitting)
            print(f"\nstopped in {name}, two minutes of it are lost at most; to go on: {command}")
            raise SystemExit(130) from None
        except stages.TimeUp:
            command = _again(room, only and todo[number:], share, sitting)
            print(f"the sitting is over, {name} is next; to go on: {command}")
            return
