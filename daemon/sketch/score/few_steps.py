"""What the four-step LoRA is worth: the same prompts and noise in fifteen guided steps, in four of
them, and in four unguided ones with the LoRA; and what a picture costs each way.
"""

from __future__ import annotations

import statistics
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from daemon.sketch.score import costs, sampling, score
from daemon.sketch.score.measures import count_of

LORA = "four-steps"


@dataclass(frozen=True)
class Way:
    """How pictures are drawn."""

    steps: int
    guidance: float
    worn: bool = False


WAYS = {
    "15 steps": Way(15, 7.0),
    "4 steps": Way(4, 7.0),
    "4 steps, the LoRA": Way(4, 0.0, worn=True),
}
#: Of one object, of two, scenes.
PICTURES = (100, 40, 20)
TIMED = ("a small red circle on the left on a white background", "the moon, a boat, the sea")


def dressed(pipe: Any, folder: Path, way: Way) -> Any:
    """The pipeline as this way wants it."""
    if way.worn:
        pipe.load_lora_weights(
            str(folder / "loras"), weight_name=f"{LORA}.safetensors", adapter_name=LORA
        )
        pipe.fuse_lora()
    return pipe


def few_steps(folder: Path, scale: float) -> Any:
    """All ways on the same prompts; none was trained on."""
    table: dict[str, Any] = {}
    one, two, three = (count_of(pictures, scale) for pictures in PICTURES)
    for name, way in WAYS.items():
        pipe = dressed(sampling.load(folder), folder, way)
        how: dict[str, Any] = {"steps": way.steps, "guidance": way.guidance}
        table[name] = {
            "single": score.score_singles(pipe, one, **how).shares(),
            "pair": score.score_pairs(pipe, two, **how).shares(),
            "scene": score.score_scenes(pipe, three, **how).shares(),
            "seconds": seconds(pipe, **how),
        }
    return {**table, "threads": torch.get_num_threads()}


def seconds(pipe: Any, **how: Any) -> float:
    """The median of a few pictures alone, in full arithmetic."""
    taken = []
    with costs.arithmetic(False):
        for prompt in TIMED:
            sampling.render(pipe, [prompt], [0], **how)
            for seed in range(4):
                began = time.perf_counter()
                sampling.render(pipe, [prompt], [seed], **how)
                taken.append(time.perf_counter() - began)
    return round(statistics.median(taken), 3)
