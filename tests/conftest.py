"""Fixtures of the end-to-end tests; what they are made of is in `support`."""

from __future__ import annotations

import contextlib
import gc
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from support.daemon import HANG, Daemon, Drop, Hold, explain_timings, records, wait_for
from support.nursery import NURSERY
from support.once import once
from support.rendered import rendered_root

from daemon.root.create import prepare
from daemon.root.layout import Layout
from daemon.sandbox.client import Sandbox

# The suite starts a thousand processes of ours: where the surroundings keep Python from writing what it
# has compiled, each of them compiles two hundred modules, which is half of its time.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # A shell lets what it starts in the background ignore Ctrl-C, and so would every daemon here.
    signal.signal(signal.SIGINT, signal.default_int_handler)

if Path("/proc/cpuinfo").exists() and "GenuineIntel" in Path("/proc/cpuinfo").read_text():
    # Where pictures are compared to the bit: for the smallest of matrices (a picture of 64 pixels has
    # four places in its middle) MKL chooses by the address what adds up what, unless it is told not to.
    os.environ.setdefault("MKL_CBWR", "AUTO,STRICT")

os.environ.setdefault("HOTFOLDER_DRY_CARDS", "plain")  # a drawing of each would take longer
os.environ.setdefault("HOTFOLDER_PAGE", "off")
"""Only tests of the page have daemons keep one: it costs a process a daemon."""


# A busy machine may take its time over an example, and over making one.
settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unhurried")

NURSERY.surroundings = dict(os.environ)

gc.disable()  # thousands of tests are gathered, and none is garbage


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


def pytest_collection_finish() -> None:
    """What was gathered is looked through by no later collection: engines collect often."""
    gc.collect()
    gc.freeze()
    gc.enable()


@pytest.fixture
def root(tmp_path: Path) -> Layout:
    """An empty root, its folders made."""
    layout = Layout((tmp_path / "root").resolve())
    prepare(layout)
    return layout


@pytest.fixture(scope="session")
def rendered(tmp_path_factory: pytest.TempPathFactory) -> Layout:
    """A root with a board and a project that a daemon has rendered; to be looked at, not changed."""
    made = once(tmp_path_factory, "rendered", lambda folder: rendered_root(folder / "root"))
    own = tmp_path_factory.mktemp("rendered") / "root"
    shutil.copytree(made / "root", own, symlinks=True)
    return Layout(own.resolve())


@pytest.fixture
def finished(rendered: Layout, tmp_path: Path) -> Layout:
    """A copy of it, to do anything with."""
    shutil.copytree(rendered.root, tmp_path / "root", symlinks=True)
    return Layout((tmp_path / "root").resolve())


@pytest.fixture
def drop(root: Layout) -> Drop:
    return Drop(root)


@pytest.fixture
def hold(tmp_path: Path) -> Hold:
    return Hold(tmp_path / "hold")


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Sandbox]:
    """The child that looks at pictures, waited for however long it takes."""
    shared = Sandbox(patience=None)
    yield shared
    shared.close()


@pytest.fixture
def no_torch(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """For `doctor` where its device is not what is asked about: the child that it starts finds a
    torch that is broken, and need not import the real one for two seconds."""
    broken = tmp_path_factory.mktemp("broken")
    (broken / "torch.py").write_text("raise ImportError('a torch that is broken')\n")
    monkeypatch.setenv("PYTHONPATH", str(broken))


StartDaemon = Callable[..., Daemon]

OUR_FAULT = "Hotfolder has a fault of its own"


@pytest.fixture
def may_stumble() -> bool:
    """Whether a daemon of this test may have a fault of its own, which is fenced and only told."""
    return False


@pytest.fixture
def anew() -> bool:
    """Whether daemons of this test are started where others are born in the nursery, which has
    imported already what they import: their start, or their memory, is what is asked about."""
    return False


@pytest.fixture
def daemon(root: Layout, may_stumble: bool, anew: bool) -> Iterator[StartDaemon]:
    """Begins daemons on this root (`engine=` dry-run unless given) and ends them afterwards."""
    started: list[Daemon] = []
    birth = subprocess.Popen if anew else NURSERY.start

    def start(*arguments: str, engine: str = "dry-run", ready: bool = True, **env: str) -> Daemon:
        begun = time.time()
        child = Daemon(root, ("--engine", engine, *arguments), env, birth)
        started.append(child)
        if ready:
            wait_for(
                lambda: (
                    child.process.poll() is not None
                    or (
                        child.status.get("heartbeat_unix", 0) >= begun
                        and child.status.get("state") != "starting"
                    )
                ),
                root,
            )
        return child

    yield start
    for child in started:
        if child.process.poll() is None:
            child.process.send_signal(signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.process.wait(timeout=HANG)
            if child.process.poll() is None:
                child.kill()
                pytest.fail("the daemon did not leave on SIGTERM")
    told = root.log_file.read_text("utf-8") if root.log_file.is_file() else ""
    assert may_stumble or OUR_FAULT not in told, told
    for sidecar in records(root):
        explain_timings(json.loads(sidecar.read_bytes())["result"]["timings"], sidecar)


@pytest.fixture
def wait(root: Layout) -> Callable[[Callable[[], Any]], Any]:
    """`wait(predicate)` on this root."""
    return lambda predicate, seconds=HANG: wait_for(predicate, root, seconds)
