"""What the model costs: seconds to load and to draw, bytes on disk, what half precision takes."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from daemon.sketch.score import sampling, score
from daemon.sketch.score.measures import count_of
from daemon.sketch.train import export

Pixels = NDArray[np.float32]

LOADING = """
import sys, time
import torch
began = time.perf_counter()
from pathlib import Path
from diffusers import StableDiffusionXLPipeline
import transformers
from daemon.sketch.score import sampling
between = time.perf_counter()
sampling.load(Path(sys.argv[1]))
print("seconds", between - began, time.perf_counter() - between)
"""
PICTURE = """
import sys, time
import torch
torch.set_num_threads(2)
from pathlib import Path
from daemon.sketch.score import sampling
pipe = sampling.load(Path(sys.argv[1]))
times = []
for prompt in ("a small red circle on the left on a white background", "the moon, a boat, the sea"):
    sampling.render(pipe, [prompt], [1], steps=2)
    for seed in range(4):
        began = time.perf_counter()
        sampling.render(pipe, [prompt], [seed])
        times.append(time.perf_counter() - began)
print("seconds", sorted(times)[len(times) // 2])
"""


def _said(program: str, folder: Path) -> list[float]:
    """The figures a program of its own prints, on the CPU."""
    done = subprocess.run(
        [sys.executable, "-c", program, str(folder)],
        capture_output=True,
        text=True,
        env={**os.environ, "CUDA_VISIBLE_DEVICES": "", "OMP_NUM_THREADS": "2"},
    )
    if done.returncode:
        raise RuntimeError(f"the measurement of speed failed:\n{done.stderr}")
    return [round(float(word), 2) for word in done.stdout.split("seconds")[-1].split()]


def speed(folder: Path, _scale: float) -> Any:
    """In new processes, files in the page cache, two threads: from torch's import to a loaded
    model (its libraries, then the folder), and seconds per picture with stock diffusers."""
    size = sum(p.stat().st_size for p in folder.rglob("*") if p.is_file())
    runs = [_said(LOADING, folder) for _ in range(2)]
    libraries, loaded = (min(each) for each in zip(*runs, strict=True))
    return {
        "libraries_seconds": libraries,
        "load_seconds": loaded,
        "seconds_per_picture": _said(PICTURE, folder)[0],
        "threads": 2,
        "megabytes": round(size / 1e6, 1),
    }


def storage(folder: Path, scale: float, full: Path) -> Any:
    """Half precision on disk against full (where the folder of their training is here), and
    float32 arithmetic against bfloat16."""
    count = count_of(40, scale)
    asked = score.singles(count, 12)
    table: dict[str, Any] = {}
    pictures: dict[str, list[Pixels]] = {}
    folders = {"float16 file": folder}
    if full.exists() and export.is_export(full, folder):
        folders["float32 file"] = full
    else:
        table["float32 file"] = "not measured: no folder with these weights in full"
    for name, place in folders.items():
        pipe = sampling.load(place)
        pictures[name] = sampling.render(pipe, [t for _, t in asked], range(count))
    with arithmetic(True):
        pipe = sampling.load(folder)
        pictures["bfloat16 arithmetic"] = sampling.render(pipe, [t for _, t in asked], range(count))
    for name, images in pictures.items():
        tally = score.Tally()
        for (picture, _), image in zip(asked, images, strict=True):
            tally.note(score.mark_single(picture, image))
        gap = max(
            np.abs(a - b).mean() for a, b in zip(images, pictures["float16 file"], strict=True)
        )
        table[name] = {**tally.shares(), "largest mean difference": round(float(gap), 5)}
    return table


def arithmetic(half: bool) -> AbstractContextManager[Any]:
    """bfloat16 where asked for: twice as fast on a CPU; `storage` shows what that costs."""
    return torch.autocast(
        "cuda" if torch.cuda.is_available() else "cpu", torch.bfloat16, enabled=half
    )
