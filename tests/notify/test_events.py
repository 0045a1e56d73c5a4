"""The stream of events: every one frozen, documented, and a line of JSON that stays readable."""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
import sys
from dataclasses import fields

import pytest
from support.daemon import HANG, engine, hotfolder, wait_for
from support.places import HOME
from support.stream import heard, words

from daemon.notify import events
from daemon.notify.log_files import LogFiles
from daemon.notify.stream import EventStream
from daemon.notify.stream_files import Numbering
from daemon.protocol.outcome import Outcome


def kinds():
    """Every event that can be emitted."""
    found = [
        k for k in vars(events).values() if isinstance(k, type) and issubclass(k, events.Event)
    ]
    return [kind for kind in found if kind.WORD or kind is events.JobFinished]


# --- as lines -------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", kinds(), ids=lambda kind: kind.__name__)
def test_every_event_is_frozen_plain_and_has_a_word_of_its_own(kind):
    assert kind.__dataclass_params__.frozen
    assert kind.__doc__
    assert kind is events.JobFinished or [k.WORD for k in kinds()].count(kind.WORD) == 1
    for each in fields(kind):
        assert "Path" not in str(each.type)


def test_a_line_names_number_moment_event_job_file_project_and_pictures(root, drop, daemon):
    drop.whole("scene/two.yaml", "prompt: two\nsize: 64x64\nsteps: 2\ncount: 2\n")
    assert daemon("--until-empty", ready=False).wait() == 0
    of_job = [event for event in heard(root) if event.get("job") == 1]
    both = [str(root.outbox / "scene" / "two" / f"two-0{n}.png") for n in (1, 2)]

    assert [event["event"] for event in of_job if event["event"] != "step"] == [
        "claimed", "started", "started", "rendered", "published", "rendered", "published", "done",
    ] or sorted({event["event"] for event in of_job}) == [
        "claimed", "done", "published", "rendered", "started", "step",
    ]  # fmt: skip
    for event in of_job:
        assert (event["file"], event["project"], event["name"]) == ("two.yaml", "scene", "two")
        assert event["at"].endswith("Z")
        assert event["pictures"] == (
            [both[event["picture"] - 1]] if "picture" in event else both
        ), event
        assert event["message"].startswith("#1 two ")
    assert of_job[-1]["images"] == ["scene/two/two-01.png", "scene/two/two-02.png"]


def test_a_name_of_any_letters_stays_one_line_of_ascii(root):
    files = LogFiles(root, rotation="1 MB", retention=2)
    stream = EventStream(Numbering(root).next)
    stream.attach(files.take, at_rest=files.rest)
    subject = events.Subject(1, "Ёлка\n\u202e{x}<red>", "Ёлка.yaml", "", ())
    stream.emit(events.JobClaimed(subject, "a {prompt} <b>\r\nof two lines", 1))
    stream.rest()

    [line] = root.jsonl_file.read_bytes().splitlines()
    assert line.isascii()
    assert json.loads(line)["file"] == "Ёлка.yaml"
    [shown] = root.log_file.read_text().splitlines()
    assert shown.endswith("#1 Ёлка {x}<red> claimed (1 picture): a {prompt} <b> of two lines")


BEFORE_THERE_WERE_NUMBERS = {
    "loading": {"component"},
    "ready": {"parts"},
    "claimed": {"job", "file", "project"},
    "started": {"job", "picture"},
    "step": {"job", "picture", "step", "steps", "seconds"},
    "rendered": {"job", "picture", "timings"},
    "done": {"job", "file", "project", "images"},
    "failed": {"job", "file", "project", "images"},
}
"""What programs may already read from the log: these stay."""


def test_a_program_written_for_the_log_before_it_was_numbered_still_reads_it(root, drop, daemon):
    drop.whole("good.yaml", "prompt: good\nsize: 64x64\nsteps: 2\n")
    drop.whole("bad.yaml", "prmpt: bad\n")
    assert daemon("--until-empty", ready=False).wait() == 1
    lines = [json.loads(line) for line in root.jsonl_file.read_text().splitlines()]

    for line in lines:
        assert {"time", "level", "message", "event"} <= line.keys()
    for word, names in BEFORE_THERE_WERE_NUMBERS.items():
        assert any(names <= line.keys() for line in lines if line["event"] == word), word


# --- one story ------------------------------------------------------------------------------------


def test_a_day_of_the_daemon_is_told_whole(root, drop, daemon, wait):
    root.settings_file.write_text("idle_timeout: 1\n")
    child = daemon(engine=engine("prints_to_stdout"), HOTFOLDER_DRY_STEP_SECONDS="0.5")
    drop.whole("good.yaml", "prompt: good\nsize: 256x256\nsteps: 2\n")
    wait(lambda: "done" in words(root))
    drop.whole("bad.yaml", "prmpt: bad\n")
    wait(lambda: "failed" in words(root))
    drop.whole("long.yaml", "prompt: long\nsize: 256x256\nsteps: 150\n")
    wait(lambda: [e for e in heard(root) if e["event"] == "step" and e["name"] == "long"])
    number = next(e["job"] for e in heard(root) if e.get("name") == "long")
    assert hotfolder("cancel", str(number), "--root", str(root.root)).returncode == 0
    wait(lambda: "cancelled" in words(root))
    assert hotfolder("pause", "--root", str(root.root)).returncode == 0
    wait(lambda: "paused" in words(root))
    assert hotfolder("resume", "--root", str(root.root)).returncode == 0
    wait(lambda: "resumed" in words(root))
    wait(lambda: "gone" in words(root))
    child.stop()

    assert set(words(root)) >= {
        "daemon_started", "watch", "loading", "ready", "gone", "worker", "claimed", "started",
        "step", "rendered", "published", "done", "failed", "cancelled", "paused", "resumed",
        "daemon_leaving", "daemon_stopped",
    }  # fmt: skip
    reasons = {e["event"]: e.get("reason") for e in heard(root)}
    assert reasons["failed"] == "`prmpt` is not a key of a job file."
    assert reasons["cancelled"] == "You cancelled this job."


def test_a_file_is_seen_and_told_what_it_waits_for_and_when_it_is_taken_away(
    root, drop, daemon, wait
):
    root.settings_file.write_text("folder_settle: 0\n")
    daemon()
    drop.by_rename("scene/ref.yaml", "prompt: a\nreferences: [later.png]\nsize: 64x64\n")
    drop.whole("empty.yaml", "")
    wait(lambda: words(root).count("waiting") == 2)
    (root.inbox / "scene" / "ref.yaml").unlink()
    wait(lambda: "removed" in words(root))
    drop.whole("empty.yaml", "prompt: no longer\nsize: 64x64\nsteps: 1\n")
    wait(lambda: "done" in words(root))

    of_ref = [e for e in heard(root) if e.get("file") == "ref.yaml"]
    assert [e["event"] for e in of_ref] == ["seen", "waiting", "removed"]
    assert {e["project"] for e in of_ref} == {"scene"}
    assert of_ref[1]["state"] == "needs_input"
    assert "later.png" in of_ref[1]["reason"]
    of_empty = [e for e in heard(root) if e.get("file") == "empty.yaml"]
    assert [e["event"] for e in of_empty][:3] == ["seen", "waiting", "claimed"]
    assert of_empty[1]["state"] == "empty"
    assert of_empty[-1]["event"] == "done"


def test_blocked_and_no_longer_blocked_are_told_once_each(root, drop, daemon, wait):
    child = daemon()
    away = root.root / "inbox.away"
    with child.standing_still():  # where there is no inbox it makes one
        root.inbox.rename(away)
        root.inbox.symlink_to(root.root / "nowhere")
    wait(lambda: "blocked" in words(root))
    with child.standing_still():
        root.inbox.unlink()
        away.rename(root.inbox)
    wait(lambda: "unblocked" in words(root))
    child.stop()

    told = [e["event"] for e in heard(root) if "blocked" in e["event"]]
    assert told == ["blocked", "unblocked"]
    [blocked] = [line for line in child.log().splitlines() if " blocked: " in line]
    assert "inbox" in blocked


@pytest.mark.parametrize("bars", [False, True], ids=["lines", "bars"])
def test_a_terminal_that_stands_still_stops_no_picture_and_no_goodbye(root, drop, bars):
    reader, writer = pty.openpty() if bars else os.pipe()
    for number in range(12):
        drop.whole(f"{number}.yaml", "prompt: a\nsize: 64x64\nsteps: 100\n")
    child = subprocess.Popen(
        [sys.executable, "-m", "daemon", "run", "--root", str(root.root), "--engine", "dry-run"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=writer,
    )
    try:  # nobody reads what it shows, until it must wait for a reader
        wait_for(lambda: words(root).count("done") == 12, root)
        child.terminate()
        assert child.wait(timeout=HANG) == 0
    finally:
        child.kill()
        child.wait()
        os.close(reader)
        os.close(writer)
    assert words(root)[-1] == "daemon_stopped"


def test_the_documented_events_are_the_events():
    text = (HOME / "docs" / "events.md").read_text("utf-8")
    rows = re.findall(r"^\| (.*?) \| .* \| (.*?) ?\|$", text.split("<!-- events -->")[1], re.M)[1:]
    told = {
        word: set(re.findall(r"`(\w+)`", f)) for w, f in rows for word in re.findall(r"`(\w+)`", w)
    }
    ends = dict.fromkeys(map(str, Outcome), events.JobFinished)
    kept = {kind.WORD: kind for kind in kinds() if kind.WORD} | ends

    assert told.keys() == kept.keys()
    for word, kind in kept.items():
        assert told[word] == {each.name for each in fields(kind)} - {"subject"}, word
