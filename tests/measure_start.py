"""How soon after its start a daemon is ready, beside a plain script: `python tests/measure_start.py`.

Prints medians of LAPS (10) laps, all sides of a lap one after the other: by the clock and in
processor time. Then which modules a plain script imports and a worker does not. Minutes long.
"""

from __future__ import annotations

import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from pathlib import Path

from daemon.bench.baselines import Loop, Script, terms_of
from daemon.bench.child_process import Child, environment
from daemon.bench.daemon_side import Drops
from daemon.bench.machine import cores
from daemon.bench.workloads import Look, Shot
from daemon.models.catalogue import find_model

LOOK = Look(256, 256, 15, 7.0)
CARD = find_model("sketch")
LISTED = """
import sys, warnings
warnings.simplefilter("ignore")
if sys.argv[1] == "plain":
    from diffusers import StableDiffusionXLPipeline
else:
    from daemon.engine.sdxl.loading.lean_imports import import_libraries
    import_libraries(strict=True)
print(" ".join(sys.modules))
"""


class Sides:
    """Each is asked for one start, of everything anew."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._laps = 0
        threads = cores()
        self._terms = terms_of(CARD, device="cpu", dtype="float32", threads=threads)
        self._variables = environment(threads, home)
        self._words = home / "words.txt"
        self._settings = {"model": "sketch", "threads": threads, "keep_awake": False}

    def shot(self) -> Shot:
        self._laps += 1
        return Shot(f"shot-{self._laps}", f"a red circle, {self._laps}", self._laps, LOOK)

    def plain_ready(self) -> float:
        began = time.perf_counter()
        with Child("naive_loop", self._words, self._variables) as child:
            Loop(child, self._terms, self._home, self._home).load()
            return time.perf_counter() - began

    def plain_picture(self) -> float:
        script = Script(self._terms, self._home, self._home, self._words)
        return script.render(self.shot()).seconds

    def ready(self) -> float:
        """The daemon, with `preload`, until its worker is warm."""
        began = time.perf_counter()
        with Drops(self._root(), {**self._settings, "preload": True}) as drops:
            while not any(line.get("event") == "ready" for line in drops.log()):
                time.sleep(0.01)
            return time.perf_counter() - began

    def picture(self) -> float:
        """The daemon whose first job lies in the inbox when it starts."""
        began = time.perf_counter()
        with Drops(self._root(), self._settings) as drops:
            drops.render([self.shot()])
            return time.perf_counter() - began

    def woken(self, **settings: bool) -> float:
        """A daemon that has let its worker go, from the drop to the picture."""
        with Drops(self._root(), {**self._settings, "idle_timeout": 0.2, **settings}) as drops:
            drops.render([self.shot()])
            while not any(line.get("event") == "gone" for line in drops.log()):
                time.sleep(0.05)
            if settings:
                time.sleep(8)  # its libraries are imported meanwhile
            return drops.render([self.shot()]).seconds

    def _root(self) -> Path:
        return Path(tempfile.mkdtemp(dir=self._home))


def main(laps: int) -> None:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home:
        sides = Sides(Path(home))
        acts: dict[str, Callable[[], float]] = {
            "plain script, ready": sides.plain_ready,
            "daemon, ready": sides.ready,
            "plain script, first picture": sides.plain_picture,
            "daemon, first picture": sides.picture,
            "sleeping daemon, drop to picture": sides.woken,
            "the same, preload: true": lambda: sides.woken(preload=True),
        }
        clock, processor = defaultdict[str, list[float]](list), defaultdict[str, list[float]](list)
        for lap in range(laps):
            for name, act in acts.items():
                before = _processor()
                clock[name].append(act())
                processor[name].append(_processor() - before)
                print(f"  lap {lap + 1} of {laps}: {name} {clock[name][-1]:.2f} s", file=sys.stderr)
    for name in acts:
        against = "plain script, ready" if name.endswith("ready") else "plain script, first picture"
        ratios = [a / b for a, b in zip(clock[name], clock[against], strict=True)]
        used = [a / b for a, b in zip(processor[name], processor[against], strict=True)]
        print(
            f"{name:34} {statistics.median(clock[name]):6.2f} s  "
            f"{statistics.median(ratios):5.2f}x of the plain script; processor "
            f"{statistics.median(processor[name]):6.2f} s, {statistics.median(used):5.2f}x"
        )
    _modules()


def _processor() -> float:
    """Seconds of all processes that were started here and have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _modules() -> None:
    plain, lean = (
        set(
            subprocess.run(
                [sys.executable, "-c", LISTED, side], capture_output=True, text=True, check=True
            )
            .stdout.splitlines()[-1]
            .split()
        )
        for side in ("plain", "lean")
    )
    gone = plain - lean
    print(f"modules: plain {len(plain)}, worker {len(lean)}; no longer imported {len(gone)}:")
    for name, count in Counter(_package(name) for name in gone).most_common(40):
        print(f"  {count:5} {name}")


def _package(name: str) -> str:
    parts = name.split(".")
    return ".".join(parts[: 2 if parts[0] in ("torch", "diffusers", "transformers") else 1])


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10)
