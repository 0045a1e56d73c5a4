"""Never idle while a job is held: what keeps it from being made is said, once, until it is mended."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

from PIL import Image
from support.daemon import hotfolder, pictures, wait_for
from support.places import HOME

from daemon.notify import events
from daemon.root.layout import Layout
from daemon.root.status_file import read_status
from daemon.supervisor.announcer import Announcer

SMALL = "prompt: a\nsize: 64x64\nsteps: 1\n"


def throwaway_python(folder: Path) -> tuple[Path, dict[str, str]]:
    """A Python of its own that may be taken away, and what it needs to find our packages."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    found = os.pathsep.join((str(HOME), *filter(None, sys.path)))
    return folder / "bin" / "python", {**os.environ, "PYTHONPATH": found}


def test_a_python_that_vanishes_is_blocked_with_the_reason_until_it_is_back(
    root: Layout, tmp_path: Path
) -> None:
    python, environment = throwaway_python(tmp_path / "venv")
    command = [str(python), "-m", "daemon", "run", "--engine", "dry-run", "--root", str(root.root)]
    with (tmp_path / "said").open("w") as said:
        child = subprocess.Popen(command, env=environment, stderr=said, stdout=said)
    try:
        wait_for(lambda: child.poll() is not None or _state(root) == "idle", root)
        assert child.poll() is None, (tmp_path / "said").read_text()
        python.rename(python.with_name("away"))
        (root.inbox / "a.yaml").write_text(SMALL)
        wait_for(lambda: not (root.inbox / "a.yaml").exists(), root)
        seen = []
        while "blocked" not in seen:
            status = read_status(root) or {}
            if status.get("held"):
                seen.append(status["state"])
        assert "idle" not in seen, seen
        wait_for(lambda: _log(root).count("blocked: no worker can be started"), root)
        answer = hotfolder("status", "--root", str(root.root))
        assert answer.returncode == 5
        assert str(python) in answer.stdout
        assert answer.stdout.count("a.yaml") + answer.stdout.count("#1 a") == 1

        python.with_name("away").rename(python)
        wait_for(lambda: pictures(root) == ["a.png"], root)
    finally:
        child.terminate()
        assert child.wait() == 0
    assert _log(root).count("blocked: ") == 1
    assert _log(root).count("no longer blocked") == 1


def _state(root: Layout) -> str:
    return str((read_status(root) or {}).get("state"))


def _log(root: Layout) -> str:
    return root.log_file.read_text("utf-8")


def test_a_model_that_fails_to_load_again_and_again_is_told_once() -> None:
    told: list[events.Event] = []
    announcer = Announcer(told.append)

    def look(trouble: str | None, *, trying: bool = False) -> None:
        announcer.look(paused=False, trouble=trouble, advice="", trying=trying)

    for _ in range(5):
        look("the model can't be loaded")
        look(None, trying=True)
    look("another reason")
    look(None, trying=True)
    look(None)
    look(None)

    assert told == [
        events.Blocked("the model can't be loaded"),
        events.Blocked("another reason"),
        events.Unblocked(),
    ]


def test_a_job_that_only_waits_to_be_tried_again_is_waiting_and_says_for_what(
    root, drop, daemon, wait
):
    claim = root.spool / "000001"
    claim.mkdir()
    (claim / "job.yaml").write_text(f"{SMALL}references: [later.png]\n")
    ticket = {"number": 1, "file": "a.yaml", "project": "", "suffix": ".yaml", "again": False}
    ticket |= {"queued_wall": time.time(), "claimed_wall": time.time()}
    (claim / "ticket.json").write_text(json.dumps(ticket))
    root.settings_file.write_text("reference_wait: 600\n")
    child = daemon()
    status = wait(lambda: (now := child.status)["state"] == "waiting" and now)
    assert "later.png" in status["reason"]
    [held] = status["held"]
    assert (held["file"], held["state"]) == ("a.yaml", "admitting")
    assert "later.png" in held["reason"]
    assert held["retry_unix"] > 0
    answer = hotfolder("status", "--root", str(root.root))
    assert answer.returncode == 0
    assert "held     #1 a.yaml: " in answer.stdout

    Image.new("RGB", (8, 8)).save(root.inbox / "later.png")
    wait(lambda: pictures(root) == ["a.png"])
    wait(lambda: child.status["state"] == "idle")
