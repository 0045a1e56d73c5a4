"""The supervisor stopped or refused at every system call that changes a file, one after another.

strace does it from outside: no line of the daemon knows of it. Only the supervisor's own thread is
traced, which is the only one of it that changes files.
"""

from __future__ import annotations

import contextlib
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
from faults.rig import check, facts, figure, finish, strace
from faults.tracing import fresh, root_with_a_job, traced
from support.daemon import HANG, pictures
from support.levels import counts

from daemon.root.layout import Layout

MUTATING = (
    "mkdir,mkdirat,rename,renameat,renameat2,link,linkat,symlink,symlinkat,unlink,unlinkat,rmdir,"
    "write,pwrite64,ftruncate,truncate,fsync,fdatasync,fchmod,chmod,fchmodat"
)


def life_of_a_job(program: str, layout: Layout) -> list[tuple[str, int]]:
    """(system call, its how-manyeth) of each change below the root in one job's life; the log's and
    the snapshot's own writes are left out, and what the system refused."""
    traced(program, layout, "-e", f"trace={MUTATING}")
    seen: Counter[str] = Counter()
    points = []
    for line in Path(f"{layout.root}.trace").read_text("utf-8", "replace").splitlines():
        found = re.match(r"(\w+)\(", line)
        if found is None:
            continue
        seen[found[1]] += 1
        if str(layout.root) in line and not re.search(r"/logs/|status\.json|heartbeat| = -1", line):
            points.append((found[1], seen[found[1]]))
    return points


def spread(points: list, number: int) -> list:
    """So many of them, evenly."""
    return (
        [points[i * len(points) // number] for i in range(number)]
        if number < len(points)
        else points
    )


TRIES = 8
"""How often a call is aimed at: status and log are written by the clock, in varying number, and a
life that has fewer of them than the one that was counted is over before it gets there. It is counted
anew then, and an eighth earlier is aimed at each time: the last try meets one of the first calls."""


@pytest.mark.timeout(3600)
@pytest.mark.parametrize(
    ("two_disks", "taken_away"),
    [(False, False), (True, False), (False, True)],
    ids=["one disk", "two disks", "pictures taken away"],
)
def test_a_supervisor_killed_at_any_system_call_leaves_nothing_to_mend(
    tmp_path, two_disks, taken_away
):
    """Nor where what it had published by then is taken away before the next one starts."""
    program = strace()
    cut = two_disks or taken_away
    number = counts(None, 12, 10_000) if cut else counts(3, 40, 10_000)
    with root_with_a_job(tmp_path / "life", two_disks=two_disks) as layout:
        every = life_of_a_job(program, layout)
    points = spread(list(range(len(every))), number)
    clean, hit, dirty = 0, 0, []
    for point in points:
        for again in range(TRIES):
            folder = tmp_path / f"{point:03d}-{again}"
            if again:  # it was over before that call: count anew how many there are by then
                with root_with_a_job(folder / "life", two_disks=two_disks) as layout:
                    every = life_of_a_job(program, layout)
            call, when = every[min(point, len(every) - 1)]
            when = max(1, when - when * again // TRIES)
            with root_with_a_job(folder / "cut", two_disks=two_disks) as layout:
                struck, fault = killed_at(program, layout, call, when, taken_away=taken_away)
            if struck or fault:
                break
        hit += struck
        clean += fault is None
        dirty += [fault] if fault else []
    figure(
        f"supervisor killed at each of {len(points)} of the {len(every)} file-changing system calls of a job's life"
        + (", inbox on another disk" if two_disks else "")
        + (", published pictures taken away before the next start" if taken_away else ""),
        "dry-run",
        f"{clean} of {len(points)} clean, {hit} hit",
    )
    assert not dirty, dirty[:3]
    assert hit == len(points)


def killed_at(
    program: str, layout: Layout, call: str, when: int, *, taken_away: bool
) -> tuple[bool, tuple | None]:
    """Whether the supervisor was killed at this call, and what is wrong once the next has served."""
    inject = f"inject={call}:signal=KILL:when={when}"
    ended = traced(program, layout, "-e", f"trace={call}", "-e", inject)
    taken = pictures(layout) if taken_away else []
    for name in taken:
        (layout.outbox / name).rename(layout.root / Path(name).name)
    code = finish(layout)
    tally = check(layout, {"job": 2}, moved=len(taken))
    tally.duplicated += max(0, len(pictures(layout)) + len(taken) - 2)
    struck = ended.returncode in (-signal.SIGKILL, 128 + signal.SIGKILL)
    return struck, None if code == 0 and tally.clean else (
        call,
        when,
        code,
        str(tally),
        facts(layout),
    )


ERRORS = (
    ("openat", "EMFILE"),
    ("fsync", "EIO"),
    ("write", "ENOSPC"),
    ("rename", "EIO"),
    ("renameat2", "EIO"),
    ("renameat2", "EINVAL"),
    ("link", "ENOSPC"),
    ("linkat", "ENOSPC"),
    ("mkdir", "EDQUOT"),
    ("unlink", "EIO"),
)


def calls_after_start(program: str, folder: Path) -> dict[str, list[int]]:
    """How-manyeth calls of each kind in `ERRORS` touch the root once the daemon serves it."""
    layout = fresh(folder / "life")
    numbers: dict[str, list[int]] = {call: [] for call, _ in ERRORS}
    traced(program, layout, "-e", f"trace={','.join(numbers)}")
    seen: Counter[str] = Counter()
    for line in Path(f"{layout.root}.trace").read_text("utf-8", "replace").splitlines():
        call = line.partition("(")[0]
        seen[call] += 1
        if call in numbers and f"{layout.root}/" in line and "/logs/" not in line:
            numbers[call].append(seen[call])
    return numbers


@pytest.mark.timeout(3600)
def test_a_system_call_that_fails_once_costs_no_job(tmp_path):
    """Disk full, quota, too many files, I/O errors: at claim, plan, publish, journal, status."""
    program = strace()
    clean, dirty = 0, []
    numbers = calls_after_start(program, tmp_path)
    points = [(call, error, when) for call, error in ERRORS for when in numbers[call]]
    points = spread(points, counts(3, 30, 150))
    for number, (call, error, when) in enumerate(points):
        layout = fresh(tmp_path / f"{number:03d}")
        inject = f"inject={call}:error={error}:when={when}"
        code = until_done(program, layout, f"trace={call}", inject)
        code = (
            finish(layout)
            if code == 0 or not (layout.done / "series" / "job.yaml").exists()
            else code
        )
        tally = check(layout, {"job": 2})
        if code == 0 and tally.clean:
            clean += 1
        else:
            dirty.append((call, error, when, code, str(tally), facts(layout)))
    figure(
        "one system call of a job's life fails (ENOSPC, EIO, EMFILE, EDQUOT)",
        "dry-run",
        f"{clean} of {len(points)} clean",
    )
    assert not dirty, dirty[:3]


@pytest.mark.parametrize("error", ["EMFILE", "EIO"])
@pytest.mark.parametrize("when", [1, 2, 3, 4, 5])
def test_a_root_whose_marker_is_refused_once_is_not_taken_to_be_away_for_ever(
    tmp_path, when, error
):
    """Only opens of that file are counted, from the first at the start on. Where it is the daemon's end,
    whoever keeps it alive starts it again."""
    program, layout = strace(), fresh(tmp_path / "root")
    refused = f"inject=openat:error={error}:when={when}"
    code = until_done(program, layout, "trace=openat", refused, path=layout.id_file)
    assert "INJECTED" in Path(f"{layout.root}.trace").read_text("utf-8", "replace")
    assert code == 0 or finish(layout) == 0
    assert check(layout, {"job": 2}).clean


def until_done(program: str, layout: Layout, *expressions: str, path: Path | None = None) -> int:
    """Serve until the job is done by itself; 0 if it was. Only calls about `path` are traced, if it
    is given, and then the one that fails is waited for, too: how soon it comes is the machine's."""
    trace = Path(f"{layout.root}.trace")
    child = subprocess.Popen(
        [
            *(program, "-o", str(trace)),
            *(word for expression in expressions for word in ("-e", expression)),
            *(("-P", str(path)) if path is not None else ()),
            *(sys.executable, "-m", "daemon", "run", "--root", str(layout.root)),
            *("--engine", "dry-run", "--service"),
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        return _waited_for(child, layout, trace if path is not None else None)
    finally:
        child.kill()  # only where a look at it has failed
        child.wait()


def _waited_for(child: subprocess.Popen[bytes], layout: Layout, trace: Path | None) -> int:
    end = time.monotonic() + HANG
    while time.monotonic() < end and child.poll() is None:
        met = trace is None or (
            trace.exists() and "INJECTED" in trace.read_text("utf-8", "replace")
        )
        if met and (layout.done / "series" / "job.yaml").exists():
            break
        time.sleep(0.05)
    gone = child.poll()
    done = (layout.done / "series" / "job.yaml").exists()
    if gone is None:
        time.sleep(0.3)
        daemon = Path(f"/proc/{child.pid}/task/{child.pid}/children").read_text().split()
        for pid in daemon:
            subprocess.run(["kill", "-TERM", pid], check=False)
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(HANG)
    return 0 if done and gone is None else 1
