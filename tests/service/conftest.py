"""A Mac for the tests of the launch agent."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest
from support.daemon import HANG
from support.mac import PRINTOUT, STAND_IN, Mac, an_interpreter

from daemon.service import (
    LaunchAgent,
)
from daemon.service import target as facts
from daemon.service.launchctl import Launchctl


@pytest.fixture
def mac(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Mac:
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "stand_in.py").write_text(STAND_IN)
    script = folder / "launchctl"
    script.write_text(f'#!/bin/sh\nexec "{sys.executable}" -S "{folder}/stand_in.py" "$@"\n')
    script.chmod(0o755)
    (folder / "printout").write_text(PRINTOUT)
    start = {
        "life": None, "becomes": "running", "drain": 0, "disabled": False, "no_desktop": 0, "desktop_verbs": ["bootstrap"],
        "bootstrap": [], "bootout": 0, "bootout_gone": 3, "printout": None, "hangs": [],
        "words": ["disabled", "enabled"],
    }  # fmt: skip
    (folder / "book.json").write_text(json.dumps(start))
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
    monkeypatch.delenv("XPC_SERVICE_NAME", raising=False)
    home = tmp_path / "Users" / "you"
    (home / "Library").mkdir(parents=True)
    python = an_interpreter(home / "src" / "hotfolder" / ".venv" / "bin" / "python")
    root = home / "Hotfolder"
    control = Launchctl(501, call_seconds=HANG, drain_seconds=HANG, settle_seconds=0.1, pause=0.01)
    return Mac(folder, home, root, LaunchAgent(facts.target(root, python, home), control))
