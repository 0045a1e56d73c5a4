"""`wait`: until a job has ended, whatever word it is named by, and however it ends."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from support.daemon import engine, hotfolder

SMALL = "prompt: p\nsize: 64x64\nsteps: 2\n"


def wait_for_job(root, *words: str) -> tuple[int, list[str], str]:
    done = hotfolder("wait", "--root", str(root.root), *words)
    return done.returncode, done.stdout.splitlines(), done.stderr


@pytest.fixture
def storyboard(root, drop, daemon):
    """What has ended: done, failed, twice of one name, with an id, and a duplicate of that."""
    root.settings_file.write_text("folder_settle: 0\n")
    drop.whole("ep01/a.yaml", f"{SMALL}count: 2\n")
    drop.whole("ep01/b.yaml", f"{SMALL}id: shot 7\n")
    drop.whole("bad.yaml", "prmpt: a\n")
    assert daemon("--until-empty", ready=False).wait() == 1
    drop.whole("again.yaml", f"{SMALL}id: shot 7\n")
    drop.whole("ep01/a.yaml", f"{SMALL}count: 2\n")
    assert daemon("--until-empty", ready=False).wait() == 0
    return root


def test_what_is_over_is_told_at_once_with_the_exit_code_of_its_end(storyboard):
    root = storyboard
    newest = [str(root.outbox / "ep01" / "a-2" / f"a-2-0{n}.png") for n in (1, 2)]
    assert wait_for_job(root, "ep01/a") == (0, newest, "")
    assert wait_for_job(root, "shot 7") == (0, [str(root.outbox / "ep01" / "b.png")], "")
    code, paths, said = wait_for_job(root, "bad", "a")
    assert (code, paths) == (1, newest)
    assert "bad.yaml failed: `prmpt` is not a key" in said
    assert wait_for_job(root, "again") == (0, [], "")

    code, _, said = wait_for_job(root, "nothing")
    assert code == 2
    assert "There is no job `nothing`" in said
    assert hotfolder("wait", "a", "--timeout", "soon", "--root", str(root.root)).returncode == 2


def test_what_is_still_to_come_is_waited_for(root, drop, daemon, hold, wait):
    """One is being rendered and one waits in the inbox, each asked for by its id."""
    root.settings_file.write_text("folder_settle: 0\n")
    child = daemon(engine=engine("held"), **hold.at(1))
    drop.whole("urgent/ep01/now.yaml", "prompt: p\nsteps: 2\nid: first\n")
    wait(lambda: child.status.get("current"))
    for number in range(4):
        drop.whole(f"then{number}.yaml", f"prompt: p\nsteps: 2\nid: id{number}\n")
    wait(lambda: "then3.yaml" in (child.status.get("queue") or {}).get("files", []))

    code, paths, said = wait_for_job(root, "first", "--timeout", "0.2")
    assert (code, paths) == (124, [])
    assert "The time is over; the job goes on." in said

    command = [sys.executable, "-m", "daemon", "wait", "--root", str(root.root)]
    both = [*command, "then3", "first"], [*command, "id3"]
    waiting = [
        subprocess.Popen(each, stdout=subprocess.PIPE, stderr=subprocess.PIPE) for each in both
    ]
    hold.off()
    told = [each.communicate() for each in waiting]
    first, last = str(root.outbox / "ep01" / "now.png"), str(root.outbox / "then3.png")
    # What had ended before it was asked for is told before what has yet to end.
    assert [sorted(out.decode().splitlines()) for out, _ in told] == [[first, last], [last]], told
    assert [each.returncode for each in waiting] == [0, 0]


def test_without_a_daemon_there_is_nothing_to_wait_for(root, drop):
    drop.whole("a.yaml", SMALL)
    code, paths, said = wait_for_job(root, "a")
    assert (code, paths) == (4, [])
    assert "The daemon has stopped" in said or "No daemon" in said


def test_a_paused_daemon_is_told_at_once(root, drop, daemon, wait):
    daemon()
    assert hotfolder("pause", "--root", str(root.root)).returncode == 0
    drop.whole("a.yaml", SMALL)
    wait(lambda: json.loads(root.status_file.read_bytes())["state"] == "paused")
    code, _, said = wait_for_job(root, "a")
    assert code == 5
    assert " resume" in said
