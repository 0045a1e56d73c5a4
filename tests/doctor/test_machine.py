"""What the doctor judges of machines, most of which we lack: told to it as facts."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

import pytest
import watchdog.events
import watchdog.observers
from support.findings import levels, words

from daemon.doctor import hotfolder, machine
from daemon.doctor.machine import Python
from daemon.root.layout import Layout


@pytest.mark.parametrize(
    ("seen", "level", "said"),
    [
        (Python((3, 12, 1), "Linux", "x86_64"), "ok", "3.12.1"),
        (Python((3, 13, 0), "Darwin", "arm64"), "ok", "arm64"),
        (Python((3, 10, 9), "Linux", "x86_64"), "bad", "3.11, 3.12 or 3.13"),
        (Python((3, 14, 0), "Linux", "x86_64"), "bad", "3.11, 3.12 or 3.13"),
        (Python((3, 12, 1), "Darwin", "x86_64", translated=True), "bad", "Rosetta"),
        (Python((3, 12, 1), "Darwin", "x86_64"), "bad", "Intel"),
        (Python((3, 12, 1), "Darwin", "arm64", cellar="/opt/homebrew/Cellar/x"), "warn", "brew"),
    ],
)
def test_the_interpreter_is_judged(seen: Python, level: str, said: str) -> None:
    found = machine.judge_python(seen)

    assert level in levels(found)
    assert said in words(found)


def test_disk_user_clock_and_limits_are_judged(tmp_path: Path) -> None:
    assert levels(machine.judge_disk(500_000_000, tmp_path)) == {"bad"}
    assert levels(machine.judge_disk(5_000_000_000, tmp_path)) == {"warn"}
    assert levels(machine.judge_disk(50_000_000_000, tmp_path)) == {"ok"}
    assert levels(machine.judge_user(0)) == {"warn"}
    assert machine.judge_user(501) == []
    assert levels(machine.judge_open_files(256)) == {"warn"}
    assert levels(machine.judge_open_files(1024)) == {"ok"}
    assert levels(machine.judge_open_files(-1)) == {"ok"}
    assert levels(machine.judge_clock(1_000_000, 1_000_060)) == {"ok"}
    assert "48 h in the future" in words(machine.judge_clock(1_000_000, 1_000_000 + 48 * 3600))


def test_a_log_from_the_future_shows_that_the_clock_was_set_back(layout: Layout) -> None:
    layout.log_file.write_text("x")
    os.utime(layout.log_file, (time.time() + 86_400,) * 2)

    assert levels(machine.clock(layout)) == {"warn"}


def a_proc(folder: Path, instances: int, watches: int) -> Path:
    limits = folder / "sys/fs/inotify"
    limits.mkdir(parents=True)
    (limits / "max_user_instances").write_text(f"{instances}\n")
    (limits / "max_user_watches").write_text(f"{watches}\n")
    for number in (3, 4):
        for kind in ("fd", "fdinfo"):
            (folder / "77" / kind).mkdir(parents=True, exist_ok=True)
        (folder / "77/fd" / str(number)).symlink_to("anon_inode:inotify")
        info = "pos:\t0\nflags:\t02004000\n" + "inotify wd:1 ino:5 sdev:fe00000 mask:3ce\n" * 5
        (folder / "77/fdinfo" / str(number)).write_text(info)
    (folder / "77/fd/5").symlink_to("/dev/null")
    return folder


def test_file_event_limits_are_compared_with_what_is_in_use(tmp_path: Path) -> None:
    free = machine.inotify(a_proc(tmp_path / "free", 128, 8192))
    full = machine.inotify(a_proc(tmp_path / "full", 2, 10))

    assert levels(free) == {"ok"}
    assert "2 of 128" in words(free)
    assert "10 of 8192" in words(free)
    assert levels(full) == {"warn"}
    assert "fs.inotify.max_user_instances=512" in words(full)
    assert machine.inotify(tmp_path / "absent") == []


@pytest.mark.skipif(not Path("/proc/sys/fs/inotify").is_dir(), reason="no inotify here")
def test_a_listener_of_ours_is_counted(tmp_path: Path) -> None:
    """Of the real processes this one alone: daemons of other tests begin and end meanwhile."""
    proc, watched = tmp_path / "proc", tmp_path / "watched"
    proc.mkdir()
    watched.mkdir()
    for name in ("sys", str(os.getpid())):
        (proc / name).symlink_to(f"/proc/{name}")

    def in_use() -> list[int]:
        return [int(finding.detail.split()[0]) for finding in machine.inotify(proc)]

    before = in_use()
    observer = watchdog.observers.Observer()
    observer.schedule(watchdog.events.FileSystemEventHandler(), str(watched), recursive=True)
    observer.start()
    during = in_use()
    observer.stop()
    observer.join()

    assert during[0] > before[0]
    assert during[1] > before[1]


LINUX: dict[str, Any] = {
    "torch": "2.13.0", "mac": "", "cuda": [], "cuda_built": None, "mps_built": False, "mps": False,
    "threads": 8,
}  # fmt: skip
MAC = {**LINUX, "mac": "15.5", "mps_built": True, "mps": True}


@pytest.mark.parametrize(
    ("seen", "level", "said"),
    [
        (LINUX, "ok", "CPU, 8 threads"),
        ({**LINUX, "cuda": [["H100", 8e10]], "cuda_built": "12.8"}, "ok", "CUDA, H100, 80 GB"),
        ({**LINUX, "cuda_built": "12.8"}, "warn", "nvidia-smi"),
        (MAC, "ok", "Apple GPU"),
        ({**MAC, "mps": False}, "bad", "macOS 14 or newer"),
        ({**MAC, "mps": False, "mps_built": False}, "bad", "no MPS"),
        ({**MAC, "torch": "2.10.1"}, "warn", "noise"),
        ({**MAC, "torch": "odd"}, "warn", "noise"),
    ],
)
def test_what_torch_finds_is_judged(seen: dict[str, Any], level: str, said: str) -> None:
    found = hotfolder.judge_devices(seen)

    assert level in levels(found)
    assert said in words(found)


CARDS = {**LINUX, "cuda": [["H100", 8e10]] * 2, "cuda_built": "12.8"}


@pytest.mark.parametrize(
    ("settings", "seen", "level", "said"),
    [
        ("", LINUX, "", ""),
        ("device: cuda", LINUX, "bad", "names cuda, which"),
        ("device: cuda:2", CARDS, "bad", "names cuda:2, which"),
        ("devices: [cuda:1, cuda:2]", CARDS, "warn", "names cuda:2, which"),
        ("devices: [cuda:0, cuda:1]", CARDS, "", ""),
        ("devices: auto", LINUX, "", ""),
        ("device: mps", LINUX, "bad", "names mps, which"),
        ("device: mps", MAC, "", ""),
        ("device: cuda\nengine: dry-run", LINUX, "", ""),
        ("devices: none\ncluster: tls://studio", LINUX, "", ""),
        ("device: 3", LINUX, "", ""),
    ],
)
def test_devices_that_the_settings_name_and_that_are_not_there_are_found(
    layout: Layout, settings: str, seen: dict[str, Any], level: str, said: str
) -> None:
    layout.settings_file.write_text(settings)
    found = hotfolder.judge_wanted(hotfolder.wanted_devices(layout), seen)

    assert levels(found) == ({level} if level else set())
    assert said in words(found)


def test_a_python_without_torch_is_found(tmp_path: Path) -> None:
    bare = tmp_path / "python"
    bare.write_text(
        "#!/bin/sh\necho \"ModuleNotFoundError: No module named 'torch'\" >&2\nexit 1\n"
    )
    bare.chmod(0o755)

    found = hotfolder.devices(str(bare))

    assert levels(found) == {"bad"}
    assert "No module named 'torch'" in words(found)
    assert levels(hotfolder.devices(str(tmp_path / "absent"))) == {"bad"}
