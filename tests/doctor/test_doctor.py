"""The doctor: real folders, a real child asking torch, and judgements about machines we lack."""

from __future__ import annotations

import errno
import fcntl
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import watchdog.events
import watchdog.observers
from support.daemon import HANG
from support.places import HOME

from daemon.doctor import Finding, examine, folders, hotfolder, machine, report
from daemon.doctor.machine import Python
from daemon.root.layout import Layout


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    layout = Layout(tmp_path / "root")
    for folder in layout.folders():
        folder.mkdir(parents=True, exist_ok=True)
    return layout


def levels(findings: list[Finding]) -> set[str]:
    return {finding.level for finding in findings}


def words(findings: list[Finding]) -> str:
    return " ".join(f"{f.title} {f.detail} {f.remedy}" for f in findings)


# --- the whole examination -----------------------------------------------------------------------


def test_a_sound_machine_is_told_so_without_importing_torch(layout: Layout) -> None:
    code = (
        "import sys, json\nfrom pathlib import Path\nfrom daemon.doctor import examine\n"
        "found = examine(Path(sys.argv[1]))\n"
        "print(json.dumps([[f.level, f.title, f.detail, f.remedy] for f in found]))\n"
        "heavy = {'torch', 'diffusers', 'transformers', 'watchdog', 'loguru'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    environment = {**os.environ, "HOME": str(layout.root.parent), "OMP_NUM_THREADS": "1"}
    answer = subprocess.run(
        [sys.executable, "-c", code, str(layout.root)],
        cwd=HOME, capture_output=True, text=True, timeout=HANG, env=environment,
    )  # fmt: skip

    assert answer.returncode == 0, answer.stderr
    found = [Finding(*row) for row in json.loads(answer.stdout)]
    titles = {finding.title for finding in found}
    assert {"Python", "Device", "Settings", "Model", "Root", "Disk", "Daemon", "Service"} <= titles
    assert "could not be examined" not in words(found)


def test_importing_the_doctor_is_cheap() -> None:
    code = (
        "import sys, daemon.doctor\n"
        "heavy = {'torch', 'pydantic', 'yaml', 'PIL', 'rich', 'loguru', 'watchdog'}\n"
        "assert not heavy & set(sys.modules), heavy & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", code], cwd=HOME, check=True, timeout=HANG)


@pytest.mark.usefixtures("no_torch")
def test_a_check_that_falls_over_is_a_finding_and_the_others_go_on(layout: Layout) -> None:
    layout.status_file.write_text(json.dumps({"state": "idle", "heartbeat_unix": 10**400}))
    with layout.lock_file.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        found = examine(layout.root)

    assert any("could not be examined" in f.detail for f in found if f.title == "Daemon")
    assert found[-1].title == "Service"


@pytest.mark.usefixtures("no_torch")
def test_every_finding_that_is_not_well_says_how_to_mend_it(layout: Layout) -> None:
    layout.settings_file.write_text("modell: sketch\n")
    layout.inbox.chmod(0o777)

    for finding in examine(layout.root):
        assert finding.level == "ok" or (finding.detail and finding.remedy), finding


def test_the_report_is_one_line_for_what_is_well_and_two_for_what_is_not() -> None:
    told = report([Finding("ok", "Disk", "9 GB"), Finding("bad", "Model", "gone", "Fetch it.")])

    assert told == [
        "  ok    Disk: 9 GB", "  BAD   Model: gone", "        -> Fetch it.", "",
        "1 to mend, 0 worth knowing.",
    ]  # fmt: skip
    assert report([Finding("ok", "Disk")])[-1] == "All is well."


# --- folders -------------------------------------------------------------------------------------


def test_a_root_in_order_is_one_line_and_leaves_no_trace(layout: Layout) -> None:
    before = sorted(layout.root.rglob("*"))

    found = folders.folders(layout)

    assert [f.level for f in found] == ["ok"]
    assert sorted(layout.root.rglob("*")) == before


def test_a_root_that_is_not_there_yet_is_no_trouble(tmp_path: Path) -> None:
    found = folders.folders(Layout(tmp_path / "new"))

    assert levels(found) == {"ok"}
    assert not (tmp_path / "new").exists()


def test_a_file_or_a_dangling_link_in_a_folders_place_is_found(layout: Layout) -> None:
    layout.done.rmdir()
    layout.done.write_text("x")
    layout.failed.rmdir()
    layout.failed.symlink_to("nowhere")

    found = folders.folders(layout)

    assert levels(found) == {"bad"}
    assert "move it away" in words(found)
    assert "leads nowhere" in words(found)


def test_a_folder_we_may_not_use_is_found(layout: Layout, tmp_path: Path) -> None:
    """As an ordinary person: root may do everything, so root lets go of that first."""
    code = (
        "import os, sys\nfrom pathlib import Path\n"
        "from daemon.doctor import folders\nfrom daemon.root.layout import Layout\n"
        "os.geteuid() or os.setuid(65534)\n"
        "[print(f.level, f.detail, f.remedy) for f in folders.folders(Layout(Path(sys.argv[1])))]\n"
    )
    folder = tmp_path
    while folder != folder.parent and os.geteuid() == 0 and str(folder) != "/tmp":
        folder.chmod(0o755)
        folder = folder.parent
    for path in (layout.root, *layout.folders()):
        path.chmod(0o777)
    layout.outbox.chmod(0o500)
    layout.control.chmod(0o500)
    answer = subprocess.run(
        [sys.executable, "-c", code, str(layout.root)],
        cwd=HOME, capture_output=True, text=True, timeout=HANG,
    )  # fmt: skip
    layout.outbox.chmod(0o755)
    layout.control.chmod(0o755)

    assert answer.returncode == 0, answer.stderr
    assert str(layout.outbox) in answer.stdout
    assert str(layout.control) in answer.stdout
    assert str(layout.done) not in answer.stdout


def test_a_privacy_refusal_and_an_ordinary_one_get_different_cures(tmp_path: Path) -> None:
    def cure(number: int, system: str) -> str:
        error = OSError(number, "übersetzt")
        return words([folders.judge_refusal(error, tmp_path, system)])

    assert "Full Disk Access" in cure(errno.EPERM, "Darwin")
    assert "chmod" in cure(errno.EACCES, "Darwin")
    assert "chmod" in cure(errno.EPERM, "Linux")
    assert "read-only" in cure(errno.EROFS, "Linux")
    assert "make room" in cure(errno.ENOSPC, "Linux")
    assert "Look at that folder" in cure(errno.EIO, "Linux")


def test_an_inbox_open_to_everyone_is_found(layout: Layout) -> None:
    layout.inbox.chmod(0o755)
    assert folders.sharing(layout) == []

    layout.inbox.chmod(0o777)
    assert "chmod o-w" in words(folders.sharing(layout))


MOUNTINFO = r"""22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw
40 22 0:35 / /home/you/with\040space rw - nfs4 server:/export rw,vers=4.2
41 22 0:36 / /mnt/phone rw shared:3 master:1 - fuse.sshfs me@host:/ rw
42 22 0:37 / /mnt/win rw - fuse.fuseblk /dev/sdb1 rw
garbage
"""
MOUNT = """/dev/disk3s1s1 on / (apfs, sealed, local, read-only, journaled)
/dev/disk3s5 on /System/Volumes/Data (apfs, local, journaled, nobrowse)
//me@server/share on /Volumes/my share (smbfs, nodev, nosuid, mounted by you)
map auto_home on /System/Volumes/Data/home (autofs, automounted, nobrowse)
"""


@pytest.mark.parametrize(
    ("place", "found"),
    [
        ("/home/you/Hotfolder/inbox", False),
        ("/home/you/with space/Hotfolder/inbox", True),
        ("/mnt/phone/inbox", True),
        ("/mnt/win/inbox", False),
    ],
)
def test_a_network_volume_is_known_by_its_mount_on_linux(place: str, found: bool) -> None:
    table = folders.parse_mountinfo(MOUNTINFO)

    findings = folders.judge_place(Path(place), folders.filesystem_of(Path(place), table))
    assert ("network volume" in words(findings)) is found


def test_a_network_volume_is_known_by_its_mount_on_macos() -> None:
    table = folders.parse_mount(MOUNT)

    assert table["/Volumes/my share"] == "smbfs"
    assert folders.filesystem_of(Path("/Volumes/my share/inbox"), table) == "smbfs"
    assert folders.filesystem_of(Path("/Users/you/inbox"), table) == "apfs"


def test_a_folder_a_cloud_service_keeps_in_step_is_found() -> None:
    findings = folders.judge_place(Path("/home/you/Dropbox (Studio)/h/inbox"), "ext4")

    assert "synchronised by Dropbox (Studio)" in words(findings)
    assert folders.judge_place(Path("/home/you/Hotfolder/inbox"), "ext4") == []


def test_this_machines_own_mounts_can_be_read() -> None:
    import platform

    assert folders.filesystem_of(HOME, folders.mounts(platform.system()))


def test_claimed_jobs_and_old_unfinished_files_of_a_stopped_daemon_are_found(
    layout: Layout,
) -> None:
    (layout.spool / "000042").mkdir()
    old = layout.stage / "half.png"
    old.write_bytes(b"x")
    (layout.stage / "new.png").write_bytes(b"x")
    os.utime(old, (time.time() - 3 * 86_400,) * 2)

    found = words(folders.leftovers(layout, running=False))

    assert "1 claimed" in found
    assert "1 unfinished" in found
    assert folders.leftovers(layout, running=True) == []


# --- the machine ---------------------------------------------------------------------------------


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


# --- Hotfolder itself ----------------------------------------------------------------------------


def test_settings_that_can_not_be_read_are_named_with_their_mistake(layout: Layout) -> None:
    layout.settings_file.write_text("modell: sketch\n")

    found = hotfolder.settings_and_model(layout)

    assert levels(found) == {"bad"}
    assert "modell" in words(found)


def test_a_model_that_is_not_here_is_named_with_the_way_to_get_it(layout: Layout) -> None:
    layout.settings_file.write_text("model: sdxl-of-mine\n")

    found = hotfolder.settings_and_model(layout)

    assert [f.level for f in found] == ["ok", "bad"]
    assert "hotfolder models pull" in words(found)


def test_a_model_whose_file_was_changed_is_found_by_its_hash(layout: Layout) -> None:
    model = layout.root / "shelf" / "mine"
    model.mkdir(parents=True)
    (model / "mine.safetensors").write_bytes(b"weights")
    (model / "card.yaml").write_text("name: mine\nhashes: {mine.safetensors: 'ab'}\n")
    layout.settings_file.write_text("model: mine\nmodels: [shelf]\n")

    found = hotfolder.settings_and_model(layout)

    assert "bad" in levels(found)
    assert "mine.safetensors differs" in words(found)


def test_the_dry_run_engine_needs_no_model(layout: Layout) -> None:
    layout.settings_file.write_text("engine: dry-run\nmodel: nowhere\n")

    assert levels(hotfolder.settings_and_model(layout)) == {"ok"}


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


@pytest.mark.parametrize(
    ("snapshot", "level", "said"),
    [
        (None, "ok", "not reported"),
        ({"state": "idle", "heartbeat_unix": 995}, "ok", "running, idle"),
        ({"state": "rendering", "heartbeat_unix": 900}, "bad", "silent for 100 s"),
        ({"state": "starting", "heartbeat_unix": 900}, "ok", "starting"),
        ({"state": "blocked", "reason": "no model", "heartbeat_unix": 999}, "bad", "no model"),
        ({"state": "paused", "heartbeat_unix": 999}, "warn", "hotfolder resume"),
        ({}, "ok", "unknown"),
    ],
)
def test_what_a_daemon_says_of_itself_is_judged(
    snapshot: dict[str, Any] | None, level: str, said: str
) -> None:
    found = hotfolder.judge_daemon(snapshot, 1_000)

    assert levels(found) == {level}
    assert said in words(found)


def test_a_daemon_is_known_by_its_lock_and_not_by_its_leavings(layout: Layout) -> None:
    layout.status_file.write_text(json.dumps({"state": "idle", "heartbeat_unix": time.time()}))
    layout.lock_file.write_text("1\n")
    assert "none is running" in words(hotfolder.daemon(layout))

    with layout.lock_file.open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert "running, idle" in words(hotfolder.daemon(layout))
