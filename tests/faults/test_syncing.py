"""The order of syncing: content, then name, then folder, as strace sees it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from faults.rig import figure, strace
from faults.tracing import FOLLOWING, JOB, traced
from support.daemon import Drop
from support.levels import counts

from daemon.root.create import prepare
from daemon.root.layout import Layout

_LINE = re.compile(r"^(\d+)\s+(\w+)\((.*)\)\s+=\s+(-?\d+)")


def test_every_name_that_matters_is_synced_before_and_after(tmp_path):
    """Content, then name, then folder, for every claim, publication, archived file and record."""
    program = strace()
    layout = Layout((tmp_path / "root").resolve())
    prepare(layout)
    jobs = counts(3, 20, 100)
    for number in range(jobs):
        Drop(layout).whole(f"job{number}.yaml", JOB)
    calls = "write,pwrite64,fsync,rename,renameat,renameat2,link,linkat,unlink"
    traced(program, layout, *FOLLOWING, "-e", f"trace={calls}")
    lines = Path(f"{layout.root}.trace").read_text("utf-8", "replace").splitlines()
    names, faults = violations(lines, layout)
    figure(
        "fsync order (content, name, folder), by strace",
        "dry-run",
        f"{names} names, {len(faults)} violations",
    )
    assert names >= jobs * 8
    assert not faults, faults[:5]


def whole(lines: list[str]) -> Iterator[str]:
    """The trace with every call that another thread interrupted put together again, at its end."""
    begun: dict[str, str] = {}
    for line in lines:
        pid = line.split(" ", 1)[0]
        if line.endswith("<unfinished ...>"):
            begun[pid] = line.removesuffix("<unfinished ...>").rstrip()
        elif "resumed>" in line and pid in begun:
            yield begun.pop(pid) + line.split("resumed>", 1)[1]
        else:
            yield line


def violations(lines: list[str], layout: Layout) -> tuple[int, list[str]]:
    """How many durable names were made, and what was wrong with the order of their syncs."""
    unsynced: set[str] = set()
    open_folders: dict[str, str] = {}
    names, faults = 0, []
    for line in whole(lines):
        found = _LINE.match(line)
        if found is None or int(found[4]) < 0:
            continue
        call, arguments = found[2], found[3]
        if call in ("write", "pwrite64"):
            unsynced.update(re.findall(r"^\d+<([^>]+)>", arguments))
        elif call == "fsync":
            for path in re.findall(r"^\d+<([^>]+)>", arguments):
                unsynced.discard(path)
                open_folders.pop(path, None)
        elif call.startswith(("rename", "link")):
            quoted = re.findall(r'"([^"]+)"', arguments)
            if len(quoted) != 2:
                continue
            source, target = quoted
            dirty = source in unsynced
            unsynced.discard(source)
            if dirty:
                unsynced.add(target)
            if not matters(target, layout):
                continue
            names += 1
            if dirty:
                faults.append(f"content not synced before: {line[:300]}")
            open_folders[str(Path(target).parent)] = line
        elif call == "unlink" and re.search(r"/spool/\d+/|outcome.json", arguments):
            # A claimed job's folder goes last of all: whatever it led to must be on the disk.
            faults += [
                f"folder not synced: {late[:300]}"
                for late in open_folders.values()
                if "/done/" in late or "/outbox/" in late
            ]
            open_folders.clear()
    return names, faults


def matters(target: str, layout: Layout) -> bool:
    schema = layout.state / "job.schema.json"  # written anew at every start
    unsynced_on_purpose = (layout.status_file, layout.counter_file, schema)
    if any(target == str(path) for path in unsynced_on_purpose) or "/control/" in target:
        return False
    if "/outbox/.answers/" in target:  # the journal says it all, and is asked at the next start
        return False
    return target.startswith(str(layout.root)) and "/logs/" not in target
