"""The worker's main loop: load, then answer every render with exactly one outcome.

One thread reads commands, this one paints. A worker lives as long as its standard input is open;
it holds no state that outlives a picture but the warm engine itself.
"""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import os
import platform
import signal
import sys
import time
import traceback
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType
from typing import NoReturn

from daemon import __version__
from daemon.engine.base import BrokenError, Engine, Picture, RenderError, UnloadableError
from daemon.engine.stage import Staged, stage_png
from daemon.engine.wire import Incoming, Outgoing, take_pipes
from daemon.errors import CancelledError, WireError
from daemon.protocol import (
    Cancelled,
    Event,
    Load,
    Loading,
    Note,
    Render,
    RenderBatch,
    Rendered,
    RenderFailed,
    Started,
    Step,
    Unloadable,
)

ENGINES = {"dry-run": "daemon.engine.dry_run:DryRun", "sdxl": "daemon.engine.sdxl:Sdxl"}

#: Before any of the torch family is imported: nothing here may reach for the network, and an
#: operation Metal lacks runs on the CPU instead of ending the render.
ENVIRONMENT = {
    "HF_HUB_OFFLINE": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "HF_HUB_DISABLE_PROGRESS_BARS": "1",
    "DIFFUSERS_VERBOSITY": "error",
    "TRANSFORMERS_VERBOSITY": "error",
    "TOKENIZERS_PARALLELISM": "false",
    "PYTORCH_ENABLE_MPS_FALLBACK": "1",
}

CANNOT_LOAD = 5
BROKEN = 1


def main(arguments: list[str] | None = None) -> NoReturn:
    """Serve until standard input ends or the model can't be loaded."""
    parser = argparse.ArgumentParser(prog="python -m daemon.engine", description=__doc__)
    parser.add_argument("--engine", default="sdxl", metavar="sdxl|dry-run|MODULE:CLASS")
    parser.add_argument("--events", type=int, required=True, metavar="FD", help="where to write")
    given = parser.parse_args(arguments)
    born = time.monotonic()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C in a terminal is the supervisor's matter
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    os.environ.update(ENVIRONMENT)
    stream, outgoing = take_pipes(given.events)
    incoming = Incoming(stream, outgoing)
    incoming.start()
    status = Worker(incoming, outgoing, born).serve(given.engine)
    sys.stdout.flush()
    outgoing.leave(status)  # not by return: the thread that reads commands can't be stopped


class Worker:
    """One warm engine between the two pipes."""

    def __init__(self, incoming: Incoming, outgoing: Outgoing, born: float) -> None:
        self._incoming = incoming
        self._outgoing = outgoing
        self._born = born

    def serve(self, spec: str) -> int:
        first = self._incoming.next().command
        if not isinstance(first, Load):
            raise WireError(f"a worker must be told to Load first, not {type(first).__name__}")
        try:
            engine = self._warm(spec, first)
        except UnloadableError as error:
            self._outgoing.emit(Unloadable(error.what, error.remedy))
            return CANNOT_LOAD
        warm_at = time.monotonic()
        while True:
            arrival = self._incoming.next()
            if not isinstance(arrival.command, RenderBatch):
                self._outgoing.emit(
                    Note("ERROR", "a worker loads once; the second Load is ignored")
                )
                continue
            since = arrival.at if arrival.at < warm_at else None
            for render in arrival.command.renders:
                self._answer(engine, render, arrival.number, since)
                since = None
            warm_at = 0.0  # whoever comes later waited for others, not for the model

    def _warm(self, spec: str, load: Load) -> Engine:
        try:
            engine = find_engine(spec)
            ready = engine.load(load, self._loading)
        except UnloadableError:
            raise
        except Exception as error:
            traceback.print_exc()
            raise UnloadableError(
                f"Loading {load.name} failed: {describe(error)}",
                "The log holds the details; `hotfolder models check` looks at the model's files.",
            ) from error
        versions = {"hotfolder": __version__, "python": platform.python_version()}
        self._outgoing.emit(
            replace(
                ready,
                seconds=time.monotonic() - self._born,
                versions={**versions, **ready.versions},
            )
        )
        return engine

    def _loading(self, component: str, index: int, total: int) -> None:
        self._outgoing.emit(Loading(component, index, total))

    def _answer(self, engine: Engine, render: Render, number: int, since: float | None) -> None:
        """Paint one render and emit its outcome; `since` is when it began to wait for the model."""
        job, index = render.job, render.index

        def on_step(step: int, seconds: float) -> None:
            self._outgoing.emit(Step(job, index, step, render.total_steps, seconds))
            if self._incoming.cancelled(job, number):
                raise CancelledError(f"job {job} was cancelled")

        try:
            if self._incoming.cancelled(job, number):
                raise CancelledError(f"job {job} was cancelled")
            width, height, _ = render.passes[-1]
            self._outgoing.emit(Started(job, index, render.total_steps, width, height))
            turn = Turn(time.monotonic() if since is None else since, waited=since is not None)
            picture = engine.render(render, on_step)
            staged = stage_png(picture.image, render.png_text, render.stage)
            outcome: Event = turn.rendered(render, picture, staged, time.monotonic())
        except CancelledError:
            outcome = Cancelled(job, index)
        except BrokenError as error:
            traceback.print_exc()
            self._outgoing.emit(Note("ERROR", f"the engine is broken: {error}"))
            self._outgoing.leave(BROKEN)  # no outcome: whoever comes next shall try this one
        except RenderError as error:
            outcome = RenderFailed(
                job,
                index,
                error.what,
                error.why,
                error.remedy,
                transient=error.transient,
                out_of_memory=error.out_of_memory,
            )
        except MemoryError as error:
            outcome = RenderFailed(
                job,
                index,
                "This machine ran out of memory.",
                describe(error),
                "Ask for a smaller picture, or close other programs.",
                transient=True,
                out_of_memory=True,
            )
        except Exception as error:
            traceback.print_exc()
            outcome = RenderFailed(
                job,
                index,
                "The engine failed on this picture.",
                describe(error),
                "The log holds the details. Try it again; if it fails the same way, report it.",
            )
        self._outgoing.emit(outcome)


class Turn:
    """The clock of one render, from being taken up to the staged PNG."""

    def __init__(self, taken_at: float, *, waited: bool) -> None:
        now = time.monotonic()
        self._taken_at = taken_at
        self._load = now - taken_at if waited else 0.0
        self._started_at = datetime.now(UTC) - timedelta(seconds=now - taken_at)

    def rendered(
        self, render: Render, picture: Picture, staged: Staged, staged_at: float
    ) -> Rendered:
        """The record of a picture that was staged at `staged_at` (monotonic). Stages are laps of
        one clock; saving is the last, from the engine's last pixel to the staged file."""
        stages = picture.stages
        total = staged_at - self._taken_at
        painted = stages.encode_prompt + stages.encode_references + stages.denoise + stages.decode
        steps = [round(seconds, 6) for seconds in stages.steps]
        timings = {
            "load": round(self._load, 6),
            "encode_prompt": round(stages.encode_prompt, 6),
            "encode_references": round(stages.encode_references, 6),
            "steps": steps,
            "denoise": round(stages.denoise, 6),
            "decode": round(stages.decode, 6),
            "save": round(total - self._load - painted, 6),
            "total": round(total, 6),
            "seconds_per_step": round(sum(steps) / len(steps), 6) if steps else 0.0,
        }
        return Rendered(
            job=render.job,
            index=render.index,
            stage=render.stage,
            sha256=staged.sha256,
            pixels_sha256=staged.pixels_sha256,
            width=picture.image.width,
            height=picture.image.height,
            started_at=stamp(self._started_at),
            finished_at=stamp(datetime.now(UTC)),
            timings=timings,
            cache=picture.cache,
            exact=picture.exact,
            adapters=picture.adapters,
            peak_memory_bytes=picture.peak_memory_bytes,
            warnings=picture.warnings,
        )


def stamp(moment: datetime) -> str:
    """ISO 8601 in UTC, to the millisecond."""
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def describe(error: BaseException) -> str:
    """An exception in one line, for a person."""
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def find_engine(spec: str) -> Engine:
    """An engine by its name, as `module:Class`, or as `path/to/file.py:Class`."""
    where, _, name = ENGINES.get(spec, spec).rpartition(":")
    if not where or not name:
        known = ", ".join(ENGINES)
        raise UnloadableError(
            f"There is no engine named {spec!r}.", f"Choose one of {known}, or give MODULE:CLASS."
        )
    module = _module_at(Path(where)) if where.endswith(".py") else importlib.import_module(where)
    engine: Engine = getattr(module, name)()
    return engine


def _module_at(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"engine_{path.stem}", path)
    if spec is None or spec.loader is None:
        raise UnloadableError(f"{path} is not a Python file.")
    module = importlib.util.module_from_spec(spec)
    sys.modules[module.__name__] = module  # where dataclasses of that file look for themselves
    spec.loader.exec_module(module)
    return module
