"""`hotfolder render --daemon`: a daemon that runs is asked, and keeps nothing."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

from support.daemon import engine, wait_for
from support.farm_render import ALL, BOARD, command, made, render


def test_a_daemon_that_runs_is_asked_and_keeps_nothing(place: Path, root, daemon) -> None:
    daemon()
    words = ("ep03", "--daemon", str(root.root))

    some = render(place, *words, "--shots", "010,020")
    rest = render(place, *words, "--progress", "openjd")

    assert some.returncode == rest.returncode == 0, some.stderr + rest.stderr
    assert made(place) == ALL
    assert list(root.outbox.rglob("*.png")) == []
    log = root.log_file.read_text()
    assert log.count(" is warm on ") == 1


def test_a_signal_takes_back_what_a_daemon_was_asked_for(place: Path, root, daemon, hold) -> None:
    (place / "ep03" / "board.yaml").write_text(BOARD.replace("64x64", "192x192"))
    child = daemon(engine=engine("held"), **hold.at(1))
    asked = subprocess.Popen(
        [sys.executable, "-m", "daemon", *command(place, "ep03", "--daemon", str(root.root))],
        cwd=place,
        text=True,
        stderr=subprocess.PIPE,
    )
    wait_for(lambda: child.status.get("current") and _in_all(child.status) == 3, root)
    asked.send_signal(signal.SIGTERM)
    complaint = asked.communicate()[1]

    assert asked.returncode == 5, complaint
    wait_for(lambda: len(list(root.failed.rglob("*.json"))) == 3, root)  # 030 was not asked for yet
    assert list(root.inbox.rglob("*.json")) == []
    assert list((place / "out").rglob("*.png")) == []
    hold.off()


def _in_all(status: dict) -> int:
    """Jobs that wait and jobs that are claimed."""
    return len(status["held"]) + status["queue"].get("number", 0)
