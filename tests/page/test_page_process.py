"""The process that keeps the page: nothing that becomes of it reaches a picture."""

from __future__ import annotations

import contextlib
import json
import re
import signal
import subprocess
import sys

import psutil
from faults.rig import mounted
from support.daemon import engine, hotfolder, living_children, needs, pictures

from daemon.page.data_files import DataFiles
from daemon.page.places import data_of


def listed(root) -> list[str]:
    return sorted(str(line["path"]) for line in DataFiles(root.outbox, data_of("")).all())


def there(root) -> list[str]:
    return sorted(pictures(root))


def page_process(child) -> psutil.Process | None:
    return next(iter(living_children(child.process.pid, "daemon.page")), None)


def is_gone(process: psutil.Process) -> bool:
    with contextlib.suppress(psutil.NoSuchProcess):
        return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
    return True


def under_way(live) -> list[dict]:
    """What the page was told last."""
    told = live.read_text()
    return json.loads(told[told.index("(") + 1 : told.rindex(")")])["pictures"]


def test_killed_or_kept_from_writing_it_costs_no_picture_and_is_whole_after_a_restart(
    root, daemon, drop, wait
):
    child = daemon(HOTFOLDER_PAGE="on")
    drop.whole("a.yaml", "prompt: p\nsteps: 1\n")
    wait(lambda: page_process(child) is not None and there(root) == ["a.png"])
    wait(lambda: listed(root) == ["a.png"])
    process = page_process(child)
    assert process is not None
    process.send_signal(signal.SIGSTOP)  # another is started soon after this one has ended
    (root.outbox / ".page" / "all").rename(root.outbox / ".page" / "gone")
    (root.outbox / ".page" / "all").write_text("no folder any more")
    process.send_signal(signal.SIGKILL)
    for name in "bcd":
        drop.whole(f"ep/{name}.yaml", "prompt: p\nsteps: 1\n")
    wait(lambda: len(there(root)) == 4)
    child.stop()
    (root.outbox / ".page" / "all").unlink()

    child = daemon(HOTFOLDER_PAGE="on")
    drop.whole("e.yaml", "prompt: p\nsteps: 1\n")
    wait(lambda: len(there(root)) == 5 and listed(root) == there(root))


@needs("mount")
def test_a_disk_that_takes_nothing_of_the_page_costs_no_picture_and_is_said_once(
    root, daemon, drop, wait
):
    """A disk of its own that is full: the pictures' own would cost the pictures too."""
    (root.outbox / ".page").mkdir()
    with mounted("-t", "tmpfs", "-o", "size=4k", "tmpfs", at=root.outbox / ".page"):
        (root.outbox / ".page" / "filling").write_bytes(b"x" * 4096)
        child = daemon(HOTFOLDER_PAGE="on")
        for name in "ab":
            drop.whole(f"ep/{name}.yaml", "prompt: p\nsteps: 1\n")
            wait(lambda name=name: f"ep/{name}.png" in there(root))
        wait(lambda: "the page" in child.log())
        assert child.log().count("the page") == 1, child.log()
        assert "No space left on device" in child.log()
    wait(lambda: listed(root) == there(root))


def test_where_it_may_not_write_at_all_it_says_so_in_a_line_and_ends(root):
    (root.outbox / ".page").write_text("mine")
    command = [sys.executable, "-m", "daemon.page", str(root.root)]
    ended = subprocess.run(command, capture_output=True, text=True, input="", check=False)
    assert ended.returncode == 1
    assert re.fullmatch(r"the page can't be kept: .*\n", ended.stderr)
    assert (root.outbox / ".page").read_text() == "mine"


def test_it_ends_with_the_daemon_and_says_that_nothing_is_under_way(root, daemon, drop, wait, hold):
    child = daemon(engine=engine("held"), HOTFOLDER_PAGE="on", **hold.at(3))
    drop.whole("a.yaml", "prompt: p\nsteps: 100\n")
    live = root.outbox / ".page" / "live.js"
    wait(lambda: live.exists() and [each["step"] for each in under_way(live)] == [3])
    process = page_process(child)
    assert process is not None
    child.kill()
    wait(lambda: is_gone(process))
    assert under_way(live) == []


def test_without_page_in_the_settings_there_is_none(root, daemon, drop, wait):
    root.settings_file.write_text("page: false\n")
    child = daemon(HOTFOLDER_PAGE="on")
    drop.whole("a.yaml", "prompt: p\nsteps: 1\n")
    wait(lambda: there(root) == ["a.png"])
    child.stop()
    assert not (root.outbox / "index.html").exists()


def test_the_verb_makes_it_anew_beside_a_daemon_and_without_one(root, daemon, drop, wait):
    child = daemon(HOTFOLDER_PAGE="on")
    drop.whole("a.yaml", "prompt: p\nsteps: 1\n")
    wait(lambda: listed(root) == ["a.png"])
    for _ in range(2):
        for file in (root.outbox / ".page").rglob("*.js"):
            file.write_text("spoilt")
        answer = hotfolder("page", "--root", str(root.root))
        assert answer.returncode == 0, answer.stderr
        assert answer.stdout.strip() == (root.outbox / "index.html").as_uri()
        assert listed(root) == ["a.png"]
        child.stop()


def test_no_module_of_it_imports_torch_and_the_daemon_imports_no_pillow_for_it():
    code = "import daemon.cli.run, daemon.cli.serving, sys; print('PIL' in sys.modules, 'torch' in sys.modules)"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.split() == ["False", "False"]
