"""Whatever has become of a file of state, it costs what it speaks of: never a start, another job,
a picture twice, or anything outside the root.

The real recovery code on roots that real code has written, one file spoiled in one way each.
"""

from __future__ import annotations

import hashlib
import json
import random
import time
from pathlib import Path

import pytest
from support.spoiling import WAYS, copy_of, spoil

from daemon.fs.moment import Moment
from daemon.jobs.jobs import Jobs
from daemon.notify.stream_files import Numbering
from daemon.plan.prepare import Preparer
from daemon.protocol.messages import Ready, Rendered
from daemon.protocol.timings import Timings
from daemon.root import commands, drop_notes
from daemon.root.create import prepare
from daemon.root.layout import Layout
from daemon.root.lock import RootLock
from daemon.root.status_file import read_status, write_status
from daemon.settings import read_settings
from daemon.spool import claim_files, journal
from daemon.spool.ticket import Dropped

DONE, HALF_DONE, CLAIMED, ENDING = 1, 2, 3, 4

STATE = (
    "id", "lock", "counter", "event_number", "status.json", "journal.jsonl", "notes/*.json",
    "control/*.json", "spool/000002/ticket.json", "spool/000002/plan.json",
    "spool/000002/published.json", "spool/000003/ticket.json", "spool/000004/outcome.json",
    "spool/000004/ticket.json",
)  # fmt: skip


def jobs_of(root: Layout, told: list) -> Jobs:
    preparer = Preparer(root, read_settings(root.settings_file), engine="dry-run", model=None)
    return Jobs(root, preparer, lambda: 7, told.append, reference_wait=1.0)


def claim(jobs: Jobs, root: Layout, name: str, text: str):
    file = root.inbox / name
    file.write_text(text)
    return jobs.claim(Dropped(file, "", False, time.monotonic(), time.time()), Moment.read())


def render(jobs: Jobs, job, index: int) -> None:
    """As if the worker had made it."""
    picture, content = job.picture(index), b"picture %d" % index
    jobs.begin(job, picture)
    Path(picture.render.stage).write_bytes(content)
    event = Rendered(
        job=job.number,
        index=index,
        stage=picture.render.stage,
        sha256=hashlib.sha256(content).hexdigest(),
        pixels_sha256="0" * 64,
        width=64,
        height=64,
        started_at="2026-01-01T00:00:00Z",
        finished_at="2026-01-01T00:00:01Z",
        timings=Timings(total=1.0),
    )
    jobs.rendered(event, Ready(seconds=1.0), Moment.read())
    jobs.tend(Moment.read())


@pytest.fixture(scope="module")
def lived(tmp_path_factory) -> Path:
    """A root with a done job, one of whose two pictures one is out, one just claimed, and one on
    its way out; all of them called by what they are."""
    root = Layout((tmp_path_factory.mktemp("lived") / "root").resolve())
    prepare(root)
    jobs = jobs_of(root, [])
    jobs.recover(Moment.read())
    done = claim(jobs, root, "done.yaml", "prompt: done\nsize: 64x64\n")
    render(jobs, done, 1)
    half = claim(jobs, root, "half.yaml", "prompt: half\nsize: 64x64\ncount: 2\n")
    render(jobs, half, 1)
    claim(jobs, root, "claimed.yaml", "prompt: claimed\nsize: 64x64\n")
    (root.spool / "000003" / "plan.json").unlink()
    ending = claim(jobs, root, "ending.yaml", "prompt: ending\nsize: 64x64\n")
    line = {"job": ENDING, "outcome": "failed", "kept": "failed/ending.yaml", "file": "ending.yaml"}
    claim_files.write_json(ending.claim, "outcome.json", {"line": line, "why": "because"})
    write_status(root, {"schema": 1, "state": "idle"})
    (root.inbox / "waiting.yaml").write_text("prompt: waiting\n")
    drop_notes.leave(
        root, "waiting.yaml", drop_notes.Note((root.inbox / "waiting.yaml").stat().st_ino)
    )
    commands.ask(root, commands.Cancel(99))
    numbers = Numbering(root)
    numbers.next()
    numbers.close()
    lock = RootLock(root.lock_file)
    lock.take()
    lock.release()
    return root.root


def start(root: Layout) -> tuple[Jobs, list[str]]:
    """What a daemon does with the state when it starts, and for a few steps after that."""
    told = [*prepare(root)]
    lock = RootLock(root.lock_file)
    lock.take()
    Numbering(root).next()
    read_status(root)
    events: list = []
    jobs = jobs_of(root, events)
    at = Moment.read()
    jobs.recover(at)
    for step in range(4):
        for file, _ in commands.commands(root):
            commands.reply(file, None)
        jobs.tend(Moment(at.now + 40 * step, at.wall + step))
    write_status(root, {"schema": 1, "state": "idle"})
    for waiting in root.inbox.glob("waiting.yaml"):
        drop_notes.find(root, waiting.name, waiting.stat().st_ino)
    lock.release()
    told += [getattr(event, "text", str(event)) for event in events]
    return jobs, told


def files_named(root: Layout, word: str) -> list[Path]:
    """Where a job file lies: told by what is in it, never by its name."""
    places = (root.inbox, root.spool, root.done, root.failed)
    return [
        file
        for place in places
        for file in place.rglob("*")
        if file.is_file()
        and not file.is_symlink()
        and file.stat().st_size < 10_000
        and file.read_bytes().startswith(f"prompt: {word}\n".encode())
    ]


@pytest.mark.parametrize("pattern", STATE)
def test_a_spoiled_file_of_state_costs_what_it_speaks_of_and_nothing_else(lived, tmp_path, pattern):
    for at, how in enumerate(WAYS):
        place = copy_of(lived, tmp_path / f"{at:03d}" / "root")
        root = Layout(place)
        file = next(root.state.glob(pattern))
        spoil(file, how, random.Random(f"{pattern} {how}"))
        jobs, told = start(root)

        speaks_of = pattern.split("/")[1] if pattern.startswith("spool/") else ""
        for number, word in ((2, "half"), (3, "claimed"), (4, "ending")):
            where = files_named(root, word)
            assert len(where) == 1, (how, word, where, told)
            if speaks_of != f"{number:06d}" and number != ENDING:
                assert number in jobs.active, (how, word, told)
        assert len(files_named(root, "done")) == 1, how
        assert (root.outbox / "half" / "half-01.png").read_bytes() == b"picture 1", how
        assert len(list(root.outbox.rglob("*.png"))) == 2, how
        outside = place.parent / "outside" / "target"
        assert not outside.exists() or outside.read_bytes() == b"not yours", how
        assert sorted(p.name for p in place.parent.iterdir() if p.name != "outside") == ["root"]
        if at % 5:
            continue
        told_again = [text for text in start(root)[1] if "spool/" in text or "was no file" in text]
        assert not told_again, (how, told_again)


@pytest.mark.parametrize("how", ["empty", "a folder", "lists without end", "an object", "noise"])
def test_a_picture_that_is_out_is_not_made_again_though_the_record_of_it_is_lost(
    lived, tmp_path, how
):
    root = Layout(copy_of(lived, tmp_path / "root"))
    spoil(root.spool / "000002" / "published.json", how, random.Random(1))
    jobs, told = start(root)

    assert [picture.render.index for picture in jobs.active[2].to_render] == [2]
    is_said = any("#2 goes on: 1 of its pictures" in text for text in told)
    assert is_said or how == "an object"  # that one is what we write before any is out


def test_a_job_whose_ticket_is_lost_can_be_retried_by_its_number(lived, tmp_path):
    root = Layout(copy_of(lived, tmp_path / "root"))
    (root.spool / "000003" / "ticket.json").write_text("{torn")
    start(root)

    entry = {each.job: each for each in journal.read(root)}[3]
    assert (root.root / entry.kept).read_text().startswith("prompt: claimed")
    assert "ticket.json" in entry.reason


def test_a_name_in_the_spool_that_only_looks_like_a_number_stops_nothing(lived, tmp_path):
    root = Layout(copy_of(lived, tmp_path / "root"))
    for name in ("²", "٣", "000009", "1" * 200, "x"):
        (root.spool / name).write_text("no folder")
    jobs, _ = start(root)

    assert {2, 3} <= jobs.active.keys()


def test_a_link_in_the_spool_takes_nothing_from_where_it_leads(lived, tmp_path):
    root = Layout(copy_of(lived, tmp_path / "root"))
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "job.yaml").write_text("prompt: mine\n")
    (root.spool / "000008").symlink_to(elsewhere)
    jobs, told = start(root)

    assert {2, 3} <= jobs.active.keys()
    assert (elsewhere / "job.yaml").exists()
    assert any("#8 is given up" in text for text in told)


def test_a_journal_that_becomes_a_folder_under_the_daemon_is_begun_anew(lived, tmp_path):
    root = Layout(copy_of(lived, tmp_path / "root"))
    jobs, _ = start(root)
    root.journal_file.unlink()
    root.journal_file.mkdir()
    jobs.cancel(3)
    jobs.tend(Moment.read())

    assert [entry.job for entry in journal.read(root)] == [3]


def test_no_path_in_a_spoiled_journal_leads_out_of_the_root(root):
    kept = {
        "job": 1,
        "outcome": "done",
        "kept": "../../etc/passwd",
        "images": ["/a.png", "b.png", 7],
    }
    root.journal_file.write_text(json.dumps(kept) + "\n")
    (entry,) = journal.read(root)

    assert (entry.kept, entry.images) == ("", ("b.png",))
