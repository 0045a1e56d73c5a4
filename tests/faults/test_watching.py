"""The inbox taken away, replaced, covered or closed under the daemon: how soon it is served again."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from faults.rig import (
    Ailments,
    check,
    figure,
    finish,
    in_time,
    mounted,
    need,
    running,
    scratch,
    stop_for_sure,
)
from support.daemon import HANG, engine, wait_for
from support.levels import counts

from daemon.root.create import prepare
from daemon.root.layout import Layout
from daemon.root.status_file import read_status

SMALL = "prompt: p\nsize: 192x192\nsteps: 2\n"
SOON = 5.0


def seconds_to_render(root: Layout, name: str, folder=None) -> float:
    """Drop into the inbox as it is now; seconds until its picture is out."""
    begun = time.monotonic()
    ((folder or root.inbox) / f"{name}.yaml").write_text(SMALL)
    wait_for(lambda: (root.done / f"{name}.yaml").exists(), root)
    return time.monotonic() - begun


def deleted(root):
    delete(root.inbox)
    wait_for(lambda: root.inbox.is_dir(), root)


def renamed(root):
    root.inbox.rename(root.root / "old")
    root.inbox.mkdir(exist_ok=True)


def made_a_link(root):
    root.inbox.rename(root.root / "elsewhere")
    lead(root.inbox, root.root / "elsewhere")


def led_elsewhere(root):
    made_a_link(root)
    seconds_to_render(root, "first")
    (root.root / "third").mkdir()
    root.inbox.unlink()
    lead(root.inbox, root.root / "third")


def lead(inbox: Path, elsewhere: Path) -> None:
    """The daemon may have made the inbox anew since it was taken away."""
    while True:
        with contextlib.suppress(FileExistsError):
            inbox.symlink_to(elsewhere)
            return
        delete(inbox)


def delete(folder: Path) -> None:
    """With all in it, though the daemon takes files out of it, or puts one there, meanwhile."""
    while folder.is_dir():
        with contextlib.suppress(OSError):
            shutil.rmtree(folder)
            return


@pytest.mark.parametrize("how", [deleted, renamed, made_a_link, led_elsewhere])
def test_an_inbox_that_is_taken_away_or_replaced_is_served_again_within_seconds(root, how):
    with running(root) as child:
        seconds_to_render(root, "before")
        how(root)
        seconds = seconds_to_render(root, "after")
        again = seconds_to_render(root, "again")
        assert child.process.poll() is None
    figure(
        f"inbox {how.__name__.replace('_', ' ')}",
        "dry-run",
        f"next picture after {seconds:.1f} s, then {again:.1f} s",
    )
    assert in_time(seconds, SOON)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="deafens inotify")
def test_an_observer_that_lives_but_hears_nothing_is_noticed_and_replaced(root, tmp_path):
    ailments = Ailments(tmp_path)
    with running(root, **ailments.env) as child:
        seconds_to_render(root, "before")
        wait_for(lambda: child.status.get("events") == "inotify", root)
        ailments.begin("deafen", root)
        time.sleep(1.0)
        deaf = seconds_to_render(root, "deaf")
        begun = time.monotonic()
        wait_for(lambda: "a probe was not reported" in child.log(), root)
        noticed = time.monotonic() - begun
        time.sleep(0.5)
        again = seconds_to_render(root, "again")
        wait_for(lambda: not any(root.inbox.glob(".*")), root)
    figure(
        "observer alive but deaf",
        "dry-run",
        f"next picture after {deaf:.1f} s (the scan), replaced {noticed:.1f} s later, then {again:.1f} s",
    )
    assert in_time(deaf, SOON)


def test_a_clock_that_jumps_back_and_on_loses_and_doubles_nothing(root, tmp_path, hold):
    ailments = Ailments(tmp_path)
    seconds, names = [], []
    environment = {**ailments.env, **hold.at(10)}
    with running(root, engine=engine("held"), **environment) as child:
        seconds_to_render(root, "before")
        for jump in ("set_back", "set_on"):
            hold.at(10)
            (root.inbox / f"during-{jump}.yaml").write_text(SMALL.replace("steps: 2", "steps: 20"))
            wait_for(lambda: child.status.get("current"), root)
            ailments.begin(jump, root)
            hold.off()
            seconds.append(seconds_to_render(root, f"after-{jump}"))
            names += [f"during-{jump}", f"after-{jump}"]
        wait_for(lambda: child.status["heartbeat_unix"] - time.time() > 80_000, root)
    tally = check(root, dict.fromkeys(["before", *names], 1))
    figure(
        "clock set back an hour, then on a day, in mid-job",
        "dry-run",
        f"next pictures after {seconds[0]:.1f} s and {seconds[1]:.1f} s; {tally}",
    )
    assert in_time(max(seconds), 2 * SOON)
    assert tally.clean, tally


def test_an_inbox_that_is_a_link_from_the_start_is_served(root):
    (root.root / "elsewhere").mkdir()
    shutil.rmtree(root.inbox)
    root.inbox.symlink_to(root.root / "elsewhere")
    with running(root):
        seconds = seconds_to_render(root, "linked")
    figure("inbox a link from the start", "dry-run", f"picture after {seconds:.1f} s")
    assert in_time(seconds, SOON)


def test_an_inbox_covered_by_another_disk_and_uncovered_is_served_throughout(root):
    with running(root) as child:
        seconds_to_render(root, "before")
        with mounted("-t", "tmpfs", "-o", "size=4m", "tmpfs", at=root.inbox):
            covered = seconds_to_render(root, "covered")
        bare = seconds_to_render(root, "bare")
        assert child.process.poll() is None
    figure(
        "inbox mounted over, then unmounted",
        "dry-run",
        f"pictures after {covered:.1f} s and {bare:.1f} s",
    )
    assert in_time(max(covered, bare), SOON)


def test_a_root_that_is_unmounted_is_blocked_and_never_made_anew(tmp_path):
    """And what was claimed on it goes on when it is back."""
    counts(None, 1, 1)
    with scratch() as place:
        disk, image = place / "disk", place / "disk.img"
        disk.mkdir()
        with image.open("wb") as file:
            file.truncate(32 << 20)
        subprocess.run(["mkfs.ext4", "-q", str(image)], check=True, capture_output=True)
        with mounted("-o", "loop", str(image), at=disk):
            layout = Layout(disk / "root")
            prepare(layout)
            with running(layout, "--service", HOTFOLDER_DRY_STEP_SECONDS="0.1") as child:
                (layout.inbox / "long.yaml").write_text("prompt: long\nsize: 64x64\nsteps: 40\n")
                wait_for(lambda: child.status.get("current"), layout)
                subprocess.run(["umount", "-l", str(disk)], check=True)
                time.sleep(8.0)
                ghosts = {path.name for path in disk.rglob("*") if path.is_file()} - {
                    "hotfolder.log",
                    "hotfolder.jsonl",
                }
                made = layout.inbox.exists() or layout.spool.exists()
                alive = child.process.poll() is None
                subprocess.run(["mount", "-o", "loop", str(image), str(disk)], check=True)
                back = time.monotonic()
                wait_for(lambda: (layout.done / "long.yaml").exists(), layout)
                seconds = time.monotonic() - back
            tally = check(layout, {"long": 1})
    figure(
        "root unmounted in mid-job, then back",
        "dry-run",
        f"done {seconds:.1f} s after it was back; {tally}",
    )
    assert alive
    assert not made
    assert not ghosts
    assert tally.clean, tally


def test_an_inbox_without_permission_is_told_and_served_once_it_is_back(tmp_path):
    """Where we are root, without root's right to look everywhere."""
    with scratch() as place:
        layout = Layout(place / "root")
        prepare(layout)
        command = ["-m", "daemon", "run", "--root", str(layout.root)]
        child = subprocess.Popen(
            [*as_a_person(), sys.executable, *command, "--engine", "dry-run", "--service"],
            stderr=subprocess.DEVNULL,
        )
        try:
            wait_for(lambda: (read_status(layout) or {}).get("state") == "idle", layout)
            layout.inbox.chmod(0o000)
            reason = wait_for(lambda: (read_status(layout) or {}).get("reason"), layout)
            layout.inbox.chmod(0o755)
            begun = time.monotonic()
            (layout.inbox / "after.yaml").write_text(SMALL)
            wait_for(lambda: (layout.done / "after.yaml").exists(), layout)
            seconds = time.monotonic() - begun
        finally:
            child.terminate()
            child.wait(HANG)
    figure(
        "inbox without permission, then with",
        "dry-run",
        f"told: {reason.split(' (')[0]!r}; picture {seconds:.1f} s after it was back",
    )
    assert "ermission" in reason
    assert in_time(seconds, SOON)


def as_a_person() -> list[str]:
    """What to put before a command so that folders may be closed to it."""
    if os.geteuid() != 0:
        return []
    rights = "-dac_override,-dac_read_search"
    command = [need("setpriv"), f"--bounding-set={rights}", "--"]
    tried = subprocess.run([*command, "true"], capture_output=True, check=False)
    if tried.returncode != 0:
        pytest.skip(f"rights can't be given up here: {tried.stderr.decode().strip()[-100:]}")
    return command


def test_jobs_claimed_before_the_inbox_was_deleted_are_rendered(root, drop, hold):
    number = counts(4, 6, 6)
    for i in range(number):
        drop.whole(f"job{i}.yaml", "prompt: p\nsize: 192x192\nsteps: 20\n")
    with running(root, engine=engine("held"), **hold.at(10)) as child:
        wait_for(lambda: child.status.get("current"), root)
        claimed = [file.parent.name for file in root.spool.glob("*/job.*")]
        delete(root.inbox)
        hold.off()
        wait_for(lambda: len(list(root.done.glob("*.yaml"))) >= len(claimed), root)
    finish(root)
    lost = len(claimed) - len(list(root.done.glob("*.yaml")))
    figure(
        "inbox deleted while jobs are claimed",
        "dry-run",
        f"claimed jobs lost {max(0, lost)} of {len(claimed)}",
    )
    assert claimed
    assert lost <= 0
    stop_for_sure(child)
