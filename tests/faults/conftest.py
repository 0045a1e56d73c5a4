"""Prints the table of figures after the fault tests, wherever in how many processes they ran."""

from __future__ import annotations

import os
import platform
import time
from pathlib import Path

import pytest
from faults import rig
from support.levels import LEVEL, SEED

BEGUN = time.monotonic()


@pytest.fixture
def anew() -> bool:
    """What is killed and starved here is what a person starts."""
    return True


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """What a test has measured travels with its report."""
    report = yield
    if call.when == "call":
        report.user_properties += [("figure", row) for row in rig.TABLE]
        rig.TABLE.clear()
    return report


def pytest_terminal_summary(terminalreporter):
    reports = [report for reports in terminalreporter.stats.values() for report in reports]
    rows = [
        (report.location[0], report.location[1] or 0, row, report.outcome)
        for report in reports
        for name, row in getattr(report, "user_properties", ())
        if name == "figure"
    ]
    if not rows:
        return
    lines = ["| what was done | engine | figure |", "|---|---|---|"]
    for _, _, (what, engine, value), outcome in sorted(rows, key=lambda row: row[:2]):
        lines.append(f"| {what} | {engine} | {value}{'' if outcome == 'passed' else ' FAILED'} |")
    minutes = (time.monotonic() - BEGUN) / 60
    lines.append(
        f"\n{LEVEL}, seed {SEED}, {minutes:.1f} minutes on {os.cpu_count()} cores, "
        f"{platform.system()} {platform.release()}, Python {platform.python_version()}"
    )
    terminalreporter.section(f"faults ({LEVEL})")
    terminalreporter.write_line("\n".join(lines))
    place = os.environ.get("HOTFOLDER_FAULTS_TABLE")
    if place:
        Path(place).write_text("\n".join(lines) + "\n", encoding="utf-8")
