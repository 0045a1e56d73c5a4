"""Answers what the benchmark asks about this machine, this model and our engine from inside."""

from __future__ import annotations

import importlib.metadata
from typing import Any

import torch

from daemon.bench.scripts.answer_lines import answer

FAMILY = ("torch", "diffusers", "transformers", "accelerate", "safetensors", "pillow", "peft")


def machine(device: str) -> dict[str, Any]:
    from daemon.engine.sdxl.device import choose_device

    return {
        "device": choose_device(device, "auto").record(),
        "versions": {name: importlib.metadata.version(name) for name in FAMILY},
        "cuda": torch.version.cuda,
    }


def ceilings(device: str, threads: int, dtypes: list[str]) -> dict[str, Any]:
    from daemon.bench.scripts import ceiling

    return ceiling.ceilings(device, threads, dtypes)


def flop(model: str, width: int, height: int, guided: bool) -> dict[str, Any]:
    from daemon.bench.scripts import ceiling

    return ceiling.flop(model, width, height, guided=guided)


def disk(file: str) -> dict[str, Any]:
    from daemon.bench.scripts import ceiling

    return {"bytes_per_second": ceiling.disk_rate(file)}


def examine(given: dict[str, Any], shot: dict[str, Any], reference: str | None) -> dict[str, Any]:
    from daemon.bench.scripts import step_profile

    return step_profile.examine(given, shot, reference)


def main() -> None:
    from daemon.bench.scripts.curve import OurLoop

    ours = OurLoop()
    answer(
        {
            "machine": machine,
            "ceilings": ceilings,
            "flop": flop,
            "disk": disk,
            "examine": examine,
            "load": ours.load,
            "render": ours.render,
        }
    )


if __name__ == "__main__":
    main()
