"""A daemon under strace, from the first claim of a small job to its end."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from faults.rig import mounted
from support.daemon import Drop

from daemon.root.create import prepare
from daemon.root.layout import Layout

JOB = "prompt: cut\nsize: 64x64\nsteps: 2\ncount: 2\n"

FOLLOWING = ("-f", "--seccomp-bpf")
"""Children too; and no call is stopped but those that are asked for: each stop hands the processor
over twice, so that on a busy machine a start of Python alone would take minutes."""


def fresh(folder: Path) -> Layout:
    layout = Layout(folder.resolve())
    prepare(layout)
    layout.settings_file.write_text("settle: 0.2\n")
    Drop(layout).whole("series/job.yaml", JOB)
    return layout


@contextmanager
def root_with_a_job(folder: Path, *, two_disks: bool) -> Iterator[Layout]:
    """`two_disks`: the inbox lies on a disk of its own, so that a claim copies."""
    if not two_disks:
        yield fresh(folder)
        return
    inbox = Layout(folder.resolve()).inbox
    inbox.mkdir(parents=True)
    with mounted("-t", "tmpfs", "-o", "size=4m", "tmpfs", at=inbox):
        yield fresh(folder)


def traced(program: str, layout: Layout, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [
            *(program, "-o", f"{layout.root}.trace", "-y", "-s", "80", *arguments),
            *(sys.executable, "-m", "daemon", "run", "--root", str(layout.root)),
            *("--engine", "dry-run", "--until-empty", "--plain"),
        ],
        capture_output=True,
        timeout=1500,
        check=False,
    )
