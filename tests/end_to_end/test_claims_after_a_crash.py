"""What a restart finds as the crash left it, and jobs whose end would not fit on the disk."""

from __future__ import annotations

import json
import os
import shutil
import time
from dataclasses import replace

import pytest

from daemon.root import drop_notes
from daemon.spool import claim_files, finish
from daemon.spool.recovery import identity
from daemon.spool.spool import Spool
from daemon.spool.ticket import Dropped


@pytest.fixture
def spool(root):
    spool = Spool(root)
    spool.open()
    return spool


def claim(spool, root, name="x.yaml"):
    file = root.inbox / name
    file.write_bytes(b"prompt: x\n")
    return spool.claim(Dropped(file, "", False, time.monotonic(), time.time()), wall=time.time())


def test_the_original_of_a_copied_claim_that_the_crash_left_in_the_inbox_is_no_second_job(
    spool, root
):
    """Across disks a claim is a copy; the power went before the original did."""
    taken = claim(spool, root)
    original = root.inbox / "x.yaml"
    original.write_bytes(b"prompt: x\n")
    ticket = replace(taken.ticket, source=identity(original.lstat()))
    claim_files.write_ticket(replace(taken, ticket=ticket))

    assert [found.number for found in Spool(root).recover()] == [taken.number]
    assert not original.exists()
    assert claim_files.read_job(taken) == b"prompt: x\n"


@pytest.mark.parametrize("drop", [os.link, shutil.copy2, shutil.copy])
def test_a_file_that_is_dropped_again_while_the_daemon_is_down_is_a_job_of_its_own(
    spool, root, tmp_path, drop
):
    mine = tmp_path / "shot.yaml"
    mine.write_bytes(b"prompt: x\n")
    os.link(mine, root.inbox / "shot.yaml")
    dropped = Dropped(root.inbox / "shot.yaml", "", False, time.monotonic(), time.time())
    spool.claim(dropped, wall=time.time())
    drop(mine, root.inbox / "shot.yaml")

    assert len(Spool(root).recover()) == 1
    assert (root.inbox / "shot.yaml").exists()


def test_a_new_file_under_the_name_of_a_claimed_one_is_a_job_of_its_own(spool, root):
    claim(spool, root)
    (root.inbox / "x.yaml").write_bytes(b"prompt: x\n")

    Spool(root).recover()
    assert (root.inbox / "x.yaml").exists()


def test_an_end_that_was_copied_but_not_yet_taken_from_the_spool_is_kept_once(spool, root):
    taken = claim(spool, root)
    (root.done / "x.yaml").write_bytes(b"prompt: x\n")
    line = {"job": 1, "outcome": "done", "kept": "done/x.yaml"}
    claim_files.write_json(taken, "outcome.json", {"line": line, "why": None})

    assert finish.complete(root, taken, finish.intended(taken)).kept == "done/x.yaml"
    assert [file.name for file in root.done.iterdir()] == ["x.yaml"]
    assert not list(root.spool.iterdir())


def test_a_note_on_a_file_that_never_came_does_not_stay_for_ever(root, spool):
    for name in ("waiting.yaml", "taken-away.yaml"):
        drop_notes.leave(root, name, drop_notes.Note(inode=1))
    old = drop_notes._file(root.state / "notes", "taken-away.yaml", 1)
    os.utime(old, (0, time.time() - 31 * 86400))
    Spool(root).open()

    assert not old.exists()
    assert drop_notes.find(root, "waiting.yaml", 1) is not None


def test_what_was_last_done_and_last_failed_is_known_after_a_restart(root, drop, daemon, wait):
    child = daemon()
    drop.whole("bad.yaml", "prompt: x\nsize: enormous\n")
    drop.whole("good.yaml", "prompt: x\nsize: 64x64\nsteps: 1\n")
    wait(lambda: child.status.get("last_done") and child.status.get("last_failed"))
    before = child.status
    child.stop()
    after = daemon().status

    assert after["last_done"] == before["last_done"]
    assert after["last_done"]["images"] == ["good.png"]
    assert after["last_failed"] == before["last_failed"]


def test_a_job_whose_pictures_fit_in_no_path_fails_once_and_stops_nothing(root, drop, daemon, wait):
    limit = os.pathconf(root.root, "PC_PATH_MAX")
    deep = root.inbox
    while len(str(deep)) < limit - 260:
        deep = deep / ("d" * 200)
    deep = deep / ("e" * (limit - len(str(deep)) - 50))
    name = f"{deep.relative_to(root.inbox)}/x.yaml"
    drop.whole(name, f"prompt: x\nname: {'n' * 100}\nsize: 64x64\nsteps: 1\n")
    child = daemon()
    wait(lambda: (root.failed / "x.yaml.why.txt").exists())
    drop.whole("healthy.yaml", "prompt: x\nsize: 64x64\nsteps: 1\n")
    wait(lambda: (root.done / "healthy.yaml").exists())

    assert "can't be published" in (root.failed / "x.yaml.why.txt").read_text()
    assert child.stop() == 0
    assert not list(root.spool.iterdir())
    assert child.log().count("published") < 3


def test_a_job_that_an_earlier_version_began_goes_on_as_the_same_pictures(
    spool, root, daemon, wait
):
    taken = claim(spool, root)
    facts = {"prompt": "x", "model": "dry-run", "id": None, "priority": 0, "parent": None}
    flat = {"prompt": "x", "negative_prompt": "", "width": 64, "height": 64, "steps": 1,
            "guidance_scale": 7.0, "sampler": None, "references": [], "image": None,
            "mask": None, "strict": False, "loras": [], "png_text": {}}  # fmt: skip
    pictures = [
        {
            "render": {"job": 1, "index": i, "seed": 70 + i, "stage": f"/gone/1-{i}.png", **flat},
            "output": f"x/x-0{i}",
            "block": {"prompt": "x", "seed": 70 + i},
        }
        for i in (1, 2)
    ]
    plan = {"number": 1, "name": "x", "project": "", "pictures": pictures, "warnings": []}
    published = {"1": {"state": "published", "stem": "x/x-01"}}
    (taken.folder / "plan.json").write_text(json.dumps({"facts": facts, "plan": plan}))
    (taken.folder / "published.json").write_text(json.dumps(published))

    daemon()
    wait(lambda: (root.done / "x.yaml").exists())

    made = [file.name for file in (root.outbox / "x").glob("*.png")]
    assert made == ["x-02.png"]
    assert json.loads((root.outbox / "x" / "x-02.json").read_text())["job"]["seed"] == 72
