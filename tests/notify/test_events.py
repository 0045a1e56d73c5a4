"""The stream of events: numbered for ever, kept as lines, and never in anyone's way."""

from __future__ import annotations

import itertools
import json
import os
import pty
import random
import re
import subprocess
import sys
import threading
import time
from dataclasses import fields

import pytest
from support.daemon import engine, hotfolder, wait_for
from support.places import HOME

from daemon.notify import events
from daemon.notify.log_files import LogFiles
from daemon.notify.stream import PATIENCE, EventStream
from daemon.notify.stream_files import BLOCK, Numbering, events_after, follow_after, last_number
from daemon.protocol.outcome import Outcome
from daemon.settings import Settings
from daemon.supervisor.build import Options, build


def kinds():
    """Every event that can be emitted."""
    found = [
        k for k in vars(events).values() if isinstance(k, type) and issubclass(k, events.Event)
    ]
    return [kind for kind in found if kind.WORD or kind is events.JobFinished]


def counted():
    return EventStream(iter(range(1, 10**9)).__next__)


def heard(root):
    """Every event in the stream so far, rotated files included."""
    return [json.loads(line) for line in events_after(root, 0)]


def words(root):
    return [event["event"] for event in heard(root)]


# --- listeners ------------------------------------------------------------------------------------


def test_a_listener_that_sleeps_never_delays_who_emits_and_loses_the_oldest():
    stream, told = counted(), []

    def sleepy(numbered):
        time.sleep(0.2)
        told.append(numbered.number)

    subscriber = stream.subscribe("sleepy", sleepy, bound=3)
    prompt = []
    stream.attach(lambda numbered: prompt.append(numbered.event))
    began = time.monotonic()
    for number in range(2000):
        stream.emit(events.Warned(str(number)))
    assert time.monotonic() - began < 1.5

    stream.close()
    assert subscriber.lost > 1900
    assert told[-3:] == [1999, 2000, 2001]
    complaints = [e.text for e in prompt if e.text.startswith("the listener sleepy")]
    assert complaints == ["the listener sleepy is too slow and loses events"]


def test_a_listener_that_hangs_for_ever_does_not_keep_the_daemon_from_ending():
    stream = counted()
    stream.subscribe("stuck", lambda _: threading.Event().wait())
    stream.emit(events.DaemonStopped())
    began = time.monotonic()
    stream.close()

    assert time.monotonic() - began < PATIENCE + 1.0


def test_a_listener_that_raises_is_complained_of_once_and_goes_on_being_told():
    stream, told, all_told = counted(), [], []

    def broken(numbered):
        told.append(numbered.number)
        raise KeyError("oh no")

    subscriber = stream.subscribe("broken", broken)
    stream.attach(lambda numbered: all_told.append(numbered.event))
    for _ in range(3):
        stream.emit(events.Resumed())
        wait_for(lambda: len(told) >= len(all_told))
        time.sleep(0.05)  # it has been told; its error is noted next
    stream.emit(events.Resumed())
    stream.close()

    assert told == list(range(1, len(all_told) + 1))
    assert [e.text for e in all_told if isinstance(e, events.Warned)] == [
        "the listener broken fails with KeyError: 'oh no'"
    ]
    assert subscriber.lost == 0


def test_what_is_attached_and_raises_keeps_nobody_else_from_being_told():
    stream, told = counted(), []

    def broken(numbered):
        raise OSError("no space")

    stream.attach(broken)
    stream.attach(lambda numbered: told.append(numbered.event.word))
    for _ in range(3):
        stream.emit(events.Paused())

    assert told == ["paused", "warning", "paused", "paused"]


def test_listeners_that_sleep_or_raise_neither_delay_nor_fail_a_job(root, drop):
    for name in ("a", "b", "c"):
        drop.whole(f"{name}.yaml", f"prompt: {name}\nsize: 64x64\nsteps: 20\n")
    stream, ends = counted(), []

    def keep(numbered):
        if isinstance(numbered.event, events.JobFinished):
            ends.append(numbered.event)

    def raises(numbered):
        raise RuntimeError("a webhook that is down")

    stream.attach(raises)
    stream.attach(keep)
    stream.subscribe("sleeps", lambda _: time.sleep(3600))
    stream.subscribe("raises", raises)
    options = Options(engine="dry-run", until_empty=True)
    supervisor = build(root, Settings(), stream.emit, options)

    assert supervisor.run() == 0
    assert sorted(end.subject.name for end in ends) == ["a", "b", "c"]
    assert {end.subject.pictures for end in ends} == {
        (str(root.outbox / f"{name}.png"),) for name in ("a", "b", "c")
    }


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
    stream.attach(files.write)
    subject = events.Subject(1, "Ёлка\n\u202e{x}<red>", "Ёлка.yaml", "", ())
    stream.emit(events.JobClaimed(subject, "a {prompt} <b>\r\nof two lines", 1))

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


# --- numbers --------------------------------------------------------------------------------------


def test_numbers_rise_over_a_restart_and_a_kill(root, drop, daemon, wait):
    child = daemon()
    drop.whole("a.yaml", "prompt: a\nsize: 64x64\nsteps: 2\n")
    wait(lambda: "done" in words(root))
    child.kill()
    child = daemon()
    drop.whole("b.yaml", "prompt: b\nsize: 64x64\nsteps: 2\n")
    wait(lambda: words(root).count("done") == 2)
    child.stop()

    numbers = [event["number"] for event in heard(root)]
    assert all(one < next_one for one, next_one in itertools.pairwise(numbers))
    assert numbers[0] == 1
    assert words(root).count("daemon_started") == 2


def test_numbers_rise_even_where_a_cleaner_has_deleted_the_logs(root):
    first = Numbering(root)
    given = [first.next() for _ in range(5)]
    again = Numbering(root)  # nothing was written to the log

    assert again.next() > given[-1]
    assert Numbering(root).next() > BLOCK


def test_a_torn_last_line_gives_no_number_twice(root):
    line = b'{"number": %d, "event": "paused"}'
    root.jsonl_file.write_bytes(line % 41 + b"\n" + line[:-9] % 42)
    root.event_number.write_bytes(b"10000")

    assert last_number(root) == 41
    assert Numbering(root).next() > 10000  # 42 was given; what came after it, nobody can tell


def test_lines_of_an_older_version_are_no_events(root):
    root.jsonl_file.write_text('{"time": "2026", "event": "done", "job": 3}\nnoise\n\0\0\0\n')

    assert last_number(root) == 0
    assert heard(root) == []


# --- reading on -----------------------------------------------------------------------------------


def lines_of(numbers):
    return "".join(f'{{"number": {n}, "event": "resumed"}}\n' for n in numbers)


def test_every_event_is_read_once_and_in_order_however_often_the_log_is_rotated(root):
    """A writer rotates at random, sometimes several times at once, while we follow."""
    luck, writing, got = random.Random(5), threading.Event(), []
    root.jsonl_file.write_text(lines_of(range(1, 4)))
    root.jsonl_file.rename(root.logs / "hotfolder.2026-01-01_00-00-00_000000.jsonl")

    def write():
        for number in range(4, 400):
            if luck.random() < 0.05:
                stamp = f"2026-01-02_00-00-00_{number:06d}"
                if root.jsonl_file.exists():
                    root.jsonl_file.rename(root.logs / f"hotfolder.{stamp}.jsonl")
            with root.jsonl_file.open("a") as stream:
                stream.write(lines_of([number]))
            if luck.random() < 0.3:
                time.sleep(0.01)
        writing.set()

    writer = threading.Thread(target=write)
    writer.start()
    for line in follow_after(root, 2, until=writing.is_set):
        got.append(json.loads(line)["number"])
    writer.join()

    assert got == list(range(3, 400))


def test_a_log_that_is_deleted_or_emptied_is_followed_on(root):
    root.jsonl_file.write_text(lines_of([1, 2]))
    got, last = [], 6

    def read():
        for line in follow_after(root, 0, until=lambda: last in got):
            got.append(json.loads(line)["number"])

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    wait_for(lambda: got == [1, 2])
    root.jsonl_file.unlink()
    time.sleep(0.3)
    root.jsonl_file.write_text(lines_of([3, 4]))
    wait_for(lambda: got == [1, 2, 3, 4])
    root.jsonl_file.write_text("")
    time.sleep(0.3)
    with root.jsonl_file.open("a") as stream:
        stream.write(lines_of([5, 6]))
    wait_for(lambda: got == [1, 2, 3, 4, 5, 6])
    reader.join(5.0)


# --- the verb -------------------------------------------------------------------------------------


def printed(root, *arguments):
    done = hotfolder("events", "--root", str(root.root), *arguments)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_the_verb_prints_all_or_those_after_a_number_or_one_jobs(root, drop, daemon):
    drop.whole("a.yaml", "prompt: a\nsize: 64x64\nsteps: 2\n")
    drop.whole("scene/b.yaml", "prompt: b\nsize: 64x64\nsteps: 2\n")
    assert daemon("--until-empty", ready=False).wait() == 0
    everything = printed(root)

    assert everything == heard(root)
    assert printed(root, "--since", "7") == everything[7:]
    assert printed(root, "--since", str(len(everything))) == []
    of_b = [event for event in everything if event.get("name") == "b"]
    for name in ("b", "b.yaml", "scene/b.yaml", f"#{of_b[0]['job']}", str(of_b[0]["job"])):
        assert [e for e in printed(root, name) if "name" in e] == of_b
    nobody = hotfolder("events", "--root", str(root.root), "nobody")
    assert (nobody.returncode, nobody.stdout) == (2, "")
    assert "no job `nobody`" in nobody.stderr


def test_following_goes_on_through_rotation_and_a_restart(root, drop, daemon, wait):
    root.settings_file.write_text("log_rotation: 20 KB\n")
    child = daemon()
    follower = subprocess.Popen(
        [sys.executable, "-m", "daemon", "events", "--root", str(root.root), "--since", "0", "-f"],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        for turn in range(2):
            text = f"prompt: a\nsize: 64x64\nsteps: 40\ncount: 3\nid: turn-{turn}\n"
            drop.whole(f"long{turn}.yaml", text)
            wait(lambda turn=turn: words(root).count("done") == turn + 1)
            child.stop()
            child = daemon() if turn == 0 else child
        last = heard(root)[-1]["number"]
        got = []
        while not got or got[-1] < last:
            got.append(json.loads(follower.stdout.readline())["number"])
    finally:
        follower.kill()
        follower.wait()
        follower.stdout.close()

    assert got == list(range(1, last + 1))
    assert len(list(root.logs.glob("hotfolder.*.jsonl"))) >= 2


def test_the_verb_is_light(root):
    code = (
        "import sys; from daemon.cli import main; "
        f"main(['events', '--root', {str(root.root)!r}]); "
        "print({m.split('.')[0] for m in sys.modules} & "
        "{'torch', 'numpy', 'pydantic', 'watchdog', 'loguru', 'rich', 'yaml', 'PIL'})"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )

    assert done.stdout.strip() == "set()"


# --- one story ------------------------------------------------------------------------------------


def test_a_day_of_the_daemon_is_told_whole(root, drop, daemon, wait):
    root.settings_file.write_text("idle_timeout: 1\n")
    child = daemon(engine=engine("prints_to_stdout"), HOTFOLDER_DRY_STEP_SECONDS="0.05")
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
    drop.whole("scene/ref.yaml", "prompt: a\nreferences: [later.png]\nsize: 64x64\n")
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
    root.inbox.rename(away)
    root.inbox.symlink_to(root.root / "nowhere")
    wait(lambda: "blocked" in words(root))
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
        assert child.wait(timeout=30) == 0
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


# --- numbers and torn lines -----------------------------------------------------------------------


@pytest.mark.parametrize("lost", ["the newest log", "every log", "the log's end"])
def test_a_number_is_never_given_twice_whatever_becomes_of_the_log(root, lost):
    numbering = Numbering(root)
    given = [numbering.next() for _ in range(50)]
    told = "".join(f'{{"number": {number}, "event": "x"}}\n' for number in given)
    if lost == "the newest log":
        root.jsonl_file.with_name("hotfolder.2026-01-01.jsonl").write_text(told[: len(told) // 2])
    elif lost == "the log's end":  # as a power cut does it
        root.jsonl_file.write_text(told[: len(told) // 2])

    assert Numbering(root).next() > max(given)


def test_after_a_clean_stop_no_number_is_left_out(root):
    first = Numbering(root)
    given = [first.next() for _ in range(3)]
    first.close()

    assert Numbering(root).next() == given[-1] + 1


def test_a_torn_line_is_no_event(root):
    whole = '{"number": 2, "event": "x", "job": 7}'
    root.jsonl_file.write_text('{"number": 1, "at": "20' + whole + "\n" + whole + "\n")

    for words in ((), ("7",)):
        done = hotfolder("events", "--root", str(root.root), *words)
        assert (done.returncode, done.stdout) == (0, whole + "\n")
