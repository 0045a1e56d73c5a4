"""What the doctor asks of the machine: Python, disk, limits, clock, who we are.

Each question is one function that looks and one that judges what it was told, so that a judgement
about a Mac can be tried anywhere.
"""

from __future__ import annotations

import os
import platform
import re
import resource
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from daemon.doctor.finding import Finding, bad, ok, warn
from daemon.root.layout import Layout

_PYTHONS = ((3, 11), (3, 14))
_LITTLE_DISK = 1 << 30
_SOME_DISK = 10 << 30
_FEW_FILES = 512
_DAY = 86_400.0


@dataclass(frozen=True, slots=True)
class Python:
    """The interpreter that answers; `system` as platform.system() names it."""

    version: tuple[int, int, int]
    system: str
    machine: str
    translated: bool = False
    cellar: str | None = None


def python() -> list[Finding]:
    from daemon.service.preflight import cellar_of

    system = platform.system()
    return judge_python(
        Python(
            version=sys.version_info[:3],
            system=system,
            machine=platform.machine(),
            translated=system == "Darwin" and _translated(),
            cellar=cellar_of(Path(sys.executable)),
        )
    )


def judge_python(seen: Python) -> list[Finding]:
    named = f"{'.'.join(map(str, seen.version))} on {seen.machine}"
    findings = []
    if not _PYTHONS[0] <= seen.version[:2] < _PYTHONS[1]:
        findings.append(bad("Python", named, "Hotfolder needs Python 3.11, 3.12 or 3.13."))
    elif seen.system == "Darwin" and (seen.translated or seen.machine != "arm64"):
        why = "runs under Rosetta" if seen.translated else "is for Intel"
        findings.append(
            bad(
                "Python",
                f"{named} {why}, so the Apple GPU can't be used",
                "Make the environment with an arm64 Python (python.org, or brew under "
                "/opt/homebrew); on an Intel Mac rendering stays on the CPU.",
            )
        )
    else:
        findings.append(ok("Python", named))
    if seen.cellar:
        findings.append(
            warn(
                "Python environment",
                f"hangs on {seen.cellar}, which `brew upgrade` removes",
                "After an upgrade make the environment anew, then `hotfolder service install`.",
            )
        )
    return findings


def _translated() -> bool:
    try:
        answer = subprocess.run(
            ["sysctl", "-n", "sysctl.proc_translated"],
            capture_output=True,
            text=True,
            timeout=10,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return answer.stdout.strip() == "1"


def privileges() -> list[Finding]:
    return judge_user(os.geteuid())


def judge_user(uid: int) -> list[Finding]:
    if uid != 0:
        return []
    return [
        warn(
            "User",
            "this runs as root, which job files from others should never reach",
            "Run Hotfolder as an ordinary person.",
        )
    ]


def disk(root: Path) -> list[Finding]:
    there = next(one for one in (root, *root.parents) if one.exists())
    return judge_disk(shutil.disk_usage(there).free, root)


def judge_disk(free: int, root: Path) -> list[Finding]:
    seen = f"{free / 1e9:.1f} GB free at {root}"
    if free < _LITTLE_DISK:
        return [bad("Disk", seen, "Make room: nothing is rendered that can't be saved.")]
    if free < _SOME_DISK:
        return [warn("Disk", seen, "Fine for pictures; SDXL itself needs about 12 GB more.")]
    return [ok("Disk", seen)]


def open_files() -> list[Finding]:
    return judge_open_files(resource.getrlimit(resource.RLIMIT_NOFILE)[0])


def judge_open_files(limit: int) -> list[Finding]:
    if limit == resource.RLIM_INFINITY or limit >= _FEW_FILES:
        return [ok("Open files", f"up to {'any number' if limit < 0 else limit}")]
    return [
        warn(
            "Open files",
            f"only {limit} at a time in this shell",
            "ulimit -n 4096 before `hotfolder run`; the login service sets that itself.",
        )
    ]


# --- file events on Linux -------------------------------------------------------------------------


def inotify(proc: Path = Path("/proc")) -> list[Finding]:
    """Whether this person has file-event listeners and watches left; nothing off Linux."""
    limits = {}
    for name in ("max_user_instances", "max_user_watches"):
        try:
            limits[name] = int((proc / "sys/fs/inotify" / name).read_text())
        except (OSError, ValueError):
            return []
    instances, watches = _inotify_in_use(proc)
    return [
        *_judge_limit("max_user_instances", "File-event listeners", instances, limits),
        *_judge_limit("max_user_watches", "Watched folders", watches, limits),
    ]


def _inotify_in_use(proc: Path) -> tuple[int, int]:
    instances = watches = 0
    for process in proc.glob("[0-9]*"):
        try:
            if process.stat().st_uid != os.geteuid():
                continue  # the limits are each person's own
            numbers = os.listdir(process / "fd")
        except OSError:
            continue  # it ended meanwhile
        for number in numbers:
            try:
                if os.readlink(process / "fd" / number) != "anon_inode:inotify":  # noqa: PTH115
                    continue
                instances += 1
                text = (process / "fdinfo" / number).read_text()
            except OSError:
                continue  # it was closed meanwhile
            watches += len(re.findall(r"^inotify ", text, re.MULTILINE))
    return instances, watches


def _judge_limit(name: str, title: str, used: int, limits: dict[str, int]) -> list[Finding]:
    limit = limits[name]
    seen = f"{used} of {limit} in use"
    if used + 1 < limit * 0.9:
        return [ok(title, seen)]
    return [
        warn(
            title,
            f"{seen}; without one left a drop is noticed only at the next scan",
            f"sudo sysctl fs.inotify.{name}={max(limit * 4, 512)} "
            "(and the same line in /etc/sysctl.d/60-inotify.conf to keep it).",
        )
    ]


# --- the clock ------------------------------------------------------------------------------------


def clock(layout: Layout) -> list[Finding]:
    newest = 0.0
    for path in (layout.status_file, layout.counter_file, layout.log_file, Path(__file__)):
        try:
            newest = max(newest, path.stat().st_mtime)
        except OSError:
            continue
    return judge_clock(time.time(), newest)


def judge_clock(now: float, newest: float) -> list[Finding]:
    """`newest` is the latest time any file of ours carries; it can't lie in the future."""
    if newest - now < _DAY / 24:
        return [ok("Clock")]
    return [
        warn(
            "Clock",
            f"files of ours are {(newest - now) / 3600:.0f} h in the future, so it was set back",
            "Set the clock (automatic time); until then dates in records are not in order.",
        )
    ]
