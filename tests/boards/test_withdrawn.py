"""What a board takes back on purpose while it renders is no failure, and nobody is told it were."""

from __future__ import annotations

import json
import os

from support.daemon import wait_for
from support.living_boards import pictures, save

from daemon.protocol.outcome import WITHDRAWN, Outcome, is_failure
from daemon.root.layout import Layout
from daemon.spool import journal


def test_a_picture_taken_back_while_it_renders_is_no_failure(root: Layout, daemon) -> None:
    root.settings_file.write_text("settle: 0.1\nscan_interval: 0.2\nfolder_settle: 0.1\n")
    head = "size: 64x64\nshots:\n"
    save(root, "ep", head + "  010: {prompt: a harbour, steps: 150}\n")
    child = daemon("--until-empty", HOTFOLDER_DRY_STEP_SECONDS="0.5")
    wait_for(lambda: os.listdir(root.spool), root)
    save(root, "ep", head + "  010: {prompt: a pier, steps: 1}\n")
    assert child.process.wait() == 0
    assert pictures(root, "ep") == ["010-v2.png"]
    assert [path for path in root.failed.rglob("*") if path.is_file()] == []
    assert sorted(path.name for path in (root.done / "ep").iterdir()) == ["010-v2.json", "010.json"]
    ends = [(entry.outcome, entry.reason) for entry in journal.read(root)]
    assert ends == [(Outcome.CANCELLED, WITHDRAWN), (Outcome.DONE, "")]
    events = [json.loads(line) for line in root.jsonl_file.read_text("utf-8").splitlines()]
    assert [each["level"] for each in events if each["event"] == "cancelled"] == ["INFO"]


def test_what_a_person_cancelled_and_what_failed_is_a_failure() -> None:
    assert is_failure(Outcome.CANCELLED, "Cancelled by cancel.")
    assert is_failure(Outcome.FAILED, WITHDRAWN)
    assert not is_failure(Outcome.DONE, "")
    assert not is_failure(Outcome.DUPLICATE, "")


def test_a_draft_of_a_killed_daemon_is_swept_and_a_persons_hidden_file_is_not(
    root: Layout, daemon
) -> None:
    folder = root.inbox / "ep"
    folder.mkdir()
    for name in (".board-1f.tmp", ".mine.tmp"):
        (folder / name).write_text("{")
    save(root, "ep", "size: 64x64\nsteps: 1\nshots:\n  010: a harbour\n")
    assert daemon("--until-empty").process.wait() == 0
    assert pictures(root, "ep") == ["010.png"]
    assert sorted(path.name for path in folder.iterdir()) == [".mine.tmp"]
