"""N0 and N1 as the benchmark sees them: what they are told about the model, and their clocks."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from daemon.bench.child_process import BenchError, Child, environment, last_words
from daemon.bench.workloads import Shot
from daemon.models.card import Card
from daemon.protocol.json_object import JsonObject

_HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Terms:
    """What is the same for every side: weights, device, precision, threads."""

    model: Path
    device: str
    dtype: str
    threads: int
    adapter: Path | None
    image_encoder: Path | None
    variant: str | None

    def told(self) -> JsonObject:
        return {
            "model": str(self.model),
            "device": self.device,
            "dtype": self.dtype,
            "threads": self.threads,
            "variant": self.variant,
            "adapter_folder": str(self.adapter.parent) if self.adapter else None,
            "adapter": self.adapter.name if self.adapter else None,
            "image_encoder": str(self.image_encoder) if self.image_encoder else None,
        }


def terms_of(card: Card, *, device: str, dtype: str, threads: int) -> Terms:
    """The terms for a model of the catalogue. Raises BenchError for one plain diffusers can't
    load without the network."""
    if not card.weights.is_dir():
        raise BenchError(
            f"{card.name} is a single file, which plain diffusers opens only with the network's "
            "help. Name a model that is a diffusers folder (`hotfolder models list`)."
        )
    halved = any((card.weights / "unet").glob("*.fp16*.safetensors"))
    return Terms(
        model=card.weights,
        device=device,
        dtype=dtype,
        threads=threads,
        adapter=card.adapters.get("base") or next(iter(card.adapters.values()), None),
        image_encoder=card.image_encoder,
        variant="fp16" if halved else None,
    )


@dataclass(frozen=True, slots=True)
class Made:
    """Pictures a plain side made."""

    seconds: float
    cpu: float
    ends: tuple[float, ...]
    pictures: tuple[Path, ...]


class Loop:
    """N1. `references` is where the shots' reference pictures lie, `out` where pictures go."""

    def __init__(self, child: Child, terms: Terms, references: Path, out: Path) -> None:
        self._child = child
        self._terms = terms
        self._references = references
        self._out = out

    def load(self) -> JsonObject:
        return self._child.ask("load", **self._terms.told())

    def follow_references(self, wanted: bool) -> None:
        self._child.ask("follow_references", wanted=wanted)

    def render(self, shots: Sequence[Shot], batch: int = 1) -> Made:
        told = [told_of(shot, self._references, self._out) for shot in shots]
        answer = self._child.ask("render", shots=told, batch=batch)
        pictures = tuple(Path(each["to"]) for each in told)
        return Made(answer["seconds"], answer["cpu"], tuple(answer["ends"]), pictures)

    def peak(self) -> int:
        return int(self._child.ask("peak")["peak_bytes"])


class Script:
    """N0: a new process for every picture."""

    def __init__(self, terms: Terms, references: Path, out: Path, words: Path) -> None:
        self._terms = terms
        self._references = references
        self._out = out
        self._words = words

    def render(self, shot: Shot) -> Made:
        told = told_of(shot, self._references, self._out / "n0")
        order = json.dumps({**self._terms.told(), "shot": told})
        before = _children_cpu()
        began = time.perf_counter()
        with self._words.open("ab") as words:
            done = subprocess.run(
                [sys.executable, str(_HERE / "scripts" / "naive_script.py"), order],
                stdin=subprocess.DEVNULL,
                stdout=words,
                stderr=words,
                env=environment(self._terms.threads, self._out),
                check=False,
            )
        seconds = time.perf_counter() - began
        if done.returncode:
            raise BenchError(f"naive_script failed:\n{last_words(self._words)}")
        return Made(seconds, _children_cpu() - before, (seconds,), (Path(told["to"]),))


def told_of(shot: Shot, references: Path, out: Path) -> JsonObject:
    """A shot for a plain side: where its reference lies, where its picture goes."""
    out.mkdir(parents=True, exist_ok=True)
    told = asdict(shot)
    told["reference"] = str(references / shot.reference) if shot.reference else None
    told["to"] = str(out / f"{shot.name}.png")
    return told


def _children_cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
