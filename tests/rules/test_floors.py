"""The floors of the house, as pyproject.toml draws them: imports point down, in no circle."""

from __future__ import annotations

import subprocess
import sys

from support.places import HOME


def test_imports_only_point_down_and_nobody_but_the_engine_imports_torch() -> None:
    command = "from importlinter.cli import lint_imports_command; lint_imports_command()"

    done = subprocess.run(
        [sys.executable, "-c", command, "--no-cache"],
        capture_output=True,
        text=True,
        cwd=HOME,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert " 0 broken" in done.stdout
