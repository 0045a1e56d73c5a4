"""D: the real daemon on a root of its own, given nothing but files.

A shot's clock starts with the rename of its job file into the inbox and stops when its picture's
name is in the outbox, as a person watching both folders would see it. Never touches another root.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from daemon.bench.child_process import BenchError, environment
from daemon.bench.process_usage import cpu_seconds, resident_bytes
from daemon.bench.workloads import Shot
from daemon.protocol.json_object import JsonObject
from daemon.root.create import prepare
from daemon.root.layout import Layout
from daemon.root.status_file import read_status

LOOK_EVERY = 0.004
CHECK_EVERY = 0.25
"""Seconds between two looks for trouble, which take a processor that the pictures use."""
PATIENCE = 900.0
"""Seconds without any new picture after which the daemon is given up."""


@dataclass(frozen=True, slots=True)
class Lap:
    """Shots that were made together: `ends` are seconds from the first rename to each picture, in
    the order they appeared; `waits` from each shot's own rename; `cpu` of daemon and worker."""

    seconds: float
    cpu: float
    ends: tuple[float, ...]
    waits: tuple[float, ...]
    pictures: tuple[Path, ...]


class Drops:
    """A daemon and its folders; `settings` is what its hotfolder.yaml says."""

    def __init__(self, root: Path, settings: JsonObject, *, engine: str | None = None) -> None:
        self._layout = Layout(root.resolve())
        prepare(self._layout)
        self._drafts = self._layout.root / "drafts"
        self._drafts.mkdir()
        scratch = self._layout.root / "scratch"
        scratch.mkdir()
        self._words = self._layout.root / "daemon.out"
        self._layout.settings_file.write_text(json.dumps(dict(settings)), encoding="utf-8")
        arguments = ["--plain", "--root", str(self._layout.root)]
        arguments += ["--engine", engine] if engine else []
        self._began = time.perf_counter()
        with self._words.open("ab") as out:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "daemon", "run", *arguments],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                env=environment(int(settings["threads"]), scratch),
                start_new_session=True,  # Ctrl-C is ours to answer, and we end our children
            )

    @property
    def age(self) -> float:
        """Seconds since it was started."""
        return time.perf_counter() - self._began

    @property
    def worker(self) -> int | None:
        """The process that holds the model."""
        workers = (read_status(self._layout) or {}).get("workers") or []
        return int(workers[0]["pid"]) if workers else None

    def resident(self) -> int:
        """Bytes the worker holds now."""
        return resident_bytes(self.worker) if self.worker else 0

    def log(self) -> Iterator[JsonObject]:
        """Every line of the machine's log so far."""
        with contextlib.suppress(OSError):
            for line in self._layout.jsonl_file.read_text("utf-8").splitlines():
                with contextlib.suppress(ValueError):
                    yield json.loads(line)

    def sidecar(self, picture: Path) -> JsonObject:
        record: JsonObject = json.loads(picture.with_suffix(".json").read_bytes())
        return record

    def render(self, shots: Sequence[Shot]) -> Lap:
        """Drop all of them at once and wait for their pictures."""
        busy = self._cpu()
        drafts = [self._draft(shot) for shot in shots]
        began = time.perf_counter()
        for draft in drafts:
            self._drop(draft)
        awaited = Awaited(self._layout, [shot.name for shot in shots])
        ends = [at - began for at in self._watch(awaited)]
        self.rest()
        pictures = tuple(self._layout.outbox / f"{shot.name}.png" for shot in shots)
        return Lap(ends[-1], self._cpu() - busy, tuple(ends), tuple(ends), pictures)

    def render_at(self, shots: Sequence[Shot], moments: Sequence[float]) -> Lap:
        """Drop each at its own moment, in seconds from now."""
        busy = self._cpu()
        due = list(zip(moments, [self._draft(shot) for shot in shots], strict=True))
        awaited = Awaited(self._layout, [shot.name for shot in shots])
        began = time.perf_counter()
        dropped: dict[str, float] = {}
        ends: dict[str, float] = {}
        while awaited.names:
            while due and time.perf_counter() - began >= due[0][0]:
                _, draft = due.pop(0)
                dropped[draft.stem] = time.perf_counter()
                self._drop(draft)
            for name in awaited.appeared():
                ends[name] = time.perf_counter()
            if not due:
                self._check(awaited)
            time.sleep(LOOK_EVERY)
        self.rest()
        waits = tuple(ends[shot.name] - dropped[shot.name] for shot in shots)
        pictures = tuple(self._layout.outbox / f"{shot.name}.png" for shot in shots)
        inorder = sorted(at - began for at in ends.values())
        return Lap(inorder[-1], self._cpu() - busy, tuple(inorder), waits, pictures)

    def rest(self) -> None:
        """Wait until nothing of the lap is left to be put away."""
        end = time.monotonic() + PATIENCE
        while os.listdir(self._layout.spool) and time.monotonic() < end:
            time.sleep(LOOK_EVERY)

    def stop(self) -> None:
        """As launchd and systemd do; by force if that is not enough."""
        with contextlib.suppress(ProcessLookupError):
            self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(30)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None
    ) -> None:
        self.stop()

    # --- how -------------------------------------------------------------------------------------

    def _draft(self, shot: Shot) -> Path:
        draft = self._drafts / f"{shot.name}.json"
        draft.write_text(json.dumps(job_file(shot)), encoding="utf-8")
        return draft

    def _drop(self, draft: Path) -> None:
        os.rename(draft, self._layout.inbox / draft.name)

    def _watch(self, awaited: Awaited) -> Iterator[float]:
        """The moment at which each picture appears."""
        checked = time.monotonic()
        while awaited.names:
            for _ in awaited.appeared():
                yield time.perf_counter()
            if time.monotonic() - checked > CHECK_EVERY:
                self._check(awaited)
                checked = time.monotonic()
            time.sleep(LOOK_EVERY)

    def _check(self, awaited: Awaited) -> None:
        letters = list(self._layout.failed.glob("*.why.txt"))
        if letters:
            raise BenchError(f"The daemon refused a job:\n{letters[0].read_text('utf-8')}")
        if self._process.poll() is not None:
            raise BenchError(f"The daemon left:\n{self._tail()}")
        if awaited.silent > PATIENCE:
            raise BenchError(f"No picture for {PATIENCE:.0f} s:\n{self._tail()}")

    def _tail(self) -> str:
        return self._words.read_text("utf-8", "replace")[-1500:]

    def _cpu(self) -> float:
        pids = [self._process.pid, *([self.worker] if self.worker else [])]
        return sum(cpu_seconds(pid) for pid in pids)


class Awaited:
    """Names of pictures that are not in the outbox yet."""

    def __init__(self, layout: Layout, names: Sequence[str]) -> None:
        self.names = set(names)
        self._places = {name: f"{layout.outbox}/{name}.png" for name in names}
        self._last = time.monotonic()

    @property
    def silent(self) -> float:
        """Seconds since one appeared."""
        return time.monotonic() - self._last

    def appeared(self) -> list[str]:
        """Those that have appeared since the last look."""
        here = [name for name, place in self._places.items() if os.access(place, os.F_OK)]
        if here:
            self._last = time.monotonic()
            self.names.difference_update(here)
            for name in here:
                del self._places[name]
        return here


def job_file(shot: Shot) -> JsonObject:
    """A shot as a person would write it."""
    look = shot.look
    job: JsonObject = {
        "prompt": shot.prompt,
        "seed": shot.seed,
        "size": f"{look.width}x{look.height}",
        "steps": look.steps,
        "guidance_scale": look.guidance_scale,
    }
    if shot.negative_prompt:
        job["negative_prompt"] = shot.negative_prompt
    if shot.reference:
        job["references"] = [{"image": shot.reference, "scale": shot.scale}]
    if shot.lora:
        job["loras"] = [{"name": shot.lora, "scale": 0.8}]
    if shot.strict:
        job["strict"] = True
    return job
