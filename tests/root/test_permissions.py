"""What is more open than it need be is said at the start, and refuses nothing."""

from __future__ import annotations

import os
import stat

from support.daemon import pictures

from daemon.root.permissions import exposures


def test_an_inbox_that_everyone_may_write_to_is_told_and_served(root, drop, daemon, wait):
    root.inbox.chmod(0o777)
    child = daemon()
    drop.whole("open.yaml", "prompt: open\nsize: 64x64\n")
    wait(lambda: (root.done / "open.yaml").exists())

    assert "every user of this machine may write into" in child.log()
    assert pictures(root) == ["open.png"]


def test_running_as_root_is_told_and_nobody_else_is_warned(root):
    told = exposures(root)

    assert len(told) == (1 if os.geteuid() == 0 else 0)


def test_what_is_claimed_is_for_its_owner_alone(root):
    assert stat.S_IMODE(root.state.stat().st_mode) == 0o700
