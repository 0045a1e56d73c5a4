"""The log never fails a job, makes nothing where the root was, and what libraries say is in it once."""

from __future__ import annotations

import json
import logging
import shutil
import threading
import warnings

import pytest

from daemon.notify.events import Warned, WorkerSaid
from daemon.notify.library_words import heard
from daemon.notify.log_files import LogFiles, size_in_bytes
from daemon.notify.stream import UNSEEN, EventStream
from daemon.notify.subscribers import Numbered


@pytest.fixture
def told():
    """What the stream's listeners were told, texts of warnings alone."""
    return []


@pytest.fixture
def stream(root, told):
    numbers = iter(range(1, 10_000))
    made = EventStream(lambda: next(numbers))
    files = LogFiles(root, rotation="10 MB", retention=3)
    made.attach(files.take, at_rest=files.rest)

    def keep(numbered: Numbered) -> None:
        if isinstance(numbered.event, Warned):
            told.append(numbered.event.text)

    made.attach(keep)
    yield made
    files.close()


def say(stream, text):
    stream.emit(Warned(text))
    stream.rest()


def test_a_log_that_cannot_be_written_is_told_once_and_again_only_after_it_could(
    root, stream, told, capfd
):
    say(stream, "one")
    shutil.rmtree(root.logs)
    root.logs.write_text("in the way")
    for text in ("two", "three"):
        say(stream, text)
    [complaint] = [text for text in told if "log" in text]
    assert stream.check() == (complaint,)

    root.logs.unlink()
    say(stream, "four")
    assert stream.check() == ()
    assert "four" in root.log_file.read_text()
    assert told == ["one", "two", complaint, "three", "four"]
    assert capfd.readouterr() == ("", "")


def test_a_logs_folder_that_is_removed_is_made_again_and_a_root_that_is_removed_is_not(
    root, stream
):
    say(stream, "one")
    shutil.rmtree(root.logs)
    say(stream, "two")
    assert "two" in root.log_file.read_text()

    away = root.root.with_name("away")
    root.root.rename(away)
    say(stream, "three")
    assert not root.root.exists()
    away.rename(root.root)
    say(stream, "four")
    assert "four" in root.log_file.read_text()


def test_lines_of_one_turn_are_written_at_once_in_their_order_and_never_later_than_one_can_see(
    root,
):
    numbers, now = iter(range(1, 100)), [1_000.0]
    stream = EventStream(lambda: next(numbers), clock=lambda: now[0])
    files = LogFiles(root, rotation="10 MB", retention=3)
    stream.attach(files.take, at_rest=files.rest)

    def note(text):
        return WorkerSaid(severity="INFO", text=text)

    def written():
        made = (root.jsonl_file, root.log_file)
        programs, people = (f.read_text().splitlines() if f.exists() else [] for f in made)
        assert [json.loads(line)["message"].rpartition(" ")[2] for line in programs] == [
            line.rpartition(" ")[2] for line in people
        ]
        return [line.rpartition(" ")[2] for line in people]

    for text in ("one", "two"):
        stream.emit(note(text))
    assert written() == []
    stream.rest()
    assert written() == ["one", "two"]

    stream.emit(note("three"))
    now[0] += UNSEEN / 2
    stream.emit(note("four"))
    assert written() == ["one", "two"]
    now[0] += UNSEEN
    stream.emit(note("five"))  # the turn lasts: it is not waited for its end
    assert written() == ["one", "two", "three", "four", "five"]

    stream.emit(note("six"))
    stream.close()
    files.close()
    assert written()[-1] == "six"


def test_what_libraries_complain_of_is_told_once_from_whatever_thread(stream, told, capfd):
    def fail():
        raise KeyError("an emitter")

    with heard(stream.overhear), warnings.catch_warnings():
        warnings.simplefilter("always")
        showing = warnings.showwarning
        for _ in range(3):
            logging.getLogger("a.library").warning("slow %s", "disk")
            logging.getLogger("a.library").info("chatter")
            warnings.warn("old", DeprecationWarning, stacklevel=1)
            thread = threading.Thread(target=fail, name="observer")
            thread.start()
            thread.join()
        assert warnings.showwarning is showing
    stream.check()

    assert [text.partition(" in ")[0] for text in told] == [
        "a.library: slow disk",
        "DeprecationWarning",
        "the thread observer has ended: KeyError: 'an emitter'",
    ]
    stream.check()
    assert len(told) == 3
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("written", "size"),
    [("4 KB", 4_000), ("10mb", 10_000_000), ("1 Gb", 10**9), ("999999 kB", 999_999_000)],
)
def test_a_size_is_in_bytes_however_its_unit_is_written(written, size):
    assert size_in_bytes(written) == size


def test_a_new_file_is_begun_before_a_line_that_would_make_it_too_long(root):
    numbers = iter(range(1, 10_000))
    stream = EventStream(lambda: next(numbers))
    files = LogFiles(root, rotation="2 kb", retention=2)
    stream.attach(files.take, at_rest=files.rest)
    for number in range(60):
        say(stream, f"line {number} {'x' * 60}")
    files.close()
    kept = sorted(root.logs.glob("hotfolder*.log"))
    assert len(kept) == 3  # this one and two older ones
    assert all(1_500 < file.stat().st_size <= 2_000 for file in kept if file != root.log_file)
    assert "line 59" in root.log_file.read_text()
