"""Files that change, grow or come again while they wait: each is taken when it is whole, and once."""

from __future__ import annotations

import os
import sys
import time
from datetime import datetime
from itertools import count

from PIL import Image
from support.daemon import hotfolder, pictures, record

from daemon.inbox.inspection import PATIENCE_WITH_SYNTAX
from daemon.jobs.duplicates import SECOND_SAVE


def test_a_half_written_file_is_left_alone_until_it_is_closed(root, drop, daemon, wait):
    # Longer than any pause on a machine however busy; where a close is told, nothing waits for it.
    settle = 600 if sys.platform.startswith("linux") else 5
    root.settings_file.write_text(f"settle: {settle}\n")
    daemon()
    drop.slowly("slow.yaml", ["prompt: a red", " circle", " on white\nsteps: 2", "0\n"], 0.8)
    wait(lambda: (root.done / "slow.yaml").exists())

    assert record(root, "slow")["job"]["prompt"] == "a red circle on white"
    assert record(root, "slow")["job"]["steps"] == 20
    assert len(pictures(root)) == 1


def test_a_file_that_does_not_parse_yet_gets_time_to_become_one(root, drop, daemon, wait):
    daemon()

    def is_mended_in_time(name: str) -> bool:
        """A machine may be so busy that we come too late ourselves."""
        begun = time.monotonic()
        drop.whole(f"{name}.yaml", "prompt: [unclosed\n")
        time.sleep(0.7)
        drop.whole(f"{name}.yaml", "prompt: closed\n")
        return time.monotonic() - begun < PATIENCE_WITH_SYNTAX

    name = next(name for name in map("draft{}".format, count()) if is_mended_in_time(name))
    wait(lambda: (root.done / f"{name}.yaml").exists())

    assert record(root, name)["job"]["prompt"] == "closed"
    assert not list(root.failed.glob(f"{name}*"))


def test_editing_a_waiting_file_changes_the_job_and_deleting_it_cancels_it(
    root, drop, daemon, wait
):
    root.paused_file.touch()
    child = daemon()
    drop.whole("edited.yaml", "prompt: before\n")
    gone = drop.whole("gone.yaml", "prompt: gone\n")
    wait(lambda: child.status.get("queue", {}).get("number") == 2)
    drop.whole("edited.yaml", "prompt: after\n")
    gone.unlink()
    hotfolder("resume", "--root", str(root.root))
    wait(lambda: (root.done / "edited.yaml").exists())

    assert record(root, "edited")["job"]["prompt"] == "after"
    assert pictures(root) == ["edited.png"]


def test_an_editors_second_save_of_a_claimed_file_is_a_noted_duplicate(root, drop, daemon, wait):
    """Unless the machine was so busy that it came to be claimed too late to be one."""
    child = daemon(HOTFOLDER_DRY_STEP_SECONDS="0.05")
    drop.whole("twice.yaml", "prompt: twice\n")
    wait(lambda: not (root.inbox / "twice.yaml").exists())
    drop.whole("twice.yaml", "prompt: twice\n")
    wait(lambda: (root.done / "twice-2.yaml").exists())

    claims = [line.split()[:2] for line in child.log().splitlines() if " claimed" in line]
    first, second = (datetime.fromisoformat(" ".join(words)) for words in claims)
    if pictures(root) != ["twice.png"]:
        assert (second - first).total_seconds() > SECOND_SAVE - 0.5


def test_a_reference_that_is_still_being_copied_is_waited_for(root, drop, daemon, wait):
    child = daemon()
    drop.whole("ref.yaml", "prompt: follow\nreferences: [{image: pic.png}]\n")
    wait(lambda: any("pic.png" in t["reason"] for t in child.status.get("troubles", ())))
    drop.whole("other.yaml", "prompt: not blocked\n")
    wait(lambda: (root.done / "other.yaml").exists())
    Image.new("RGB", (64, 64), "red").save(root.root / "pic.png")
    os.replace(root.root / "pic.png", root.inbox / "pic.png")
    wait(lambda: (root.done / "ref.yaml").exists() or (root.failed / "ref.yaml").exists())

    reference = record(root, "ref")["job"]["references"][0]
    assert reference["image"] == "pic.png"
    assert (root.references / reference["sha256"]).exists() or list(
        root.references.glob(f"{reference['sha256']}*")
    )
    assert (root.inbox / "pic.png").exists()
