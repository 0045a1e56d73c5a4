"""The steps of a day on a graphics card, in the order of what they decide, and how each is taken.

In a process of its own, for so many seconds at most.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from daemon.bench.baselines import Terms
from daemon.bench.child_process import BenchError, Child, environment, last_words
from daemon.bench.gpu_report import Step
from daemon.models.card import Card
from daemon.protocol.json_object import JsonObject

MINUTES = 60.0
LATE = "It was not done after {:.1f} minutes."
LEVERS = "HOTFOLDER_LEVERS"
CAP = 7_000_000_000
"""Bytes of a small card, which a large one is held to."""
TESTS = Path(__file__).parents[2] / "tests" / "engine"


@dataclass(frozen=True, slots=True)
class Scale:
    """How large it is done: sizes as (width, height, steps), pictures of a call, jobs of the long
    day."""

    sizes: tuple[tuple[int, int, int], ...]
    pictures: tuple[int, ...]
    jobs: int
    repeats: int


LARGE = Scale(((768, 768, 15), (1024, 1024, 20)), (1, 2, 4, 8), 300, 3)
SMALL = Scale(((192, 192, 2),), (1, 2), 20, 1)


class Steps:
    """Those of one model on one device; children's words go to `words`."""

    def __init__(self, terms: Terms, card: Card, scale: Scale, home: Path, words: Path) -> None:
        self._terms = terms
        self._card = card
        self._scale = scale
        self._home = home
        self._words = words

    def all(self) -> Iterator[Step]:
        """In the order of what they decide."""
        terms, scale = self._terms, self._scale
        given = terms.told()
        dtypes = [terms.dtype, "float32"] if terms.dtype != "float32" else ["float32"]
        yield Step(
            "ceilings: matrix products",
            2 * MINUTES,
            self._asking("device_facts", "ceilings", device=terms.device, threads=terms.threads,
                         dtypes=dtypes),
        )  # fmt: skip
        counts = list(scale.pictures)
        for width, height, _ in scale.sizes:
            shot = self._shot(width, height)
            size = f"{width}x{height}"
            common = {"given": given, "shot": shot}
            for title, order, more in (
                (f"a plain call, {size}", "call", {"pictures": counts}),
                (f"CUDA graphs, {size}", "graphs", {"pictures": counts}),
                (f"channels last, {size}", "channels_last", {"pictures": counts[:2]}),
                (f"decoder, {size}", "decoder", {}),
            ):
                asking = self._asking("levers", order, **common, **more)
                yield Step(title, 5 * MINUTES, asking)
        attention = self._asking("levers", "attention", given=given, rows=2)
        yield Step("attention kernels", 2 * MINUTES, attention)
        yield from self._compiling(given)
        yield Step("the product", 10 * MINUTES, self._product(""))
        yield Step("the product with CUDA graphs", 10 * MINUTES, self._product("graphs"))
        yield Step("a long mixed day", 10 * MINUTES, self._long_day())
        width, height, _ = scale.sizes[-1]
        streaming = self._asking(
            "levers", "streamed", given=given, shot=self._shot(width, height), cap=CAP
        )
        yield Step("streamed weights under a cap of 7 GB", 5 * MINUTES, streaming)
        yield Step("the engine's tests on this device", 10 * MINUTES, self._tests(terms.device))

    def _compiling(self, given: JsonObject) -> Iterator[Step]:
        scale = self._scale
        width, height, _ = scale.sizes[0]
        for whole, precise in ((True, False), (True, True), (False, False)):
            title = f"{'whole UNet' if whole else 'blocks'} compiled"
            asking = self._asking(
                "levers",
                "compiled",
                given=given,
                shot=self._shot(width, height),
                pictures=scale.pictures[-1],
                whole=whole,
                precise=precise,
            )
            yield Step(f"{title}{', precise casts' if precise else ''}", 10 * MINUTES, asking)

    def _product(self, levers: str) -> Callable[[float], JsonObject]:
        scale = self._scale
        size = ",".join(("balanced", "quality")[: len(scale.sizes)])
        words = ["--workload", "W1,W2,W3", "--preset", size, "--repeats", str(scale.repeats)]
        words += ["--batches", "", "--no-inside", "--pictures", str(2 * scale.pictures[-1])]
        if self._terms.device != "cuda":
            width, height, steps = scale.sizes[0]
            words += ["--size", f"{width}x{height}", "--steps", str(steps)]
        return self._benching(words, levers)

    def _long_day(self) -> Callable[[float], JsonObject]:
        words = [
            "--workload",
            "W6",
            "--count",
            str(self._scale.jobs),
            "--batches",
            "",
            "--no-inside",
        ]
        if self._terms.device != "cuda":
            words += ["--steps", "2", "--size", "192x192"]
        return self._benching(words, "")

    # --- how ------------------------------------------------------------------------------------

    def _shot(self, width: int, height: int) -> JsonObject:
        look = {"width": width, "height": height, "steps": 2, "guidance_scale": 5.0}
        return {"prompt": "a red circle", "negative_prompt": "", "seed": 11, "look": look,
                "reference": None, "scale": 0.0}  # fmt: skip

    def _child(self, script: str) -> Child:
        return Child(script, self._words, environment(self._terms.threads, self._home))

    def _asking(self, script: str, what: str, **given: Any) -> Callable[[float], JsonObject]:
        def ask(limit: float) -> JsonObject:
            is_late = threading.Event()
            self._words.write_bytes(b"")  # of the steps before
            with self._child(script) as child:

                def end() -> None:
                    is_late.set()
                    child.end()

                late = threading.Timer(limit, end)
                late.start()
                try:
                    return child.ask(what, **given)
                except BenchError:
                    if is_late.is_set():
                        raise BenchError(LATE.format(limit / MINUTES)) from None
                    raise
                finally:
                    late.cancel()

        return ask

    def _benching(self, words: list[str], levers: str) -> Callable[[float], JsonObject]:
        """`hotfolder bench` itself, whose daemon has these levers."""
        terms = self._terms

        def bench(limit: float) -> JsonObject:
            told = self._home / "bench.json"
            told.unlink(missing_ok=True)
            command = [sys.executable, "-m", "daemon", "bench", "--model", str(self._card.folder)]
            command += ["--device", terms.device, "--dtype", terms.dtype]
            command += ["--threads", str(terms.threads), "--json", str(told), *words]
            self._run(command, limit, {LEVERS: levers})
            if not told.is_file():
                raise BenchError(last_words(self._words))
            found: JsonObject = json.loads(told.read_bytes())
            return found

        return bench

    def _tests(self, device: str) -> Callable[[float], JsonObject]:
        def test(limit: float) -> JsonObject:
            if not TESTS.is_dir():
                raise BenchError("The tests are not installed: run this in a checkout.")
            begun = self._words.stat().st_size if self._words.exists() else 0
            chosen = [str(TESTS)] if device == "cuda" else [str(TESTS / "test_graphs.py")]
            command = [sys.executable, "-m", "pytest", "-q", "-x", "--maxfail=50", *chosen]
            status = self._run(command, limit, {"HOTFOLDER_TEST_DEVICE": device})
            said = self._words.read_bytes()[begun:].decode("utf-8", "replace").strip()
            return {"status": status, "said": said.splitlines()[-1:]}

        return test

    def _run(self, command: list[str], limit: float, variables: dict[str, str]) -> int:
        """A process of its own session; asked to leave when its time is over, then made to."""
        with self._words.open("ab") as words:
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=words,
                stderr=words,
                env={**os.environ, **variables},
                start_new_session=True,
            )
        try:
            return process.wait(limit)
        except subprocess.TimeoutExpired:
            raise BenchError(LATE.format(limit / MINUTES)) from None
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(MINUTES)
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
