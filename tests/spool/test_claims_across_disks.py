"""An inbox on another disk than the spool: a claim there is a copy, and still one job."""

from __future__ import annotations

import contextlib
import errno
import os
import time
from pathlib import Path

import pytest

from daemon.fs import atomic
from daemon.fs.rename import rename_new
from daemon.spool.spool import Spool
from daemon.spool.ticket import Dropped


@pytest.mark.parametrize(("refusal", "jobs"), [(errno.ENOENT, 1), (errno.EPERM, 0)])
def test_a_claim_across_disks_is_one_job_whatever_becomes_of_the_original(
    root, monkeypatch, refusal, jobs
) -> None:
    """A locked file (copied, and never taken away), or one that was away when it was to go: deleted
    by a person, or by us, and the volume's answer was lost on its way."""
    file = root.inbox / "x.yaml"
    file.write_text("prompt: x\n")
    right = os.unlink

    def rename(path: Path, target: Path) -> None:
        if path == file:
            raise OSError(errno.EXDEV, os.strerror(errno.EXDEV), path)
        rename_new(path, target)

    def unlink(path: Path, **more: int) -> None:
        if Path(path) != file or refusal == errno.ENOENT:
            right(path, **more)
        if Path(path) == file:
            raise OSError(refusal, os.strerror(refusal), path)

    spool = Spool(root)
    spool.open()
    with monkeypatch.context() as disk:
        disk.setattr(os, "rename", rename)
        disk.setattr(atomic, "rename_new", rename)
        disk.setattr(os, "unlink", unlink)
        for _ in range(3):  # as it is tried again
            with contextlib.suppress(OSError):
                spool.claim(
                    Dropped(file, "", False, time.monotonic(), time.time()), wall=time.time()
                )
                break

    assert len(Spool(root).recover()) == jobs
    assert file.exists() == (not jobs)
