"""What `status` tells: every job exactly once, whatever became of it, and nothing that is over."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import time
from pathlib import Path

import pytest
from PIL import Image
from support.daemon import engine, hotfolder

from daemon.cli import main
from daemon.cli.status_rows import rows
from daemon.root.layout import Layout

SMALL = "prompt: a\nsize: 256x256\nsteps: 1\n"


def told(root: Layout) -> str:
    """What a person reads."""
    return hotfolder("status", "--root", str(root.root)).stdout


def snapshot(root: Layout) -> dict:
    return json.loads(hotfolder("status", "--json", "--root", str(root.root)).stdout)


# --- roots ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["nowhere", "an empty folder", "a file", "a broken link", "half"])
def test_what_is_no_root_is_called_none_and_left_alone(tmp_path: Path, kind: str) -> None:
    place = tmp_path / "place"
    match kind:
        case "an empty folder":
            place.mkdir()
        case "a file":
            place.write_text("")
        case "a broken link":
            place.symlink_to(tmp_path / "away")
        case "half":
            (place / "inbox").mkdir(parents=True)
    before = sorted(tmp_path.rglob("*"))
    for words in (("status",), ("status", "--json")):
        answer = hotfolder(*words, "--root", str(place))
        assert answer.returncode == 2
        assert answer.stdout == ""
        assert str(place.resolve()) in answer.stderr
    assert sorted(tmp_path.rglob("*")) == before


# --- with a daemon --------------------------------------------------------------------------------


def test_every_job_is_told_once_with_a_daemon_and_after_it(root, drop, daemon, wait, hold):
    root.settings_file.write_text("reference_wait: 600\n")
    child = daemon(engine=engine("held"), **hold.at(1))
    drop.whole("bad.yaml", "prmpt: x\n")
    for number in range(5):
        drop.whole(f"job{number}.yaml", "prompt: a\nsize: 256x256\nsteps: 2\n")
        wait(lambda n=number: f"job{n}.yaml" in _known(child))
    drop.whole("lacks.yaml", SMALL + "references: [later.png]\n")
    drop.whole("void.yaml", "")
    wait(lambda: len(child.status.get("troubles") or ()) == 2 and child.status["current"])
    wait(lambda: child.status["totals"]["failed"] == 1)
    wait(lambda: [each["step"] for each in child.status["current"]] == [1])
    names = ("bad", *(f"job{n}" for n in range(5)), "lacks", "void")
    text = told(root)
    assert {name: text.count(name) for name in names} == dict.fromkeys(names, 1), text
    assert "#2 job0 1/1  step 1/2" in text
    assert "later.png" in text
    assert "totals   5 waiting, 2 in hand, 0 done today, 1 failed" in text

    child.kill()
    after = told(root)
    assert {name: after.count(name) for name in names} == dict.fromkeys(names, 1), after
    assert after.startswith("stopped")
    assert "step" not in after
    assert "totals   5 waiting, 2 in hand, 0 done today, 1 failed" in after
    hold.off()
    (root.inbox / "lacks.yaml").unlink()
    (root.inbox / "void.yaml").unlink()
    (root.failed / "bad.yaml").unlink()
    assert daemon("--until-empty", ready=False).wait() == 0
    end = told(root)
    assert "totals   0 waiting, 0 in hand, 5 done today, 0 failed" in end
    assert "bad" not in end
    assert snapshot(root)["held"] == []


def _known(child) -> list[str]:
    status = child.status
    held = [item["file"] for item in status.get("held") or ()]
    return held + ((status.get("queue") or {}).get("files") or [])


def test_what_is_deleted_while_paused_is_gone_from_status(root, drop, daemon, wait):
    child = daemon()
    hotfolder("pause", "--root", str(root.root))
    for name in ("a", "b"):
        drop.whole(f"{name}.yaml", SMALL)
    wait(lambda: (child.status.get("queue") or {}).get("files") == ["a.yaml", "b.yaml"])
    (root.inbox / "a.yaml").unlink()
    wait(lambda: child.status["queue"]["files"] == ["b.yaml"])
    with child.standing_still():
        shutil.rmtree(root.inbox)
    wait(lambda: child.status["queue"]["files"] == [])
    child.stop()

    assert child.status["state"] == "stopped"
    assert "paused" in told(root)


def test_what_waits_for_its_hours_and_a_picture_that_could_not_be_made_again_are_told(
    root, drop, daemon, wait
):
    hour = time.localtime().tm_hour
    begin, end = f"{(hour + 4) % 24:02}:00", f"{(hour + 8) % 24:02}:00"
    root.settings_file.write_text(f"settle: 0.1\nlater: {begin}-{end}\n")
    child = daemon()
    drop.whole("later/ep/a.yaml", SMALL)
    Image.new("RGB", (64, 64)).save(root.inbox / "final" / "bare.png")  # no record is in it
    letter = root.failed / "final" / "bare.png.why.txt"
    wait(letter.exists)
    wait(lambda: (child.status.get("queue") or {}).get("later") == 1)
    wait(lambda: child.status["totals"]["failed"] == 1)
    running = told(root)
    child.stop()

    for text in (running, told(root)):
        assert f"1 file of later/ may begin from {begin} on" in text
        assert "the picture is failed/final/bare.png; the letter beside it says what to do" in text
        assert "retry" not in text
    assert "lies beside this letter, as it was" in letter.read_text()
    assert "until" in dict(rows({"queue": {"later": 2}, "later": "00:00-00:00"}, wall=0))["later"]


def test_a_folder_for_finished_jobs_that_is_none_is_said_while_it_is_so(root, drop, daemon, wait):
    child = daemon()
    for folder in (root.done, root.failed):
        folder.rmdir()
        folder.write_text("")
    drop.whole("a.yaml", SMALL)
    drop.whole("b.yaml", "prmpt: x\n")
    wait(lambda: child.status.get("last_done") and child.status.get("last_failed"))
    text = told(root)
    assert "done is not a folder" in text
    assert "failed is not a folder" in text
    assert child.status["last_done"]["kept"] == "done-2"
    for folder in (root.done, root.failed):
        folder.unlink()
    wait(lambda: child.status["notices"] == [])


# --- rows -----------------------------------------------------------------------------------------


def test_a_job_that_waits_says_for_what_and_until_when():
    held = [
        {"job": 1, "name": "one", "state": "publishing", "reason": "disk full", "retry_unix": 12.5},
        {"job": 2, "name": "two", "state": "queued", "pictures": 4, "published": 1},
        {"job": 3, "name": "three", "state": "ending", "reason": ""},
    ]
    said = [tuple(row) for row in rows({"state": "waiting", "held": held}, wall=10.0)]

    assert ("held", "#1 one: disk full; tried again in 2.5 s") in said
    assert ("next", "#2 two (1 of 4 made)") in said
    assert ("next", "#3 three is on its way out") in said


@pytest.mark.parametrize(
    "state", ["starting", "idle", "blocked", "stuck", "stopped", "of a future"]
)
def test_a_snapshot_with_anything_missing_is_told_as_far_as_it_goes(state):
    assert rows({"state": state}, wall=0.0)


JUNK = (None, 7, 1e999, "x", [], [1], [[]], {}, {"a": 1}, [{}], [{"file": 1}], True, 10**400)


@pytest.mark.parametrize("junk", JUNK, ids=lambda junk: ascii(junk)[:12])
def test_a_status_of_another_shape_is_no_traceback(root, junk, capsys):
    keys = (
        *("state", "reason", "model", "current", "held", "queue", "troubles", "notices", "totals"),
        *("last_done", "failed", "ignored", "heartbeat_unix", "paused", "root", "workers"),
    )
    with root.lock_file.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for key in keys:
            sound = {"schema": 1, "state": "idle", "queue": {"number": 0, "files": []}}
            root.status_file.write_text(json.dumps({**sound, key: junk}))
            main(["status", "--root", str(root.root)])
            assert str(root.root) in capsys.readouterr().out, key
            main(["status", "--json", "--root", str(root.root)])
            json.loads(capsys.readouterr().out)
        root.status_file.write_text(json.dumps(junk))
        main(["status", "--root", str(root.root)])
        assert str(root.root) in capsys.readouterr().out


def test_what_is_ignored_is_shown_with_its_cure_and_the_rest_is_counted():
    item = {"file": "shot.rtf", "reason": "this is rich text.", "remedy": "Make it plain text."}
    said = [tuple(row) for row in rows({"ignored": [item] * 7, "ignored_number": 300}, wall=0.0)]

    assert said.count(("ignored", "shot.rtf: this is rich text. Make it plain text.")) == 5
    assert ("", "and 295 more (--json shows all)") in said


@pytest.mark.parametrize(("age", "state"), [(1, "starting"), (60, "stuck")])
def test_a_daemon_that_has_said_nothing_yet_is_not_as_old_as_the_clock(root, age, state):
    with root.lock_file.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        taken = time.time() - age
        os.utime(root.lock_file, (taken, taken))
        assert snapshot(root)["state"] == state
        root.status_file.write_text('{"state": "idle", "heartbeat_unix": 5}')
        said = snapshot(root)

    assert said["state"] == state, "what an earlier run wrote says nothing of this one"
    assert state == "starting" or "since it was started" in said["reason"]


def test_a_daemon_whose_state_was_deleted_under_it_is_said_to_be_so(root):
    with root.lock_file.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        root.id_file.unlink()
        answer = hotfolder("status", "--root", str(root.root))

    assert answer.returncode == 5
    assert ".hotfolder was deleted or moved away" in answer.stdout
