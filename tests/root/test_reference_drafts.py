"""What a process that died left half copied or drawn beside the pictures that are kept."""

from __future__ import annotations

import os

from daemon.root.reference_drafts import ABANDONED
from daemon.spool.spool import Spool


def test_a_daemon_that_begins_takes_away_drafts_that_nobody_is_at(root):
    root.references.mkdir(exist_ok=True)
    names = (".incoming-1-2", ".asked-12ab", ".incoming-boards3", "ab" * 32)
    for name in names:
        (root.references / name).write_bytes(b"x")
    for name in (".incoming-1-2", ".asked-12ab", "ab" * 32):
        file = root.references / name
        then = file.stat().st_mtime - ABANDONED - 9
        os.utime(file, (then, then))

    Spool(root).open()

    left = {file.name for file in root.references.iterdir()}
    assert left == {".incoming-boards3", "ab" * 32}


def test_no_folder_of_references_is_no_trouble(root):
    if root.references.is_dir():
        root.references.rmdir()

    Spool(root).open()
