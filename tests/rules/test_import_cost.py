"""Light outside, heavy inside: what each process imports, and what `status` costs."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import psutil
import pytest
from support.daemon import hotfolder, wait_for
from support.places import PACKAGE

HEAVY = {"torch", "diffusers", "transformers", "accelerate", "numpy", "distributed", "dask"}
STATUS_FREE_OF = HEAVY | {"pydantic", "watchdog", "loguru", "rich", "yaml", "PIL", "safetensors"}


COMPUTING = (("engine",), ("sketch",), ("bench", "scripts"))
"""Rooms whose modules run in processes of their own and may import the torch family."""


def computes(file: Path) -> bool:
    parts = file.relative_to(PACKAGE).parts
    return any(parts[: len(room)] == room for room in COMPUTING)


def imported_by(file: Path) -> set[str]:
    """Every module an import statement of `file` names, wherever in it the statement stands."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return names


def python(code: str) -> str:
    """What a fresh interpreter prints."""
    command = [sys.executable, "-c", code]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def modules_after(code: str) -> set[str]:
    """Top-level modules of a fresh interpreter after running `code`."""
    return set(
        python(
            code + "\nimport sys; print('\\n'.join({m.split('.')[0] for m in sys.modules}))"
        ).split()
    )


def test_status_answers_without_importing_anything_heavy(root):
    code = f"from daemon.cli import main; main(['status', '--root', {str(root.root)!r}])"

    assert not modules_after(code) & STATUS_FREE_OF


def test_the_supervisor_never_imports_torch():
    assert (
        not modules_after(
            "import daemon.supervisor.loop, daemon.cli.run, daemon.cli.serving, daemon.notify.terminal_bars"
        )
        & HEAVY
    )


def test_only_the_engine_and_sketch_import_torch():
    """All of them in one process: what one imports stays, and is told beside the module's name."""
    modules = sorted(
        ".".join(p.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__")
        for p in PACKAGE.rglob("*.py")
        if p.name != "__main__.py" and not computes(p)
    )
    told = python(
        "import importlib, sys\n"
        f"for name in {modules}:\n"
        "    importlib.import_module(name)\n"
        "    if {'torch', 'diffusers', 'transformers'} & set(sys.modules):\n"
        "        sys.exit(print(name))\n"
    )

    assert told == ""


def test_nobody_imports_what_computes_but_what_computes():
    rooms = tuple(".".join(("daemon", *room)) for room in COMPUTING)
    for file in PACKAGE.rglob("*.py"):
        if not computes(file):
            named = {name for name in imported_by(file) if name.startswith(rooms)}
            assert not named, (str(file), named)


@pytest.fixture
def anew() -> bool:
    """The supervisor's memory is measured."""
    return True


def test_a_warm_worker_leaves_the_supervisor_small(root, drop, daemon):
    child = daemon()
    drop.whole("warm.yaml", "prompt: warm\n")
    wait_for(lambda: (root.done / "warm.yaml").exists(), root)

    assert psutil.Process(child.process.pid).memory_info().rss < 80e6  # measured about 50 MB
    assert hotfolder("status", "--root", str(root.root)).returncode == 0
