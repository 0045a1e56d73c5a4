"""What was found, as tables for a person."""

from __future__ import annotations

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from daemon.bench.compare import Contest
from daemon.bench.picture_diff import Verdict
from daemon.bench.report import Report
from daemon.bench.soak import Soak
from daemon.bench.stats import Spread
from daemon.bench.workloads import SAID
from daemon.text.printable import printable

OTHERS = 0.2
"""Processors that others may keep busy before figures are taken to be spoilt."""
MB = 1e6
G = 1e9


def show(report: Report, *, aside: bool) -> None:
    """Print everything in the report that was measured; on standard error if `aside`."""
    console = Console(stderr=aside)
    _machine(report, console)
    if report.disk and "daemon_load" in report.starts:
        _load(report, console)
    if report.contests:
        _contests(report, console)
    if report.arrivals:
        _arrivals(report, console)
    if report.curve:
        _curve(report, console)
    if report.inside:
        _inside(report, console)
    if report.soak:
        _soak(report.soak, console)


def _machine(report: Report, console: Console) -> None:
    machine, terms = report.machine, report.terms
    device = machine["device"]
    model = escape(printable(report.model))
    console.print(
        f"[bold]{model}[/bold] on {device['name']} ({device['type']}), {terms['dtype']}, "
        f"{terms['threads']} of {machine['cores']} cores' threads, load {machine['load']:.1f}; "
        f"torch {machine['versions']['torch']}, diffusers {machine['versions']['diffusers']}, "
        f"commit {machine['commit'] or 'unknown'}",
        highlight=False,
    )
    rates = ", ".join(
        f"{name} {told['matmul'] / G:.0f}"
        + (f" (best road {told['best'] / G:.0f})" if told["best"] > 1.05 * told["matmul"] else "")
        for name, told in report.ceilings.items()
    )
    console.print(f"Matrix products, GFLOP/s: {rates}", highlight=False)
    if report.starts:
        starts, memory = report.starts, report.memory
        console.print(
            f"Start to first picture: daemon {_of(starts, 'daemon')}, "
            f"plain loop {_of(starts, 'loop')}. Memory: daemon's worker "
            f"{_mb(memory, 'daemon')}, plain loop {_mb(memory, 'loop')}.",
            highlight=False,
        )


def _load(report: Report, console: Console) -> None:
    """Loading against what the disk gives."""
    size, rate = report.disk["bytes"] or 0.0, report.disk["bytes_per_second"]
    told = f"Model files: {size / G:.2f} GB"
    if rate:
        told += f"; the disk reads {rate / MB:.0f} MB/s, so {size / rate:.1f} s at least"
    peak = report.memory.get("daemon_peak_first_picture", 0)
    console.print(
        f"{told}; the daemon's worker loaded in {report.starts['daemon_load']:.1f} s and held "
        f"{peak / G:.2f} GB at most up to its first picture.",
        highlight=False,
    )


def _of(starts: dict[str, float], name: str) -> str:
    return f"{starts[name]:.1f} s" if name in starts else "not measured"


def _mb(memory: dict[str, int], name: str) -> str:
    return f"{memory[name] / MB:.0f} MB" if name in memory else "not measured"


def _contests(report: Report, console: Console) -> None:
    table = Table(
        title="Seconds per picture, the sides in turn (median; below it the middle half)",
        caption="script: a new process for each picture; loop: plain diffusers, kept loaded",
        box=SIMPLE_HEAD,
    )
    table.add_column("", min_width=19)
    for name in ("script", "loop", "ours", "x loop", "x script"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("same?", no_wrap=True)
    for contest in report.contests:
        table.add_row(
            f"{contest.workload} {SAID[contest.workload]}\n[dim]{contest.beside or _size(contest)}",
            f"{contest.script.each.median:.2f}" if contest.script else "-",
            _spread(contest.loop.each),
            _spread(contest.daemon.each),
            _times(contest.gain),
            f"{contest.gain_on_script:.1f}x" if contest.gain_on_script else "-",
            _short(contest.same),
        )
    console.print(table)
    for contest in report.contests:
        for line in _more(report, contest):
            console.print(line, highlight=False, soft_wrap=True)


def _short(verdict: Verdict) -> str:
    if not verdict.same:
        return "[bold red]NO"
    return "equal" if verdict.identical == verdict.pictures else "1/255"


def _more(report: Report, contest: Contest) -> list[str]:
    """What does not fit into the table."""
    floor, loop, ours = report.floor(contest), contest.loop, contest.daemon
    disturbed = (
        f"   [yellow]other programs kept {contest.others:.1f} processors busy meanwhile: run it "
        "again on a quiet machine[/yellow]"
    )
    strict = f"; asked for strictly: {contest.strict.in_words()}" if contest.strict else ""
    return [
        f"{contest.workload} {contest.preset}, {len(ours.laps)} laps of {contest.pictures}: "
        f"pictures {contest.same.in_words()}{strict}",
        f"   CPU seconds a picture: loop {loop.cpu_each:.3f}, ours {ours.cpu_each:.3f}; up to "
        f"{contest.batch:.1f} shared a call; {contest.step_seconds * 1000:.1f} ms a call of ours",
        f"   floor at the measured ceiling {floor:.3f} s a picture: loop at "
        f"{loop.each.median / floor:.1f} times it, ours at {ours.each.median / floor:.1f}; warm-up "
        f"{loop.warm_up or 0:.2f} and {ours.warm_up or 0:.2f} s",
        *([disturbed] if contest.others > OTHERS else []),
    ]


def _size(contest: Contest) -> str:
    look = contest.look
    return f"{contest.preset} {look.width}x{look.height}/{look.steps}"


def _spread(each: Spread) -> str:
    digits = 3 if each.high < 1 else 2 if each.high < 10 else 1
    return f"{each.median:.{digits}f}\n[dim]{each.low:.{digits}f}-{each.high:.{digits}f}"


def _times(gain: Spread) -> str:
    return f"[bold]{gain.median:.2f}x[/bold]\n[dim]{gain.low:.2f}-{gain.high:.2f}"


def _arrivals(report: Report, console: Console) -> None:
    table = Table(title="W5: seconds from arrival to picture (median, 95 %, 99 %)")
    for name in ("load", "jobs", "loop, first come first served", "Hotfolder"):
        table.add_column(name, justify="right")
    for found in report.arrivals:
        table.add_row(
            f"{found.share:.0%} of the loop's capacity",
            str(found.jobs),
            ", ".join(f"{wait:.2f}" for wait in found.loop),
            ", ".join(f"{wait:.2f}" for wait in found.daemon),
        )
    console.print(table)


def _curve(report: Report, console: Console) -> None:
    table = Table(title="Seconds per picture when several share a call", box=SIMPLE_HEAD)
    for name in ("", "batch", "diffusers", "ours", "gain", "CPU, theirs", "CPU, ours"):
        table.add_column(name, justify="right" if name else "left")
    table.add_column("same?")
    for point in report.curve:
        table.add_row(
            f"{point.preset}{', reference' if point.follows else ''}",
            str(point.batch),
            f"{point.loop.median:.3f}",
            f"{point.ours.median:.3f}",
            f"{point.loop.median / point.ours.median:.2f}x",
            f"{point.loop_cpu:.3f}",
            f"{point.ours_cpu:.3f}",
            _short(point.same),
        )
    console.print(table)
    worst = max(report.curve, key=lambda point: point.same.largest)
    console.print(
        f"Furthest from diffusers' one by one: batch {worst.batch}, {worst.same.in_words()}",
        highlight=False,
    )


def _inside(report: Report, console: Console) -> None:
    inside = report.inside
    table = Table(title="Inside a step, batch of one")
    for name in ("", "diffusers", "ours"):
        table.add_column(name, justify="left" if not name else "right")
    ours, stock = inside["ours"], inside["stock"]
    for case in ours:
        table.add_row(
            f"operations a step, {case}",
            str(stock[case]["operations"]),
            str(ours[case]["operations"]),
        )
    if "reference" in ours:
        more = ours["reference"]["operations"] / stock["plain"]["operations"] - 1
        table.add_row("  with a reference, against plain diffusers", "", f"{more:+.1%}")
    for case in ours:
        table.add_row(
            f"ms a step, {case}",
            f"{stock[case]['seconds'] * 1000:.1f}",
            f"{ours[case]['seconds'] * 1000:.1f}",
        )
    if "reference" in ours:
        table.add_row(
            "a reference's share of a step's time",
            *(
                f"{side['reference']['seconds'] / side['plain']['seconds'] - 1:+.1%}"
                for side in (stock, ours)
            ),
        )
    for case, equal in inside["equal"].items():
        table.add_row(f"pixels, {case}", "", "array-equal" if equal else "DIFFERENT")
    table.add_row("encoders' FLOPs, new prompt", "", f"{inside['fresh_flop']:.0f}")
    table.add_row("encoders' FLOPs, a repeat", "", f"{inside['repeat_flop']:.0f}")
    console.print(table)


def _soak(soak: Soak, console: Console) -> None:
    table = Table(title=f"W6: {soak.jobs} mixed jobs in {soak.seconds:.0f} s")
    table.add_column("")
    table.add_column("", justify="right")
    for name, value in (
        ("models loaded again", str(soak.reloads)),
        ("controls among them, all strict", str(soak.controls)),
        ("controls whose pixels changed", str(soak.leaks)),
        ("pictures that shared calls", str(soak.shared)),
        ("recompiles told in the log", str(soak.recompiles)),
        ("worker after 20 jobs, at half time, in the end", _resident(soak.resident_bytes)),
        ("grows per 100 jobs of the second half", f"{soak.slope_bytes / MB:+.2f} MB"),
        (
            "between pictures, median and 95 %",
            f"{soak.p50_between:.2f} s, {soak.p95_between:.2f} s",
        ),
    ):
        table.add_row(name, value)
    console.print(table)


def _resident(sizes: tuple[int, ...]) -> str:
    """The worker's memory on a long day: when it has begun, in the middle, at the end."""
    return ", ".join(f"{sizes[k] / MB:.0f}" for k in (0, len(sizes) // 2, -1)) + " MB"
