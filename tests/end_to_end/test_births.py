"""A daemon that tests have born in their nursery is what one is that they start."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from support.daemon import Daemon, Drop, pictures, wait_for
from support.nursery import CLONE, NURSERY

from daemon.root.create import prepare
from daemon.root.layout import Layout

pytestmark = [
    pytest.mark.skipif(
        not sys.platform.startswith("linux") or not CLONE,
        reason="only Linux gives a child to another",
    ),
    pytest.mark.skipif(
        signal.getsignal(signal.SIGHUP) is signal.SIG_IGN,
        reason="what nohup starts ignores SIGHUP, and daemons of tests are started there, not born",
    ),
]

SAME = ("Umask", "PPid", "Uid", "Gid", "Groups", "SigBlk", "SigIgn", "SigCgt", "Threads")


def facts(pid: int, root: Layout) -> dict[str, object]:
    """What the system says of a process, without the names of its root."""
    proc = Path("/proc") / str(pid)
    lines = (line.split(":", 1) for line in (proc / "status").read_text().splitlines())
    told = {key: text.split() for key, text in lines if key in SAME}
    words = (proc / "cmdline").read_bytes().decode().rstrip("\0").split("\0")
    links = [os.readlink(link) for link in (proc / "fd").iterdir()]  # noqa: PTH115
    return {
        **told,
        "words": [word.replace(str(root.root), "ROOT") for word in words],
        "cwd": os.readlink(proc / "cwd"),  # noqa: PTH115
        "group, session": (os.getpgid(pid), os.getsid(pid)),
        "limits": (proc / "limits").read_text(),
        "nice": os.getpriority(os.PRIO_PROCESS, pid),
        "files": sorted(link.replace(str(root.root), "ROOT").split(":[")[0] for link in links),
    }


@pytest.fixture
def mask():
    usual = os.umask(0o027)
    yield
    os.umask(usual)


def test_a_born_daemon_is_to_the_system_what_a_started_one_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mask: None, request: pytest.FixtureRequest
) -> None:
    monkeypatch.chdir(tmp_path)
    children = []
    starts: list[Callable[..., subprocess.Popen]] = [subprocess.Popen, NURSERY.start]
    for name, start in zip(("started", "born"), starts, strict=True):
        root = Layout((tmp_path / name).resolve())
        prepare(root)
        children.append(Daemon(root, ("--engine", "dry-run"), {}, start))
        request.addfinalizer(children[-1].kill)
        Drop(root).whole("a.yaml", "prompt: a boat\n")
        wait_for(lambda root=root: pictures(root) == ["a.png"], root)

    def told_apart_by() -> dict[str, object]:
        started, born = (facts(child.process.pid, child.layout) for child in children)
        return {key: (value, born[key]) for key, value in started.items() if value != born[key]}

    wait_for(lambda: not told_apart_by(), children[0].layout)  # each opens a file now and then
    why = NURSERY.why_not(dict(os.environ))
    assert [type(child.process).__name__ for child in children] == ["Popen", "_Born"], why
    assert [child.stop() for child in children] == [0, 0]


def test_a_born_daemon_is_killed_and_waited_for_as_a_child_of_ours(root: Layout, daemon) -> None:
    child = daemon()
    with child.standing_still():
        state = Path(f"/proc/{child.process.pid}/stat").read_text().rpartition(")")[2].split()[0]
        assert state == "T"
    assert child.process.poll() is None
    child.kill()
    assert child.process.returncode == -9


def test_in_other_surroundings_a_daemon_is_started(
    root: Layout, daemon, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    assert type(daemon().process) is subprocess.Popen
