"""Answers what the benchmark asks about this machine, this model and our engine from inside."""

from __future__ import annotations

import importlib.metadata

import torch

from daemon.bench.scripts.answer_lines import answer
from daemon.protocol.json_object import JsonObject

FAMILY = ("torch", "diffusers", "transformers", "accelerate", "safetensors", "pillow", "peft")


def machine(device: str) -> JsonObject:
    from daemon.engine.sdxl.device import choose_device

    return {
        "device": choose_device(device, "auto").record(),
        "versions": {name: importlib.metadata.version(name) for name in FAMILY},
        "cuda": torch.version.cuda,
    }


def ceilings(device: str, threads: int, dtypes: list[str]) -> JsonObject:
    from daemon.bench.scripts import ceiling

    return ceiling.ceilings(device, threads, dtypes)


def flop(model: str, width: int, height: int, guided: bool) -> JsonObject:
    from daemon.bench.scripts import ceiling

    return ceiling.flop(model, width, height, guided=guided)


def disk(file: str) -> JsonObject:
    from daemon.bench.scripts import ceiling

    return {"bytes_per_second": ceiling.disk_rate(file)}


def examine(given: JsonObject, shot: JsonObject, reference: str | None, rounds: int) -> JsonObject:
    from daemon.bench.scripts import step_profile

    return step_profile.examine(given, shot, reference, rounds)


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
