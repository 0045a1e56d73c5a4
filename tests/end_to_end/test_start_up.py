"""A worker is there early: at the first sign of a file, or before any."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path

import psutil
import pytest
from support.daemon import Drop, pictures, wait_for

from daemon.root.layout import Layout


@pytest.fixture
def anew() -> bool:
    """How a daemon starts is what is asked about."""
    return True


def events(root: Layout) -> list[str]:
    lines = (root.logs / "hotfolder.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line)["event"] for line in lines]


def begun_early(child) -> list[psutil.Process]:
    """Processes that were begun without a model to load."""
    found = []
    for one in psutil.Process(child.process.pid).children():
        with suppress(psutil.Error):  # it ends just now
            found += [one] if "--libraries" in one.cmdline() else []
    return found


def test_the_model_is_loaded_while_its_first_job_is_still_being_written(
    root: Layout, drop: Drop, daemon
) -> None:
    daemon()
    (root.inbox / "a.yaml").write_text("", "utf-8")  # half a file: nothing can be claimed yet
    wait_for(lambda: "ready" in events(root), root)
    assert "claimed" not in events(root)

    drop.whole("a.yaml", "prompt: a boat\n")

    wait_for(lambda: pictures(root) == ["a.png"], root)
    assert events(root).count("ready") == 1


def test_a_job_that_lies_there_is_made_by_a_worker_begun_before_it_was_read(
    root: Layout, drop: Drop, daemon
) -> None:
    drop.whole("a.yaml", "prompt: a boat\n")

    child = daemon()

    wait_for(lambda: pictures(root) == ["a.png"], root)
    assert events(root).count("ready") == 1
    (worker,) = begun_early(child)
    assert worker.pid == child.status["workers"][0]["pid"]


def test_a_file_that_is_no_job_after_all_blocks_nothing_when_the_model_can_not_be_loaded(
    root: Layout, drop: Drop, daemon, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "shelf" / "bad").mkdir(parents=True)
    (tmp_path / "shelf" / "bad" / "x.safetensors").write_bytes(b"broken")
    monkeypatch.setenv("HOTFOLDER_MODELS", str(tmp_path / "shelf"))
    root.settings_file.write_text("model: bad\n", "utf-8")
    child = daemon(engine="sdxl", ready=False)
    drop.whole("a.yaml", "prompt: a boat\nmodel: sketch\nsize: 192x192\nsteps: 1\n")

    wait_for(lambda: pictures(root) == ["a.png"], root)
    assert child.status["state"] != "blocked"


def test_preload_loads_with_the_daemon_and_keeps_the_libraries_once_the_model_is_let_go(
    root: Layout, drop: Drop, daemon
) -> None:
    root.settings_file.write_text("preload: true\nidle_timeout: 0.2\n", "utf-8")
    child = daemon()
    wait_for(lambda: "gone" in events(root), root)  # loaded, and idle for too long
    assert "seen" not in events(root)
    (waiting,) = wait_for(lambda: begun_early(child), root)

    drop.whole("a.yaml", "prompt: a boat\n")

    wait_for(lambda: pictures(root) == ["a.png"], root)
    child.stop()
    assert not waiting.is_running()
