"""The one-shot of a farm where the disk of its pictures is full, and where it is killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from faults.rig import dice, figure, mounted, scratch
from PIL import Image
from support.daemon import hotfolder
from support.levels import counts

SHOTS = "".join(f"  {number:03d}: shot {number}\n" for number in range(10, 90, 10))
BOARD = f"size: 256x256\nsteps: 3\nshots:\n{SHOTS}"


def command(place: Path, out: Path) -> tuple[str, ...]:
    (place / "dry.yaml").write_text("engine: dry-run\n")
    (place / "board.yaml").write_text(f"name: ep03\n{BOARD}")
    return (
        *("render", str(place / "board.yaml"), "--out", str(out)),
        *("--settings", str(place / "dry.yaml"), "--root", str(place / "tmp")),
    )


def test_a_full_disk_ends_it_and_the_same_command_goes_on() -> None:
    with scratch() as place:
        (place / "out").mkdir()
        with mounted("-t", "tmpfs", "-o", "size=60k", "tmpfs", at=place / "out"):
            words = command(place, place / "out")
            full = hotfolder(*words)
            some = sorted(p.stem for p in (place / "out").rglob("*.png"))

            assert full.returncode == 5, full.stderr
            assert "No space left on device" in full.stderr
            assert 0 < len(some) < 8
            subprocess.run(["mount", "-o", "remount,size=9m", str(place / "out")], check=True)
            assert hotfolder(*words).returncode == 0
            whole(place / "out", 8)


@pytest.mark.timeout(1800)
def test_killed_at_any_moment_it_leaves_nothing_half_made() -> None:
    kills = counts(None, 20, 60)
    throw = dice("render")
    with scratch() as place:
        words = command(place, place / "out")
        env = {**os.environ, "HOTFOLDER_DRY_STEP_SECONDS": "0.1"}
        for _ in range(kills):
            child = subprocess.Popen([sys.executable, "-m", "daemon", *words], env=env)
            time.sleep(throw.uniform(0.3, 3.0))
            child.send_signal(signal.SIGKILL)
            child.wait()
            for picture in (place / "out").rglob("*.png"):
                whole_one(picture)
        assert hotfolder(*words).returncode == 0
        whole(place / "out", 8)
        figure(f"{kills} x kill -9 of `render` of 8 shots", "dry-run", "8 of 8 there, torn 0")


def whole(out: Path, count: int) -> None:
    found = sorted(out.rglob("*.png"))
    assert [p.stem for p in found] == [f"{n:03d}" for n in range(10, 10 * count + 10, 10)]
    for picture in found:
        whole_one(picture)


def whole_one(picture: Path) -> None:
    assert picture.with_suffix(".json").exists()
    with Image.open(picture) as image:
        image.load()
