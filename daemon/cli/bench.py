"""`hotfolder bench`: plain diffusers against Hotfolder on this machine, as a table."""

from __future__ import annotations

import argparse
import json
import signal
from collections.abc import Mapping
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, NoReturn

from daemon.cli.printing import say_aside, say_json
from daemon.errors import ExitCode, UsageError
from daemon.jobfile.presets import Preset
from daemon.root.layout import Layout, find_root

if TYPE_CHECKING:
    from daemon.bench.neighbours import Busy
    from daemon.bench.report import Report

WORKLOADS = ("W1", "W2", "W3", "W4", "W5", "W6", "W7")
QUICK = ("W1", "W2", "W3", "W4")
USUAL = (*QUICK, "W7")


def bench(arguments: argparse.Namespace) -> int:
    """Measure and print; 1 if any picture was not the same on all sides."""
    from daemon.bench.tables import show

    signal.signal(signal.SIGTERM, _as_interrupt)
    if arguments.gpu_day:
        return _gpu_day(arguments)
    report = _full_size(arguments) if arguments.full_size else _installed(arguments)
    show(report, aside=arguments.json == "-")
    if arguments.json:
        _write(arguments.json, report.as_json())
    return ExitCode.OK if report.same else ExitCode.FAILED


def _installed(arguments: argparse.Namespace) -> Report:
    """With a model that is here."""
    from daemon.bench.machine import cores
    from daemon.bench.report import Wish
    from daemon.bench.run import run
    from daemon.models.catalogue import find_model
    from daemon.settings import read_settings

    layout = Layout(find_root(arguments.root))
    settings = read_settings(layout.settings_file)
    quick = arguments.quick
    wish = Wish(
        card=find_model(arguments.model, [layout.root / place for place in settings.models]),
        workloads=_workloads(arguments.workload, quick=quick),
        presets=_presets(arguments.preset, settings.presets),
        repeats=arguments.repeats or (2 if quick else 7),
        pictures=arguments.pictures or (4 if quick else 16),
        scripts=1 if quick else 3,
        count=arguments.count,
        threads=arguments.threads or cores(),
        device=arguments.device,
        dtype=arguments.dtype,
        batches=_batches(arguments.batches, quick=quick),
        steps=arguments.steps or (3 if quick else None),
        size=_size(arguments.size),
        inside=not arguments.no_inside,
        compile=arguments.compile,
        busy=_busy(arguments.neighbours, cores()),
    )
    return run(wish, _say)


def _full_size(arguments: argparse.Namespace) -> Report:
    from daemon.bench.full_size import Grand, run_full_size
    from daemon.bench.machine import cores

    quick = arguments.quick
    grand = Grand(
        device=arguments.device,
        dtype=arguments.dtype,
        threads=arguments.threads or cores(),
        repeats=arguments.repeats or (1 if quick else 3),
        batches=_batches(arguments.batches, quick=quick),
        pictures=arguments.pictures or (4 if quick else 16),
        steps=arguments.steps,
        size=_size(arguments.size),
        place=Path(arguments.scratch) if arguments.scratch else None,
        compile=arguments.compile,
    )
    return run_full_size(grand, _say)


def _gpu_day(arguments: argparse.Namespace) -> int:
    from daemon.bench.gpu_day import Day, run_day
    from daemon.bench.gpu_tables import show_day
    from daemon.bench.machine import cores
    from daemon.models.catalogue import find_model

    if arguments.json == "-":
        raise UsageError("--gpu-day writes its JSON after every step: name a file for it.")
    day = Day(
        small=find_model("sketch"),
        device=arguments.device,
        threads=arguments.threads or cores(),
        place=Path(arguments.scratch) if arguments.scratch else None,
        json=Path(arguments.json or "gpu-day.json"),
    )
    report = run_day(day, _say)
    show_day(report, day.json)
    return ExitCode.FAILED if all(step.error for step in report.steps) else ExitCode.OK


def _say(line: str) -> None:
    say_aside(f"  {line} …")


def _write(where: str, body: dict[str, object]) -> None:
    if where == "-":
        say_json(body)
    else:
        text = json.dumps(body, indent=2, ensure_ascii=False, default=str) + "\n"
        Path(where).write_text(text, encoding="utf-8")


def _workloads(words: str | None, *, quick: bool) -> tuple[str, ...]:
    if not words:
        return QUICK if quick else USUAL
    chosen = tuple(word.strip().upper() for word in words.split(",") if word.strip())
    for word in chosen:
        if word not in WORKLOADS:
            raise UsageError(f"There is no workload {word}. There are {', '.join(WORKLOADS)}.")
    return chosen


def _presets(words: str, known: Mapping[str, Preset]) -> tuple[Preset, ...]:
    chosen = []
    for word in words.split(","):
        try:
            chosen.append(known[word.strip()])
        except KeyError:
            raise UsageError(f"There is no preset named {word.strip()}.") from None
    return tuple(chosen)


def _batches(words: str | None, *, quick: bool) -> tuple[int, ...]:
    if words is None:
        return (1, 2) if quick else (1, 2, 4, 8, 16)
    try:
        sizes = tuple(int(word) for word in words.split(",") if word.strip())
    except ValueError:
        sizes = (0,)
    if any(size < 1 or size > 64 for size in sizes):
        raise UsageError("--batches takes numbers from 1 to 64, with commas between them.")
    return sizes


def _busy(words: str | None, cores: int) -> tuple[Busy, ...]:
    """Neighbours as they are written: how many, and how nice each is."""
    from daemon.bench.neighbours import Busy

    if words is None:
        return (Busy(cores),)
    found = []
    for word in words.split(","):
        count, _, nice = word.strip().partition(":")
        if not (count.isdigit() and (nice or "0").isdigit() and 0 < int(count) <= 64):
            raise UsageError("--neighbours is written 1:0,2:5: how many, and their nice value.")
        found.append(Busy(int(count), min(int(nice or 0), 19)))
    return tuple(found)


def _size(words: str | None) -> tuple[int, int] | None:
    if words is None:
        return None
    width, by, height = words.lower().partition("x")
    if not (by and width.isdigit() and height.isdigit()):
        raise UsageError("--size is written 768x768.")
    return int(width), int(height)


def _as_interrupt(number: int, _: FrameType | None) -> NoReturn:
    """SIGTERM ends a benchmark as Ctrl-C does, children and temporary folder included."""
    raise KeyboardInterrupt(number)
