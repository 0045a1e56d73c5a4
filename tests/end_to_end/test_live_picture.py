"""`outbox/now.png`: the picture under way, whole at every look, and gone when nothing is made."""

from __future__ import annotations

import contextlib
import io
import json
import signal

import psutil
import pytest
from PIL import Image
from support.daemon import engine, living_children, pictures

from daemon.fs.live_picture import LIVE_NAME, is_live_picture


def looks(root, until, wait) -> list[Image.Image]:
    """Every state of the picture under way, until `until`; each must be a whole picture."""
    seen: list[bytes] = []

    def look() -> bool:
        with contextlib.suppress(FileNotFoundError):
            data = (root.outbox / LIVE_NAME).read_bytes()
            if data not in seen:
                Image.open(io.BytesIO(data)).load()
                seen.append(data)
        return bool(until(seen))

    wait(look)
    return [Image.open(io.BytesIO(data)) for data in seen]


@pytest.fixture
def slow(daemon):
    return daemon(HOTFOLDER_DRY_STEP_SECONDS="0.2")


def test_it_shows_more_and_more_of_the_picture_and_is_gone_however_that_ends(
    root, slow, drop, wait
):
    drop.whole("boat.yaml", "prompt: a boat\nsteps: 150\nseed: 3\n")
    first, *_, last = looks(root, lambda seen: len(seen) == 4, wait)
    assert first.size == last.size == (256, 256)
    assert len(first.crop((0, 200, 256, 256)).getcolors() or ()) == 1  # its lower part is bare yet
    [worker] = living_children(slow.process.pid, "daemon.engine")
    root.paused_file.touch()
    worker.send_signal(signal.SIGSTOP)  # it can't clear up after itself
    worker.send_signal(signal.SIGKILL)
    wait(lambda: not (root.outbox / LIVE_NAME).exists())
    root.paused_file.unlink()
    wait((root.outbox / LIVE_NAME).exists)  # the next worker tries again
    slow.kill()
    assert is_live_picture(root.outbox / LIVE_NAME) or not (root.outbox / LIVE_NAME).exists()


def test_a_picture_of_that_name_is_nobodys_to_touch_and_a_job_of_that_name_gets_another(
    root, daemon, drop, wait, hold
):
    mine = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(mine, "PNG")
    (root.outbox / LIVE_NAME).write_bytes(mine.getvalue())
    child = daemon(engine=engine("held"), **hold.at(2))
    drop.whole("now.yaml", "prompt: a boat\nsteps: 6\n")
    wait(lambda: "now.png is somebody's own picture" in child.log())
    hold.off()
    wait(lambda: (root.outbox / "now-2.png").exists())
    (root.outbox / LIVE_NAME).unlink()
    drop.whole("Now.yaml", "prompt: a boat\nsteps: 1\n")
    wait(lambda: len(pictures(root)) == 2)
    assert not (root.outbox / "Now.png").exists()
    child.stop()


def test_live_false_shows_none_and_what_a_killed_daemon_left_goes_at_the_next_start(
    root, daemon, drop, wait, hold
):
    child = daemon(engine=engine("held"), **hold.at(2))
    drop.whole("a.yaml", "prompt: a boat\nsteps: 60\n")
    wait((root.outbox / LIVE_NAME).exists)
    left = (root.outbox / LIVE_NAME).read_bytes()
    [worker] = living_children(child.process.pid, "daemon.engine")
    child.kill()
    wait(lambda: not psutil.pid_exists(worker.pid))
    (root.outbox / LIVE_NAME).write_bytes(left)
    root.settings_file.write_text("live: false\n")
    daemon()
    wait(lambda: (root.outbox / "a.json").exists())
    wait(lambda: not (root.outbox / LIVE_NAME).exists())
    assert json.loads((root.outbox / "a.json").read_text())["result"]["attempt"] == 2
