"""The template in `examples/farm`, run by Open Job Description's own command line."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from support.daemon import HANG
from support.levels import LEVEL
from support.places import HOME

OPENJD = (sys.executable, "-c", "from openjd.cli import main; main()")
TEMPLATE = HOME / "examples" / "farm" / "board.openjd.yaml"
DRY, SKETCH = "size: 64x64\nsteps: 2\n", "size: 192x192\nsteps: 4\n"


def test_the_template_renders_a_shot_a_task_by_one_warm_model(tmp_path: Path) -> None:
    """In dry run, two shots; at `make faults` six, with the bundled model."""
    pytest.importorskip("openjd.cli")
    count = 2 if LEVEL == "fast" else 6
    shots = "".join(f"  {10 * n:03d}: a boat, take {n}\n" for n in range(1, count + 1))
    keys = DRY if LEVEL == "fast" else SKETCH
    (tmp_path / "board.yaml").write_text(f"name: ep03\n{keys}shots:\n{shots}")
    (tmp_path / "hotfolder.yaml").write_text(
        f"engine: {'dry-run' if LEVEL == 'fast' else 'sdxl'}\nthreads: 1\n"
    )
    command = tmp_path / "hotfolder"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m daemon "$@"\n')
    command.chmod(0o755)
    given = {
        "Board": tmp_path / "board.yaml",
        "Out": tmp_path / "out",
        "Shots": f"10-{10 * count}:10",
        "Settings": tmp_path / "hotfolder.yaml",
        "Hotfolder": command,
    }
    words = [word for key, value in given.items() for word in ("-p", f"{key}={value}")]

    done = subprocess.run(
        [*OPENJD, "run", str(TEMPLATE), "--step", "Render", *words],
        capture_output=True,
        text=True,
        timeout=HANG,
        cwd=HOME,
    )

    said = done.stdout + done.stderr
    assert done.returncode == 0, said
    made = sorted(p.stem for p in (tmp_path / "out" / "ep03").glob("*.png"))
    assert made == [f"{10 * n:03d}" for n in range(1, count + 1)], said
    assert said.count("openjd_progress: 100.0") == count
    told = [float(found) for found in re.findall(r"openjd_progress: ([\d.]+)", said)]
    assert len(told) > 2 * count
    assert said.count(" is warm on ") == 1, said
