"""The stream as it lies on disk: numbered for ever, and read on through whatever becomes of its files."""

from __future__ import annotations

import itertools
import json
import random
import subprocess
import sys
import threading
import time

import pytest
from support.daemon import hotfolder, wait_for
from support.stream import heard, words

from daemon.notify.stream_files import BLOCK, Numbering, follow_after, last_number


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

    for given in ((), ("7",)):
        done = hotfolder("events", "--root", str(root.root), *given)
        assert (done.returncode, done.stdout) == (0, whole + "\n")


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
    got, looks, last = [], [], 6

    def is_over():
        looks.append(len(got))
        return last in got

    def read():
        for line in follow_after(root, 0, until=is_over):
            got.append(json.loads(line)["number"])

    def wait_until_it_was_noticed():
        before = len(looks)
        wait_for(lambda: len(looks) >= before + 2)

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    wait_for(lambda: got == [1, 2])
    root.jsonl_file.unlink()
    wait_until_it_was_noticed()
    root.jsonl_file.write_text(lines_of([3, 4]))
    wait_for(lambda: got == [1, 2, 3, 4])
    root.jsonl_file.write_text("")
    wait_until_it_was_noticed()
    with root.jsonl_file.open("a") as stream:
        stream.write(lines_of([5, 6]))
    wait_for(lambda: got == [1, 2, 3, 4, 5, 6])
    reader.join()


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
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "set()"
