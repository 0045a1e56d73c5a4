"""Main memory that this process may have, and what of it is free: a container's or a service's
share where that is less than the machine's.

Linux holds groups of processes to a limit and ends whoever goes beyond it, without a word to them;
the machine's own figures say nothing of that. Knows both forms of groups (v1 and v2).
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from daemon.fs.read import read_file

OWN_GROUPS = Path("/proc/self/cgroup")
GROUPS = Path("/sys/fs/cgroup")
MACHINE = Path("/proc/meminfo")


@dataclass(frozen=True, slots=True)
class _Form:
    """How a form of groups calls what is asked here."""

    folder: str
    limit: str
    taken: str
    given_back: str
    """Of what is taken, copies of files that the system gives back before it ends anybody."""


_V1 = _Form("memory", "memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file")
_V2 = _Form("", "memory.max", "memory.current", "inactive_file")


def main_memory() -> int:
    """All the bytes this process could have."""
    limits = [limit for limit, _ in _limits()]
    return min([os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"), *limits])


def free_memory() -> int:
    """About how many it could still have; where the system does not say, a quarter of it all."""
    here = [limit - taken for limit, taken in _limits()]
    machine = _available()
    return max(0, min([main_memory() // 4 if machine is None else machine, *here]))


def _available() -> int | None:
    with contextlib.suppress(OSError, ValueError, IndexError):
        for line in _text(MACHINE).splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
    return None


def _limits() -> Iterator[tuple[int, int]]:
    """(limit, taken of it) of this process's group and of those that one is in."""
    try:
        lines = _text(OWN_GROUPS).splitlines()
    except OSError:
        return
    for line in lines:
        _, _, rest = line.partition(":")
        kinds, _, path = rest.partition(":")
        if kinds and _V1.folder not in kinds.split(","):
            continue
        form = _V1 if kinds else _V2
        top = GROUPS / form.folder
        group = top / path.lstrip("/")
        for folder in (group, *group.parents):
            if not folder.is_relative_to(top):
                break
            with contextlib.suppress(OSError, ValueError, IndexError):  # "max": none
                yield int(_text(folder / form.limit)), _taken(folder, form)


def _taken(folder: Path, form: _Form) -> int:
    taken = int(_text(folder / form.taken))
    for line in _text(folder / "memory.stat").splitlines():
        name, _, number = line.partition(" ")
        if name == form.given_back:
            return taken - int(number)
    return taken


def _text(path: Path) -> str:
    """Raises OSError, ValueError."""
    return read_file(path).decode("utf-8")
