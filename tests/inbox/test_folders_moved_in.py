"""A real daemon hears of a folder that came by one rename, and does not wait for more of it."""

from __future__ import annotations

import shutil
import sys

import pytest
from support.daemon import pictures

JOB = "prompt: a\nsize: 64x64\nsteps: 1\n"


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only inotify tells a rename so")
def test_a_folder_moved_in_is_begun_while_one_that_is_copied_is_waited_for(root, daemon, wait):
    root.settings_file.write_text("folder_settle: 3600\n")
    away = root.root / "away" / "moved"
    (away / "scene").mkdir(parents=True)
    (away / "_defaults.yaml").write_text("seed: 7\n")
    for name in ("010.yaml", "scene/020.yaml"):
        (away / name).write_text(JOB)
    daemon()
    shutil.copytree(away, root.inbox / "copied")
    away.rename(root.inbox / "moved")
    wait(lambda: pictures(root) == ["moved/010.png", "moved/scene/020.png"])

    assert '"seed": 7' in (root.outbox / "moved" / "010.json").read_text()
    assert (root.inbox / "copied" / "010.yaml").exists()
