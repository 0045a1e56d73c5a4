"""`bench --full-size`: the same contests on an SDXL of full size whose weights are random.

Nothing is downloaded. The model is written to a temporary folder and loaded from there by every
side as any model is. On a processor alone only a look is possible, and it is said so: one small
picture of a few steps.
"""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from daemon.bench.child_process import BenchError, Child, environment
from daemon.bench.compare import Say
from daemon.bench.report import Report, Wish
from daemon.bench.run import run
from daemon.jobfile.presets import BALANCED, QUALITY
from daemon.models.card import Card, read_card

NEEDS = 11_000_000_000
"""Bytes of disk: the model in half precision, its adapter and image encoder, and some air."""

REDUCED_SIZE = (512, 512)
REDUCED_STEPS = 2


@dataclass(frozen=True, slots=True)
class Grand:
    """What was asked for; `place` is where the model may lie meanwhile."""

    device: str
    dtype: str
    threads: int
    repeats: int
    batches: tuple[int, ...]
    pictures: int
    steps: int | None
    size: tuple[int, int] | None
    place: Path | None
    compile: str = "auto"
    seed: int = 0


def run_full_size(grand: Grand, say: Say) -> Report:
    """Build the model, hold the contests, take it away again."""
    with contextlib.ExitStack() as stack:
        scratch = grand.place or Path(tempfile.gettempdir())
        _check_room(scratch)
        home = Path(
            stack.enter_context(
                tempfile.TemporaryDirectory(
                    prefix="hotfolder-full-size-", dir=scratch, ignore_cleanup_errors=True
                )
            )
        )
        words = home / "words.txt"
        with Child("device_facts", words, environment(grand.threads, home)) as gauge:
            device = gauge.ask("machine", device=grand.device)["device"]["type"]
        # Half precision everywhere: what SDXL is given in, and read without being converted.
        half = "bfloat16" if device == "cpu" else "float16"
        dtype = half if grand.dtype == "auto" else grand.dtype
        card = build_model(home, device, dtype, grand.threads, say, grand.seed)
        if device == "cpu":
            say("no GPU here: only a look, one picture at 512 px and 2 steps at a time")
        return run(_wish(grand, card, device, dtype), say)


def build_model(home: Path, device: str, dtype: str, threads: int, say: Say, seed: int = 0) -> Card:
    """Write the model to a folder in `home`. Raises BenchError where there is no room for it."""
    _check_room(home)
    say(f"writing an SDXL of full size, {dtype}, with random weights")
    with Child("blank_sdxl", home / "words.txt", environment(threads, home)) as builder:
        builder.ask("build", folder=str(home / "model"), dtype=dtype, device=device, seed=seed)
    return read_card(home / "model")


def _wish(grand: Grand, card: Card, device: str, dtype: str) -> Wish:
    reduced = device == "cpu"
    return Wish(
        card=card,
        workloads=("W1", "W3") if reduced else ("W2", "W3"),
        presets=(BALANCED,) if reduced else (BALANCED, QUALITY),
        repeats=1 if reduced else grand.repeats,
        pictures=1 if reduced else grand.pictures,
        scripts=0,
        count=0,
        threads=grand.threads,
        device=device,
        dtype=dtype,
        batches=() if reduced else grand.batches,
        steps=grand.steps or (REDUCED_STEPS if reduced else None),
        size=grand.size or (REDUCED_SIZE if reduced else None),
        inside=not reduced,
        compile=grand.compile,
        all_curves=not reduced,
        cold=True,
        seed=grand.seed,
    )


def _check_room(place: Path) -> None:
    free = shutil.disk_usage(place).free
    if free < NEEDS:
        raise BenchError(
            f"The model takes {NEEDS / 1e9:.0f} GB for a while, and {place} has {free / 1e9:.1f} GB"
            " free. Name a roomier place: --scratch DIR."
        )
