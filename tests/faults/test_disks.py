"""Disks that fill up, lose power, or hold a hundred thousand pictures."""

from __future__ import annotations

import contextlib
import filecmp
import json
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest
from faults.rig import (
    Ailments,
    at_rest,
    check,
    dice,
    facts,
    figure,
    finish,
    mounted,
    need,
    running,
    scratch,
    start,
    workers_of,
)
from support.daemon import Drop, engine, hotfolder_process, wait_for
from support.levels import counts

from daemon.root.create import prepare
from daemon.root.layout import Layout

SMALL = "prompt: p\nsize: 64x64\nsteps: 2\n"


@pytest.mark.timeout(1800)
def test_a_full_disk_costs_nothing_but_time(root, hold):
    """Full to the last byte in the middle of work, then freed."""
    jobs = counts(8, 40, 200)
    with scratch() as place, mounted("-t", "tmpfs", "-o", "size=6m", "tmpfs", at=place):
        layout = Layout(place / "root")
        prepare(layout)
        names = [f"job{number:03d}" for number in range(jobs)]
        for name in names:
            Drop(layout).whole(f"{name}.yaml", "prompt: full\nsize: 256x256\nsteps: 3\n")
        with running(layout, "--service", engine=engine("held"), **hold.at(2)) as child:
            wait_for(lambda: child.status.get("current"), layout)
            fill(place / "ballast")
            hold.off()
            reason = wait_for(lambda: blocked_by(child), layout)
            time.sleep(2.0)
            failed = len(os.listdir(layout.failed))
            (place / "ballast").unlink()
            freed = time.monotonic()
            wait_for(lambda: at_rest(layout), layout, 900)
            seconds = time.monotonic() - freed
            alive = child.process.poll() is None
        tally = check(layout, dict.fromkeys(names, 1))
        figure(
            f"disk full at {jobs} jobs, then freed",
            "dry-run",
            f"{tally}; all done {seconds:.0f} s after",
        )
        assert alive
        assert failed == 0
        assert "space" in reason or "could not be written" in reason
        assert tally.clean, (tally, facts(layout))


def fill(ballast: Path) -> None:
    with ballast.open("wb", buffering=0) as file:
        for size in (1 << 16, 1 << 12, 1):
            try:
                while True:
                    file.write(b"\0" * size)
            except OSError:
                continue


def blocked_by(child) -> str:
    """The reason in `status`, which can be told even then."""
    status = child.status
    said = str(status.get("reason") or "")
    return said if status.get("state") == "blocked" else ""


@pytest.mark.timeout(3000)
def test_power_cuts_lose_no_finished_job_and_no_waiting_one(tmp_path):
    """An ext4 disk copied at a random instant, as it would be found after the power went."""
    cuts = counts(None, 8, 50)
    for program in ("mkfs.ext4", "losetup"):
        need(program)
    throw, promised, lost, waiting_lost, torn = dice("power"), 0, 0, 0, 0
    for cut in range(cuts):
        with scratch() as place:
            image, copy = place / "disk.img", place / "copy.img"
            with image.open("wb") as file:
                file.truncate(64 << 20)
            subprocess.run(["mkfs.ext4", "-q", str(image)], check=True, capture_output=True)
            disk, after = place / "disk", place / "after"
            disk.mkdir()
            after.mkdir()
            with mounted("-o", "loop", str(image), at=disk):
                layout = Layout(disk / "root")
                prepare(layout)
                names = drop_durably(layout, 60)
                child = start(layout, HOTFOLDER_DRY_STEP_SECONDS="0.01")
                wait_for(lambda: len(list(layout.done.glob("*"))) >= 3, layout)  # noqa: B023
                time.sleep(throw.uniform(0.0, 2.0))
                family = (child.process.pid, *workers_of(child.process.pid))
                send(family, signal.SIGSTOP)
                acknowledged = acknowledged_in(layout)
                copy_at_one_instant(image, copy)
                send(family, signal.SIGKILL)
                child.process.wait()
            with mounted("-o", "loop", str(copy), at=after):
                found = Layout(after / "root")
                promised += len(acknowledged)
                lost += sum(1 for name in acknowledged if not whole(found, name))
                assert finish(found) == 0, f"cut {cut}: {facts(found)}"
                tally = check(found, dict.fromkeys(names, 1))
                waiting_lost += tally.lost
                torn += tally.torn + tally.duplicated + tally.orphaned
    figure(
        f"{cuts} power cuts (ext4), {promised} jobs acknowledged",
        "dry-run",
        f"acknowledged jobs lost {lost}; synced drops lost {waiting_lost}; torn, doubled or orphaned {torn}",
    )
    assert promised
    assert (lost, waiting_lost, torn) == (0, 0, 0)


def send(family: tuple[int, ...], number: int) -> None:
    for pid in family:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)


def copy_at_one_instant(image: Path, copy: Path) -> None:
    """The system goes on writing what it had in mind, and half of that is no state a power cut
    leaves; a copy during which nothing was written is one."""
    for _ in range(100):
        shutil.copyfile(image, copy)
        if filecmp.cmp(image, copy, shallow=False):
            return
    pytest.fail("the disk never stood still")


def drop_durably(layout: Layout, number: int) -> list[str]:
    names = [f"job{i:02d}" for i in range(number)]
    for name in names:
        Drop(layout).whole(f"{name}.yaml", SMALL)
    os.sync()
    return names


def acknowledged_in(layout: Layout) -> set[str]:
    """Jobs whose end stands in the journal."""
    lines = (
        layout.journal_file.read_text("utf-8").splitlines() if layout.journal_file.exists() else []
    )
    return {json.loads(line)["file"].removesuffix(".yaml") for line in lines if line.endswith("}")}


def whole(layout: Layout, name: str) -> bool:
    return all(
        path.exists() and path.stat().st_size > 0
        for path in (
            layout.done / f"{name}.yaml",
            layout.outbox / f"{name}.png",
            layout.outbox / f"{name}.json",
        )
    )


@pytest.mark.timeout(1800)
def test_an_outbox_of_a_hundred_thousand_pictures_slows_nothing(root, drop):
    number = counts(None, 100_000, 100_000)
    before = pace(root, drop, "few")
    folder = root.outbox / "old"
    folder.mkdir()
    for i in range(number):
        where = (root.outbox, folder)[i % 2]
        for suffix in ("png", "json"):
            os.close(os.open(where / f"old{i}.{suffix}", os.O_CREAT | os.O_WRONLY))
    after = pace(root, drop, "many")
    figure(
        f"drop to published, median of 15, with {number:,} pictures in the outbox",
        "dry-run",
        f"{after[0] * 1000:.0f} ms (empty: {before[0] * 1000:.0f} ms); status {after[1] * 1000:.0f} ms (empty: {before[1] * 1000:.0f} ms)",
    )
    assert after[0] < max(5 * before[0], 1.0)


def pace(root: Layout, drop: Drop, name: str) -> tuple[float, float]:
    """Median seconds from drop to done, and of `hotfolder status`."""
    with running(root) as _:
        drop.whole(f"{name}-warm.yaml", SMALL)
        wait_for(lambda: (root.done / f"{name}-warm.yaml").exists(), root)
        seconds, told = [], []
        for number in range(15):
            begun = time.monotonic()
            drop.by_rename(f"{name}{number}.yaml", SMALL)
            wait_for(lambda: (root.outbox / f"{name}{number}.png").exists(), root)  # noqa: B023
            seconds.append(time.monotonic() - begun)
        for _ in range(3):
            begun = time.monotonic()
            hotfolder_process("status", "--root", str(root.root))
            told.append(time.monotonic() - begun)
    return sorted(seconds)[7], sorted(told)[1]


@pytest.mark.timeout(3000)
def test_ten_thousand_files_dropped_while_the_interpreter_stalls_are_all_rendered(root, tmp_path):
    """A C call that holds the interpreter for 4 s makes the kernel drop events; the scan finds all."""
    files = counts(150, 3_000, 10_000)
    ailments = Ailments(tmp_path)
    with running(root, **ailments.env) as child:
        ailments.begin("stall", root)
        for number in range(files):
            (root.inbox / f"burst{number:05d}.yaml").write_text(
                "prompt: b\nsize: 64x64\nsteps: 1\n"
            )
        begun = time.monotonic()
        wait_for(lambda: at_rest(root), root, 2900)
        seconds = time.monotonic() - begun
        assert child.process.poll() is None
    tally = check(root, {f"burst{number:05d}": 1 for number in range(files)})
    figure(
        f"{files:,} files dropped during a 4 s interpreter stall",
        "dry-run",
        f"{files - tally.lost:,} rendered, {tally}; {seconds:.0f} s",
    )
    assert tally.clean, (tally, facts(root))
