"""What the doctor asks of a root's folders: are they there, ours to use, and on a disk that suits?

Permission is tried, not asked: a list, a write. On macOS a privacy refusal (EPERM) and an ordinary
one (EACCES) need different cures, so they are told apart by number, never by their text.
"""

from __future__ import annotations

import contextlib
import errno
import os
import platform
import re
import stat
import subprocess
import time
from pathlib import Path

from daemon.doctor.finding import Finding, bad, ok, warn
from daemon.root.layout import Layout

_NETWORK = re.compile(r"nfs\d?|cifs|smb\w*|afpfs|webdav|davfs|9p|afs|ceph|glusterfs|fuse\.\w+")
_LOCAL_FUSE = ("fuse.fuseblk", "fuse.portal", "fuse.gvfsd-fuse")
_CLOUDS = ("dropbox", "onedrive", "google drive", "googledrive", "nextcloud", "icloud drive")
_PROBE = ".hotfolder-probe"
_OLD = 86_400.0


def folders(layout: Layout) -> list[Finding]:
    """Every folder of the root: there, listable, writable."""
    if not layout.root.exists():
        return [ok("Root", f"{layout.root} is not there yet; the first `hotfolder run` makes it")]
    findings = []
    for folder in (layout.root, *layout.folders()):
        # The state's folders are the daemon's alone; a stray file there could be misread.
        trouble = _trouble(folder, probe=layout.state not in (folder, *folder.parents))
        if trouble is not None:
            findings.append(judge_refusal(trouble, folder, platform.system()))
    return findings or [ok("Root", f"{layout.root}: every folder can be read and written")]


def _trouble(folder: Path, *, probe: bool) -> OSError | None:
    """What goes wrong when `folder` is used; None if nothing does, or if it is still to be made."""
    if not os.path.lexists(folder):
        return None
    file = folder / f"{_PROBE}-{os.getpid()}"
    try:
        with os.scandir(folder) as entries:
            next(entries, None)
        if not probe:
            return _denied(folder)
        os.close(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        file.unlink()
    except OSError as error:
        with contextlib.suppress(OSError):
            file.unlink()
        return error
    return None


def _denied(folder: Path) -> OSError | None:
    if os.access(folder, os.W_OK | os.X_OK):
        return None
    return PermissionError(errno.EACCES, os.strerror(errno.EACCES))


def judge_refusal(error: OSError, folder: Path, system: str) -> Finding:
    """What an errno means for a folder, and its cure."""
    if error.errno == errno.EPERM and system == "Darwin":
        return bad(
            "Folder",
            f"macOS privacy protection is closing {folder} to this program",
            "Move the root out of Desktop, Documents, Downloads, iCloud and other volumes "
            "(hotfolder --root ~/Hotfolder), or add this Python in System Settings > Privacy & "
            "Security > Full Disk Access and start Hotfolder again.",
        )
    if error.errno in (errno.EACCES, errno.EPERM):
        owner = _owner(folder)
        mine = owner is None or owner == os.geteuid()
        return bad(
            "Folder",
            f"no permission to use {folder}" + ("" if mine else f", which belongs to user {owner}"),
            f"chmod u+rwx '{folder}'" if mine else f"sudo chown -R $(id -u) '{folder}'",
        )
    cures = {
        errno.ENOTDIR: "Something else has that name; move it away.",
        errno.EROFS: "The disk is mounted read-only; choose another root.",
        errno.ENOSPC: "The disk is full; make room.",
        errno.EDQUOT: "Your quota is used up; make room.",
        errno.ENOENT: "The link leads nowhere; remove it or make what it points to.",
        errno.ELOOP: "The link leads to itself; remove it.",
    }
    cure = cures.get(error.errno or 0, "Look at that folder; Hotfolder can't use it as it is.")
    return bad("Folder", f"{folder}: {error.strerror}", cure)


def _owner(folder: Path) -> int | None:
    try:
        return folder.stat().st_uid
    except OSError:
        return None


def sharing(layout: Layout) -> list[Finding]:
    """Whether strangers can drop files here."""
    try:
        mode = layout.inbox.stat().st_mode
    except OSError:
        return []
    if not mode & stat.S_IWOTH:
        return []
    return [
        warn(
            "Inbox",
            f"{layout.inbox} can be written by everyone on this machine",
            f"chmod o-w '{layout.inbox}'",
        )
    ]


def disks(layout: Layout) -> list[Finding]:
    """Whether the root lies where files come and go in ways of their own."""
    from daemon.service.preflight import protected_by

    system, inbox = platform.system(), layout.inbox
    findings = judge_place(inbox, filesystem_of(inbox, mounts(system)))
    guarded = protected_by(inbox, Path.home()) if system == "Darwin" else None
    if guarded is not None:
        findings.append(
            warn(
                "Inbox",
                f"{inbox} lies in {guarded}, which the login service may not read",
                "Use ~/Hotfolder: hotfolder --root ~/Hotfolder service install.",
            )
        )
    return findings


def judge_place(inbox: Path, filesystem: str | None) -> list[Finding]:
    findings = []
    if filesystem and filesystem not in _LOCAL_FUSE and _NETWORK.fullmatch(filesystem):
        findings.append(
            warn(
                "Inbox",
                f"{inbox} is on a network volume ({filesystem}): no file events from other "
                "machines, and locks may not hold",
                "It works through scans; run one daemon only, and prefer a local root.",
            )
        )
    cloud = next((part for part in inbox.parts if part.casefold().startswith(_CLOUDS)), None)
    if cloud:
        findings.append(
            warn(
                "Inbox",
                f"{inbox} is synchronised by {cloud}, which may swap files for placeholders",
                "Prefer a root outside it, and copy finished pictures there.",
            )
        )
    return findings


def mounts(system: str) -> dict[str, str]:
    """Mount point -> filesystem; empty if the machine won't say."""
    with contextlib.suppress(OSError, subprocess.TimeoutExpired):
        if system == "Linux":
            return parse_mountinfo(Path("/proc/self/mountinfo").read_text())
        answer = subprocess.run(["mount"], capture_output=True, text=True, timeout=10, check=False)
        return parse_mount(answer.stdout)
    return {}


def parse_mountinfo(text: str) -> dict[str, str]:
    """Linux: field 5 is the place, the first after the lone dash the filesystem."""
    table = {}
    for line in text.splitlines():
        before, dash, after = line.partition(" - ")
        fields = before.split(" ")
        if dash and len(fields) > 4:
            place = re.sub(r"\\(\d{3})", lambda code: chr(int(code[1], 8)), fields[4])
            table[place] = after.split(" ")[0]
    return table


def parse_mount(text: str) -> dict[str, str]:
    """macOS: `//me@server/share on /Volumes/share (smbfs, nodev, nosuid)`."""
    found = re.findall(r"^.+? on (/.*?) \((\w+)[,)]", text, re.MULTILINE)
    return dict(found)


def filesystem_of(path: Path, table: dict[str, str]) -> str | None:
    """The filesystem of the deepest mount point above `path`."""
    resolved = path.resolve()
    for place in (resolved, *resolved.parents):
        if str(place) in table:
            return table[str(place)]
    return None


def leftovers(layout: Layout, *, running: bool) -> list[Finding]:
    """Claimed jobs and unfinished files of a daemon that no longer runs."""
    if running:
        return []
    findings = []
    claimed = _entries(layout.spool)
    if claimed:
        findings.append(ok("Spool", f"{len(claimed)} claimed; the next start takes them up again"))
    limit = time.time() - _OLD
    old = [path for path in _entries(layout.stage) if path.lstat().st_mtime < limit]
    if old:
        findings.append(
            warn(
                "Stage",
                f"{len(old)} unfinished older than a day in {layout.stage}",
                "Start the daemon: it finishes or removes them.",
            )
        )
    return findings


def _entries(folder: Path) -> list[Path]:
    try:
        return [path for path in folder.iterdir() if not path.name.startswith(".")]
    except OSError:
        return []


def logs(layout: Layout) -> list[Finding]:
    """Whether the log files themselves can be written."""
    locked = [
        path
        for path in (layout.log_file, layout.jsonl_file)
        if path.exists() and not os.access(path, os.W_OK)
    ]
    return [
        bad("Log", f"{path} can't be written", f"chmod u+w '{path}' (or remove it).")
        for path in locked
    ]
