"""One door to the terminal: no module prints but those that make everything safe to print."""

from __future__ import annotations

import ast
from pathlib import Path

from support.places import PACKAGE

DOORS = {
    "cli/printing.py": {"sys.stdout", "sys.stderr"},
    "notify/terminal.py": {"sys.stderr"},
    "notify/terminal_bars.py": {"rich"},
    "models/pull/progress_bars.py": {"rich"},
    "bench/gpu_tables.py": {"rich"},
    "bench/tables.py": {"rich"},
    "page/follow.py": {"sys.stderr"},  # a process of its own; the daemon reads it, for its log
}
"""Who may write to a terminal, and by which means."""

ELSEWHERE = ("engine", "sketch", "bench/scripts")
"""Processes of their own: what they print is read by the daemon, or is for their makers."""


def means(file: Path) -> set[str]:
    """By what a module could write to a terminal."""
    found = set()
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        match node:
            case ast.Name(id="print" | "input" as name):
                found.add(name)
            case ast.Attribute(value=ast.Name(id="sys"), attr="stdout" | "stderr" as name):
                found.add(f"sys.{name}")
            case ast.Attribute(value=ast.Name(id="sys"), attr="__stdout__" | "__stderr__" as name):
                found.add(name)
            case ast.ImportFrom(module=str() as module, names=names):
                found |= {"rich"} if module.partition(".")[0] == "rich" else set()
                found |= {f"sys.{n.name}" for n in names if module == "sys" and "std" in n.name}
            case ast.Import(names=names):
                found |= {"rich"} & {n.name.partition(".")[0] for n in names}
    return found


def test_only_a_door_writes_to_a_terminal() -> None:
    speaking = [
        name
        for file in sorted(PACKAGE.rglob("*.py"))
        if not (name := file.relative_to(PACKAGE).as_posix()).startswith(ELSEWHERE)
    ]

    assert len(speaking) > 300
    found = {name: means(PACKAGE / name) - DOORS.get(name, set()) for name in speaking}
    assert {name: wrong for name, wrong in found.items() if wrong} == {}
