"""Whatever dies, no job is lost and none is rendered twice. Real processes are really killed."""

from __future__ import annotations

import os
import shutil
import signal
import time

import psutil
import pytest
from PIL import Image
from support.daemon import engine, hotfolder, pictures, record
from support.levels import counts

from daemon.root.layout import Layout

LONG = "prompt: long\nsteps: 40\nseed: 3\n"


def test_a_worker_killed_in_mid_step_costs_one_attempt_and_the_job_finishes(
    root, drop, daemon, wait, hold
):
    child = daemon(engine=engine("held"), **hold.at(2))
    drop.whole("long.yaml", LONG)
    wait(lambda: any(c["step"] >= 2 for c in child.status.get("current", ())))
    os.kill(child.worker_pid, signal.SIGKILL)
    hold.off()
    wait(lambda: (root.done / "long.yaml").exists())

    assert pictures(root) == ["long.png"]
    assert record(root, "long")["result"]["attempt"] == 2
    assert "the worker died while rendering (signal 9)" in child.log()


def test_a_supervisor_killed_in_mid_step_takes_the_worker_with_it_and_the_next_one_goes_on(
    root, drop, daemon, wait, hold
):
    child = daemon(engine=engine("held"), **hold.at(2))
    drop.whole("long.yaml", LONG)
    wait(lambda: any(c["step"] >= 2 for c in child.status.get("current", ())))
    worker = child.worker_pid
    child.kill()
    wait(lambda: not psutil.pid_exists(worker))

    assert pictures(root) == []
    assert daemon("--until-empty", ready=False).wait() == 0
    assert pictures(root) == ["long.png"]
    assert record(root, "long")["result"]["job"] == 1
    assert record(root, "long")["job"]["seed"] == 3


def test_a_restart_renders_only_the_pictures_that_are_missing(root, drop, daemon, wait):
    child = daemon(HOTFOLDER_DRY_STEP_SECONDS="0.05")
    drop.whole("set.yaml", "prompt: set\nsteps: 6\ncount: 4\nsize: 64x64\n")
    wait(lambda: len(pictures(root)) >= 2)
    child.kill()
    before = {name: (root.outbox / name).stat().st_ino for name in pictures(root)}
    seeds = [record(root, name[:-4])["job"]["seed"] for name in before]
    assert daemon("--until-empty", ready=False).wait() == 0

    assert len(pictures(root)) == 4
    for name, inode in before.items():
        assert (root.outbox / name).stat().st_ino == inode
    assert seeds == [record(root, name[:-4])["job"]["seed"] for name in before]


def test_a_picture_moved_away_before_the_restart_is_not_rendered_again(root, drop, daemon, wait):
    child = daemon(HOTFOLDER_DRY_STEP_SECONDS="0.05")
    drop.whole("set.yaml", "prompt: set\nsteps: 6\ncount: 3\nsize: 64x64\n")
    wait(lambda: len(pictures(root)) >= 1)
    child.kill()
    taken = pictures(root)[0]
    os.replace(root.outbox / taken, root.root / "mine.png")
    assert daemon("--until-empty", ready=False).wait() == 0

    assert taken not in pictures(root)
    assert (root.done / "set.yaml").exists()


def test_a_job_that_kills_the_worker_three_times_fails_and_the_next_one_renders(
    root, drop, daemon, wait
):
    child = daemon(engine=engine("killed_while_rendering"))
    drop.whole("poison.yaml", "prompt: poison\n")
    wait(lambda: (root.failed / "poison.yaml.why.txt").exists())

    assert "3 times" in (root.failed / "poison.yaml.why.txt").read_text()
    assert child.process.poll() is None
    child.stop()
    daemon()
    drop.whole("healthy.yaml", "prompt: healthy\n")
    wait(lambda: (root.done / "healthy.yaml").exists())


def test_a_worker_that_dies_while_loading_blocks_the_daemon_and_no_job_is_blamed(
    root, drop, daemon, wait
):
    child = daemon("--service", engine=engine("exits_while_loading"))
    drop.whole("innocent.yaml", "prompt: innocent\n")
    wait(lambda: child.status.get("state") == "blocked")

    assert not list(root.failed.glob("*"))
    child.stop()
    assert daemon("--until-empty", ready=False).wait() == 0
    assert pictures(root) == ["innocent.png"]


def test_a_job_that_raises_fails_with_its_reason_and_the_daemon_goes_on(root, drop, daemon, wait):
    child = daemon(engine=engine("raises_while_rendering"))
    drop.whole("bad.yaml", "prompt: bad\n")
    wait(lambda: (root.failed / "bad.yaml.why.txt").exists())

    assert child.process.poll() is None
    assert "the worker died" not in child.log()


def test_a_library_printing_to_stdout_does_not_corrupt_the_wire(root, drop, daemon, wait):
    daemon(engine=engine("prints_to_stdout"))
    drop.whole("noisy.yaml", "prompt: noisy\n")
    wait(lambda: (root.done / "noisy.yaml").exists())


def test_an_idle_worker_is_let_go_and_the_next_drop_warms_it_again(root, drop, daemon, wait):
    root.settings_file.write_text("idle_timeout: 0.5\n")
    child = daemon()
    drop.whole("one.yaml", "prompt: one\n")
    wait(lambda: (root.done / "one.yaml").exists())
    wait(lambda: "the model was idle and is let go" in child.log())
    wait(lambda: child.worker_pid is None)
    warmed = child.log().count("is warm on")
    drop.by_rename("two.yaml", "prompt: two\n")  # whole when it is seen, and begun at once
    wait(lambda: (root.done / "two.yaml").exists())

    assert child.log().count("is warm on") == warmed + 1


@pytest.mark.long
def test_jobs_survive_many_kills_of_worker_and_supervisor(root, drop, daemon, wait):
    """Kills at observed moments all through 30 jobs: none lost, none twice, none torn."""
    names = [f"job{number:02d}" for number in range(30)]
    for name in names:
        drop.whole(f"{name}.yaml", "prompt: p\nsize: 64x64\nsteps: 3\ncount: 2\n")
    done = -1
    for round_ in range(counts(6, 12, 12)):
        child = daemon(HOTFOLDER_DRY_STEP_SECONDS="0.01")
        target = len(pictures(root)) + 2
        wait(lambda target=target: len(pictures(root)) >= min(target, 60))
        if round_ % 3 == 2 and child.worker_pid and psutil.pid_exists(child.worker_pid):
            os.kill(child.worker_pid, signal.SIGKILL)
            wait(lambda target=target: len(pictures(root)) >= min(target + 2, 60))
        time.sleep(0.01 * round_)
        child.kill()
        done = len(pictures(root))
    assert daemon("--until-empty", ready=False).wait() == 0

    assert done > 12
    assert pictures(root) == sorted(f"{n}/{n}-{i:02d}.png" for n in names for i in (1, 2))
    assert sorted(p.name for p in root.done.iterdir()) == [f"{name}.yaml" for name in names]
    for name in pictures(root):
        with Image.open(root.outbox / name) as image:
            image.load()
        record(root, name[:-4])
    assert not [p for p in root.stage.iterdir() if p.suffix in (".png", ".json")]


def test_an_inbox_deleted_under_the_daemon_is_made_anew_and_watched(root, drop, daemon, wait):
    child = daemon()
    with child.standing_still():
        shutil.rmtree(root.inbox)
    wait(lambda: root.inbox.is_dir())
    drop.whole("after.yaml", "prompt: after\n")
    wait(lambda: (root.done / "after.yaml").exists())

    assert "the inbox was gone" in child.log()


def test_an_inbox_replaced_by_another_folder_is_noticed(root, drop, daemon, wait):
    child = daemon()
    with child.standing_still():  # it would make a new one itself
        root.inbox.rename(root.root / "old")
        root.inbox.mkdir()
    drop.whole("after.yaml", "prompt: after\n")
    wait(lambda: (root.done / "after.yaml").exists())
    wait(lambda: "watching again" in child.log())


def test_an_outbox_that_is_away_costs_no_job(root, drop, daemon, wait, hold):
    child = daemon(engine=engine("held"), **hold.at(2))
    drop.whole("one.yaml", "prompt: one\nsteps: 30\n")
    wait(lambda: child.status.get("current"))
    root.outbox.rename(root.root / "unmounted")
    root.paused_file.touch()  # at its second try it makes a new outbox
    hold.off()
    wait(lambda: "ying again" in child.log() or "tried again" in child.log())
    os.rename(root.root / "unmounted", root.outbox)
    root.paused_file.unlink()
    wait(lambda: (root.done / "one.yaml").exists())

    assert pictures(root) == ["one.png"]
    assert not list(root.failed.iterdir())


def test_hundreds_of_files_at_once_are_all_rendered(root, drop, daemon, wait):
    count = counts(120, 300, 300)
    daemon()
    for number in range(count):
        drop.whole(f"n{number:03d}.yaml", "prompt: n\nsize: 64x64\nsteps: 2\n")
    wait(lambda: len(list(root.done.glob("*.yaml"))) == count)

    assert len(pictures(root)) == count
    numbers = {record(root, name[:-4])["result"]["job"] for name in pictures(root)}
    assert numbers == set(range(1, count + 1))


def test_a_running_job_is_cancelled_at_its_next_step_and_others_go_on(
    root, drop, daemon, wait, hold
):
    child = daemon(engine=engine("held"), **hold.at(2))
    drop.whole("long.yaml", "prompt: long\nsteps: 150\n")
    wait(lambda: child.status.get("current"))
    assert hotfolder("cancel", "1", "--root", str(root.root)).returncode == 0
    wait(lambda: (root.failed / "long.yaml.why.txt").exists())
    drop.whole("next.yaml", "prompt: next\nsteps: 1\n")
    wait(lambda: (root.done / "next.yaml").exists())

    assert pictures(root) == ["next.png"]
    assert "cancelled" in (root.failed / "long.yaml.why.txt").read_text()


def test_pause_outlives_a_restart_and_resume_ends_it(root, drop, daemon, wait):
    child = daemon()
    assert hotfolder("pause", "--root", str(root.root)).returncode == 0
    drop.whole("held.yaml", "prompt: held\n")
    wait(lambda: child.status.get("state") == "paused")
    child.stop()
    child = daemon()
    wait(lambda: (child.status.get("queue") or {}).get("number") == 1)
    assert (root.inbox / "held.yaml").exists()
    assert hotfolder("status", "--root", str(root.root)).returncode == 5
    hotfolder("resume", "--root", str(root.root))
    wait(lambda: (root.done / "held.yaml").exists())


def test_retry_sends_a_failed_job_again_under_a_new_number_with_its_parent(
    root, drop, daemon, wait
):
    daemon()
    drop.whole("typo.yaml", "prompt: typo\nstepz: 3\n")
    wait(lambda: (root.failed / "typo.yaml.why.txt").exists())
    wait(lambda: not list(root.spool.iterdir()))  # the journal knows of it
    (root.failed / "typo.yaml").write_text("prompt: typo\nsteps: 3\n")
    answer = hotfolder("retry", "--all", "--root", str(root.root))
    wait(lambda: (root.done / "typo.yaml").exists() and not list(root.spool.iterdir()))

    assert answer.returncode == 0
    assert record(root, "typo")["result"]["parent"] == 1
    assert record(root, "typo")["result"]["job"] == 2
    again = hotfolder("retry", "--all", "--root", str(root.root))
    assert "nothing" in again.stdout


def test_a_root_that_was_moved_while_a_job_was_claimed_goes_on_where_it_is_now(
    root, drop, daemon, wait, tmp_path
):
    child = daemon(HOTFOLDER_DRY_STEP_SECONDS="0.1")
    drop.whole("set.yaml", "prompt: set\nsteps: 10\ncount: 2\nsize: 64x64\n")
    wait(lambda: pictures(root))
    child.kill()
    moved = Layout(tmp_path / "moved")
    root.root.rename(moved.root)
    ended = hotfolder("run", "--root", str(moved.root), "--engine", "dry-run", "--until-empty")

    assert ended.returncode == 0, ended.stderr
    assert pictures(moved) == ["set/set-01.png", "set/set-02.png"]
    assert not root.root.exists()
    moved.root.rename(root.root)
