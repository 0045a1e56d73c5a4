"""All of training in order, each stage resumable: `python -m daemon.sketch train`.

A stage that finished leaves its name in `<work>/finished`; running again goes on with the next.
The autoencoder and the UNet, the long ones, also go on inside a stage.  Stages last as long as
they are given time, so a slower machine makes fewer steps of them; the minutes are for two
undisturbed CPU cores, and `card.yaml` says what the shipped weights were given.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from . import stages, train_adapter, train_text, train_unet, train_vae
from .stages import Room

STAGES: dict[str, tuple[Callable[[Room], None], float]] = {
    "prepare": (stages.prepare, 0),
    "vae": (train_vae.train, 10.5),
    "text": (train_text.train, 8),
    "unet-parts": (train_unet.parts, 60),
    "unet-256": (train_unet.native, 120),
    "vision": (train_adapter.vision, 25),
    "base": (train_adapter.base, 10),
    "plus": (train_adapter.plus, 10),
    "lora": (train_adapter.lora, 6),
    "decoder": (train_vae.polish, 3),
}


def finished(room: Room) -> list[str]:
    """The stages done so far in this working folder."""
    path = room.work / "finished"
    return path.read_text().split() if path.exists() else []


def check(only: list[str] | None) -> None:
    """Raises SystemExit for a stage that does not exist."""
    unknown = set(only or ()) - set(STAGES)
    if unknown:
        raise SystemExit(
            f"no such stage: {', '.join(sorted(unknown))}; there are: {', '.join(STAGES)}"
        )


def train(room: Room, only: list[str] | None = None, share: float = 1.0) -> None:
    """Run what is not finished yet, or just what is named, again; `share` shortens every stage."""
    room.work.mkdir(parents=True, exist_ok=True)
    for name, (stage, minutes) in STAGES.items():
        if only is not None and name not in only:
            continue
        if only is None and name in finished(room):
            continue
        stage(replace(room, minutes=room.minutes or minutes * share))
        if only is None:
            with (room.work / "finished").open("a") as notes:
                notes.write(name + "\n")
