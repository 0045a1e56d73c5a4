"""Prints the table of figures after the fault tests."""

from __future__ import annotations

import os
from pathlib import Path

from faults import rig


def pytest_terminal_summary(terminalreporter):
    if not rig.TABLE:
        return
    lines = ["| what was done | engine | figure |", "|---|---|---|"]
    lines += [f"| {row} | {engine} | {value} |" for row, engine, value in rig.TABLE]
    terminalreporter.section(f"faults ({rig.LEVEL})")
    terminalreporter.write_line("\n".join(lines))
    place = os.environ.get("HOTFOLDER_FAULTS_TABLE")
    if place:
        Path(place).write_text("\n".join(lines) + "\n", encoding="utf-8")
