"""What a day on a graphics card has shown, as tables for a person."""

from __future__ import annotations

from pathlib import Path

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from daemon.bench.gpu_report import DayReport, Step
from daemon.protocol.json_object import JsonObject
from daemon.text.printable import one_line, printable

MS = 1000.0
MOST_WORDS = 120


def show_day(report: DayReport, file: Path) -> None:
    """Print what was found, and what could not be measured and why."""
    console = Console()
    device = report.machine["device"]
    name = escape(printable(str(device["name"])))
    console.print(
        f"[bold]{escape(printable(report.model))}[/bold] on {name} ({device['type']}), commit "
        f"{report.machine['commit'] or 'unknown'}"
        + ("; a rehearsal in small: nothing here says anything of a card" * report.rehearsal),
        highlight=False,
    )
    console.print(_levers(report.findings))
    console.print(_steps(report.steps))
    console.print(f"Everything is in {escape(printable(str(file)))}.", highlight=False)


def _levers(findings: list[JsonObject]) -> Table:
    table = Table(title="Levers against the plain call", box=SIMPLE_HEAD)
    for column in ("lever", "shape", "before, ms", "after, ms", "x", "same?", "keep?"):
        table.add_column(column, justify="left" if column in ("lever", "shape") else "right")
    for found in findings:
        plain = found["lever"] == "plain call"
        table.add_row(
            escape(found["lever"]),
            escape(found["shape"]),
            f"{found['before'] * MS:.2f}",
            "-" if plain else f"{found['after'] * MS:.2f}",
            "-" if plain else f"{found['gain']:.2f}",
            "-" if plain else "equal" if found["apart"] == 0 else f"{found['apart']:.1e}",
            "-" if plain else "yes" if found["keeps"] else "no",
        )
    return table


def _steps(steps: list[Step]) -> Table:
    table = Table(title="Steps", box=SIMPLE_HEAD)
    table.add_column("step")
    table.add_column("seconds", justify="right")
    table.add_column("what came of it")
    for step in steps:
        table.add_row(escape(step.title), f"{step.seconds:.0f}", escape(_came_of(step)))
    return table


def _came_of(step: Step) -> str:
    """In a few words; all of it is in the file."""
    if step.error:
        return one_line(step.error.splitlines()[-1])[-MOST_WORDS:]
    found = step.found or {}
    if "contests" in found:
        return ", ".join(
            f"{each['workload']} {each['preset']} {each['gain']['median']:.2f}x of the loop"
            for each in found["contests"]
        ) or _day(found["soak"])
    if "said" in found:
        return printable(" ".join(found["said"]))
    return "measured"


def _day(soak: JsonObject) -> str:
    return (
        f"{soak['jobs']} jobs: {soak['reloads']} reloads, {soak['leaks']} leaks, "
        f"{soak['recompiles']} recompiles"
    )
