"""Keeping awake, with a stand-in `systemd-inhibit` or `caffeinate` that is a real process.

The stand-in writes its own number down and then runs what it is told to, as the real one does; the
`cat` it starts and the pipe to it are the real ones.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from support.daemon import HANG
from support.places import HOME

from daemon.supervisor.keep_awake import KeepAwake

TOOL = "caffeinate" if sys.platform == "darwin" else "systemd-inhibit"
# Keeps running what comes after the options (`cat`), or, told to watch a number, watches it.
STAND_IN = """#!/bin/sh
echo $$ >> "{folder}/pids"
echo "$@" > "{folder}/words"
for word in "$@"; do last="$word"; done
if [ "$1" = -i ]; then while kill -0 "$last" 2>/dev/null; do sleep 0.05; done; else "$last"; fi
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    put(tmp_path, STAND_IN)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    return tmp_path


def put(folder: Path, script: str) -> None:
    path = folder / TOOL
    path.write_text(script.replace("{folder}", str(folder)))
    path.chmod(0o755)


def pids(folder: Path) -> list[int]:
    path = folder / "pids"
    return [int(line) for line in path.read_text().split()] if path.exists() else []


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def wait_for(done: Callable[[], object], seconds: float = HANG) -> None:
    until = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < until, "waited in vain"
        time.sleep(0.02)


def test_holding_twice_starts_one_child_and_releasing_twice_ends_it(folder: Path) -> None:
    awake = KeepAwake()
    awake.hold()
    awake.hold()
    wait_for(lambda: pids(folder))
    assert awake.holding

    awake.release()
    awake.release()

    assert not awake.holding
    assert len(pids(folder)) == 1
    wait_for(lambda: not alive(pids(folder)[0]))


def test_it_can_be_held_again_after_a_release(folder: Path) -> None:
    awake = KeepAwake()
    for turn in (1, 2):
        awake.hold()
        wait_for(lambda turn=turn: len(pids(folder)) == turn)
        awake.release()

    assert not awake.holding


def test_only_idle_sleep_is_held_off_and_never_the_display(folder: Path) -> None:
    awake = KeepAwake()
    awake.hold()
    wait_for(lambda: (folder / "words").exists() and (folder / "words").read_text().strip())
    awake.release()

    words = (folder / "words").read_text()
    if sys.platform == "darwin":
        assert words.split() == ["-i", "-w", str(os.getpid())]
    else:
        assert "--what=idle:sleep" in words
        assert words.split()[-1] == "cat"


def test_switched_off_it_does_nothing(folder: Path) -> None:
    awake = KeepAwake(enabled=False)
    awake.hold()
    awake.release()

    assert pids(folder) == []


def test_without_the_tool_it_does_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    awake = KeepAwake()
    awake.hold()
    assert not awake.holding
    awake.release()


def test_a_tool_that_ends_at_once_is_given_up_after_three_tries(folder: Path) -> None:
    put(folder, '#!/bin/sh\necho $$ >> "{folder}/pids"\nexit 1\n')
    awake = KeepAwake()
    for turn in range(6):
        awake.hold()
        wait_for(lambda: not awake.holding)
        assert len(pids(folder)) == min(turn + 1, 3)

    awake.release()


def test_a_tool_that_can_not_be_run_is_no_error(folder: Path) -> None:
    put(folder, "#!/nowhere/at/all\n")
    awake = KeepAwake()
    awake.hold()
    assert not awake.holding


def test_a_child_that_ignores_the_polite_signal_is_ended_anyway(folder: Path) -> None:
    put(
        folder, '#!/bin/sh\ntrap "" TERM\necho $$ >> "{folder}/pids"\nwhile :; do sleep 0.1; done\n'
    )
    awake = KeepAwake()
    awake.hold()
    wait_for(lambda: pids(folder))
    awake.release()

    assert not alive(pids(folder)[0])


def test_a_killed_daemon_leaves_no_child_behind(folder: Path) -> None:
    code = (
        "import time\nfrom daemon.supervisor.keep_awake import KeepAwake\n"
        "awake = KeepAwake()\nawake.hold()\nprint('held', flush=True)\ntime.sleep(600)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], cwd=HOME, stdout=subprocess.PIPE, env=dict(os.environ)
    ) as daemon:
        assert daemon.stdout is not None
        assert daemon.stdout.readline() == b"held\n"
        wait_for(lambda: pids(folder))
        assert alive(pids(folder)[0])

        daemon.kill()

    wait_for(lambda: not alive(pids(folder)[0]))
