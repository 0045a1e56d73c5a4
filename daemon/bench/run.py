"""`hotfolder bench` from beginning to end: a place of its own, the sides, the workloads, a report.

Everything is made in a temporary folder, which is gone afterwards, however it ends.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
import time
from pathlib import Path

from daemon.bench import compare, machine
from daemon.bench.baselines import Loop, Script, Terms, terms_of, told_of
from daemon.bench.batch_curve import Sides, draw_curve
from daemon.bench.child_process import Child, environment
from daemon.bench.compare import BUSY_LAPS, Say, hold
from daemon.bench.daemon_side import Drops
from daemon.bench.interrupts import held_back
from daemon.bench.poisson_arrivals import arrive
from daemon.bench.report import Report, Wish
from daemon.bench.soak import soak
from daemon.bench.workloads import Look, Shot, paint_references, reference_name
from daemon.jobfile.presets import Preset

CONTESTS = ("W1", "W2", "W3", "W4", "W7")
BATCHES = (1, 2, 4, 8, 16)
MOST_ROUNDS = 5
"""Pictures of each side whose steps are timed."""


def run(wish: Wish, say: Say) -> Report:
    """Hold every contest that was asked for."""
    with contextlib.ExitStack() as stack:
        home = Path(
            stack.enter_context(
                tempfile.TemporaryDirectory(prefix="hotfolder-bench-", ignore_cleanup_errors=True)
            )
        )
        return _Bench(wish, home, stack, say).run()


class _Bench:
    def __init__(self, wish: Wish, home: Path, stack: contextlib.ExitStack, say: Say) -> None:
        self._wish = wish
        self._home = home
        self._stack = stack
        self._say = say
        self._words = home / "words.txt"
        self._references = home / "references"
        self._out = home / "pictures"
        self._out.mkdir()

    def run(self) -> Report:
        wish = self._wish
        paint_references(self._references, wish.repeats + 1)
        self._say("looking at the machine")
        gauge = self._child("device_facts")
        there = gauge.ask("machine", device=wish.device)
        device = there["device"]["type"]
        dtype = there["device"]["dtype"] if wish.dtype == "auto" else wish.dtype
        terms = terms_of(wish.card, device=device, dtype=dtype, threads=wish.threads)
        dtypes = ["float32", "bfloat16", *(["float16"] if device != "cpu" else [])]
        report = Report(
            model=wish.card.name,
            machine={**machine.record(), **there},
            terms={**terms.told(), "repeats": wish.repeats, "seed": wish.seed},
            ceilings=gauge.ask("ceilings", device=device, threads=wish.threads, dtypes=dtypes),
        )
        for preset in wish.presets:
            look = self._look(preset)
            report.flop[preset.name] = gauge.ask(
                "flop",
                model=str(terms.model),
                width=look.width,
                height=look.height,
                guided=look.guidance_scale > 1,
            )
        self._sides(report, terms, gauge)
        report.machine["load_after"] = machine.record()["load"]
        return report

    def _sides(self, report: Report, terms: Terms, gauge: Child) -> None:
        wish, asked = self._wish, set(self._wish.workloads)
        look = self._look(wish.presets[0])
        if wish.cold:
            self._cool(report, terms, gauge)
        drops = self._drops(report, terms, look) if asked else None
        needs_loop = wish.batches or asked & {*CONTESTS, "W5"}
        loop = self._loop(report, terms, look) if needs_loop else None
        if drops is not None and loop is not None:
            script = Script(*self._places(terms), self._words)
            self._contests(report, compare.Sides(loop, script, drops))
            for share in (0.5, 0.8) if "W5" in asked else ():
                report.arrivals.append(
                    arrive(look, share, wish.pictures, loop, drops, self._say, wish.seed)
                )
        if drops is not None:
            if "W6" in asked:
                report.soak = soak(wish.card, look, wish.count, drops, self._say)
            report.memory["daemon"] = drops.resident()
            drops.stop()
        if loop is not None:
            report.memory["loop"] = loop.peak()
            self._curves(report, terms, loop, gauge)
        if wish.inside:
            self._say("looking inside a step")
            first = str(self._references / reference_name(0, 0))
            shot = told_of(Shot("inside", "a red circle", 11, look), self._references, self._out)
            rounds = min(wish.repeats + 1, MOST_ROUNDS)
            report.inside = gauge.ask(
                "examine", given=terms.told(), shot=shot, reference=first, rounds=rounds
            )

    def _curves(self, report: Report, terms: Terms, loop: Loop, gauge: Child) -> None:
        wish = self._wish
        if not wish.batches:
            return
        gauge.ask("load", most=max(wish.batches), **terms.told())
        sides = Sides(loop, gauge, self._references, self._out / "curve")
        presets = wish.presets if wish.all_curves else wish.presets[:1]
        for preset in presets:
            for follows in (False, True) if wish.all_curves and terms.adapter else (False,):
                report.curve += draw_curve(
                    preset.name,
                    self._look(preset),
                    wish.batches,
                    min(wish.repeats, 3),
                    sides,
                    self._say,
                    follows=follows,
                )

    def _cool(self, report: Report, terms: Terms, gauge: Child) -> None:
        """So that loading is timed from the disk, and can be held against what the disk gives."""
        files = [file for file in terms.model.rglob("*.safetensors") if file.is_file()]
        largest = max(files, key=lambda file: file.stat().st_size)
        self._say("reading from the disk")
        report.disk = {
            "bytes": float(sum(file.stat().st_size for file in files)),
            **gauge.ask("disk", file=str(largest)),
        }
        if hasattr(os, "posix_fadvise"):
            for file in files:
                with file.open("rb") as stream:
                    os.posix_fadvise(stream.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)

    def _contests(self, report: Report, sides: compare.Sides) -> None:
        wish = self._wish
        for workload in wish.workloads:
            if workload not in CONTESTS or (workload == "W3" and not report.terms["adapter"]):
                continue
            many = wish.busy if workload == "W7" else (None,)
            report.contests += [
                hold(
                    workload,
                    preset.name,
                    self._look(preset),
                    sides,
                    self._say,
                    pictures=wish.pictures,
                    repeats=min(wish.repeats, BUSY_LAPS) if busy else wish.repeats,
                    scripts=wish.scripts,
                    busy=busy,
                )
                for preset in wish.presets
                for busy in many
            ]

    def _loop(self, report: Report, terms: Terms, look: Look) -> Loop:
        """N1, loaded and warm."""
        self._say("plain diffusers is loading")
        began = time.perf_counter()
        loop = Loop(self._child("naive_loop"), *self._places(terms))
        loaded = loop.load()
        loop.render([Shot("warm-n1", "warm", 1, look)])
        report.starts["loop"] = time.perf_counter() - began
        report.starts["loop_load"] = loaded["seconds"]
        return loop

    def _drops(self, report: Report, terms: Terms, look: Look) -> Drops:
        """D, loaded and warm."""
        self._say("the daemon is loading")
        settings = {
            "model": str(self._wish.card.folder),
            "device": terms.device,
            "dtype": terms.dtype,
            "threads": terms.threads,
            "library": [str(self._references)],
            "compile": self._wish.compile,
            "idle_timeout": 0,
            "keep_awake": False,
            "log_rotation": "500 MB",  # the whole day is read from it
        }
        with held_back():
            drops = self._stack.enter_context(Drops(self._home / "root", settings))
        lap = drops.render([Shot("warm-d", "warm", 1, look)])
        report.starts["daemon"] = drops.age
        sidecar = drops.sidecar(lap.pictures[0])["result"]
        report.starts["daemon_load"] = sidecar["timings"]["load"]
        report.memory["daemon_peak_first_picture"] = sidecar["peak_memory_bytes"] or 0
        return drops

    def _child(self, script: str) -> Child:
        variables = environment(self._wish.threads, self._home)
        with held_back():
            return self._stack.enter_context(Child(script, self._words, variables))

    def _places(self, terms: Terms) -> tuple[Terms, Path, Path]:
        return terms, self._references, self._out

    def _look(self, preset: Preset) -> Look:
        wish = self._wish
        sizes = wish.card.preset_sizes
        width, height = wish.size or (
            sizes.get(preset.width, preset.width),
            sizes.get(preset.height, preset.height),
        )
        return Look(width, height, wish.steps or preset.steps, preset.guidance_scale)
