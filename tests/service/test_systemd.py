"""The text of the systemd user unit, before the real `systemd-analyze`."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from support.daemon import HANG, needs
from support.places import HOME

from daemon.service import UNIT, systemd_unit, text
from daemon.service import target as facts

COMMITTED = HOME / "launchd" / UNIT


def an_interpreter(path: Path) -> Path:
    path.parent.mkdir(parents=True)
    path.write_text(f'#!/bin/sh\nPYTHONPATH="{HOME}" exec "{sys.executable}" "$@"\n')
    path.chmod(0o755)
    return path


def test_the_committed_unit_is_what_the_generator_prints_for_a_person_named_you() -> None:
    home = Path("/home/you")
    target = facts.target(home / "Hotfolder", home / "src/hotfolder/.venv/bin/python", home)

    assert COMMITTED.read_text(encoding="utf-8") == systemd_unit.render(target)


def test_printing_changes_nothing(tmp_path: Path) -> None:
    assert "Type=notify" in text(tmp_path / "Hotfolder", kind="systemd")
    assert list(tmp_path.iterdir()) == []


def test_the_unit_restarts_after_a_crash_only_and_survives_a_worker_out_of_memory() -> None:
    lines = COMMITTED.read_text().splitlines()

    for line in (
        "Type=notify", "NotifyAccess=main", "WatchdogSec=180", "Restart=on-failure", "RestartSec=30", "TimeoutStopSec=45", "KillMode=mixed",
        "OOMPolicy=continue", "WantedBy=default.target",
    ):  # fmt: skip
        assert line in lines


ODD_ROOTS = [
    "plain",
    "with space",
    "50%",
    "$HOME",
    "o'clock",
    'quo"te',
    "back\\slash",
    "数",
    "a;b#c",
]


@pytest.mark.parametrize("name", ODD_ROOTS)
def test_odd_roots_survive_the_units_quoting(name: str) -> None:
    target = facts.target(Path("/home/you") / name, Path("/usr/bin/python 3"), Path("/home/you"))

    assert systemd_unit.words_of(systemd_unit.render(target)) == target.argv()


@needs("systemd-analyze")
def test_systemd_itself_accepts_the_unit_with_odd_roots(tmp_path: Path) -> None:
    folder = tmp_path / "units"
    folder.mkdir()
    python = an_interpreter(tmp_path / "an env 50% $HOME 数" / "bin" / "python")
    for number, name in enumerate(ODD_ROOTS):
        target = facts.target(tmp_path / name, python, tmp_path)
        (folder / f"hotfolder-{number}.service").write_text(
            systemd_unit.render(target), encoding="utf-8"
        )

    answer = verified(sorted(folder.iterdir()), tmp_path)

    assert (answer.returncode, answer.stdout + answer.stderr) == (0, "")


@needs("systemd-analyze")
def test_systemd_would_have_complained_about_a_misspelt_key(tmp_path: Path) -> None:
    target = facts.target(tmp_path, Path(sys.executable), tmp_path)
    path = tmp_path / UNIT
    path.write_text(systemd_unit.render(target).replace("KillMode=", "KilMode="))

    answer = verified([path], tmp_path)

    assert "KilMode" in answer.stderr


def verified(paths: list[Path], run: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["systemd-analyze", "verify", "--user", "--man=no", *map(str, paths)],
        capture_output=True,
        text=True,
        timeout=HANG,
        env={**os.environ, "XDG_RUNTIME_DIR": str(run), "LC_ALL": "C"},
    )
