"""What the doctor finds about folders: rights, volumes, services that keep them in step, leavings."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from support.daemon import HANG
from support.findings import levels, words
from support.places import HOME

from daemon.doctor import folders
from daemon.root.layout import Layout


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
