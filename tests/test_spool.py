"""The spool and the outbox by themselves: one rename claims, and nothing is ever overwritten."""

from __future__ import annotations

import json
import os
import time

import pytest

from daemon.fs.atomic import move_new, write_new
from daemon.fs.naming import fit, free_name
from daemon.outbox.publisher import Outbox
from daemon.spool.spool import Spool


@pytest.fixture
def spool(root):
    spool = Spool(root)
    spool.open()
    return spool


def claim(spool, root, name="x.yaml", text=b"prompt: x\n"):
    file = root.inbox / name
    file.write_bytes(text)
    return spool.claim(file, project="", again=False, queued=time.time(), wall=time.time())


def test_a_claim_takes_the_file_out_of_the_inbox_under_the_next_number(spool, root):
    first, second = claim(spool, root), claim(spool, root)

    assert (first.number, second.number) == (1, 2)
    assert not (root.inbox / "x.yaml").exists()
    assert spool.read(first) == b"prompt: x\n"


def test_numbers_go_on_after_a_restart_even_if_the_counter_is_lost(spool, root):
    done = claim(spool, root)
    spool.finish(done, outcome="done", why=None, entry={}, wall=0.0)
    root.counter_file.unlink()
    again = Spool(root)
    again.open()

    assert claim(again, root).number == 2


def test_claiming_a_file_that_is_gone_changes_nothing(spool, root):
    with pytest.raises(FileNotFoundError):
        spool.claim(root.inbox / "gone.yaml", project="", again=False, queued=0.0, wall=0.0)

    assert not list(root.spool.iterdir())


def test_a_claim_cut_short_before_its_rename_leaves_no_trace(spool, root):
    (root.spool / "000007").mkdir()
    (root.spool / "000007" / "ticket.json").write_text("{}")

    assert spool.recover() == []
    assert not list(root.spool.iterdir())


def test_a_job_file_whose_ticket_is_broken_is_kept_for_a_person(spool, root):
    broken = claim(spool, root)
    (broken.folder / "ticket.json").write_text("{torn")

    assert spool.recover() == []
    kept = sorted((root.failed / "recovered").iterdir())
    assert kept[0].read_bytes() == b"prompt: x\n"
    assert [file.name for file in kept[1:]] == [f"{kept[0].name}.why.txt"]


def test_finishing_never_overwrites_an_older_file_of_the_same_name(spool, root):
    for _ in range(3):
        spool.finish(claim(spool, root), outcome="failed", why="because", entry={}, wall=0.0)

    assert sorted(p.name for p in root.failed.iterdir()) == [
        "x-2.yaml",
        "x-2.yaml.why.txt",
        "x-3.yaml",
        "x-3.yaml.why.txt",
        "x.yaml",
        "x.yaml.why.txt",
    ]


def test_a_torn_last_line_of_the_journal_costs_only_that_line(spool, root):
    spool.finish(claim(spool, root), outcome="done", why=None, entry={}, wall=0.0)
    with root.journal_file.open("a") as journal:
        journal.write('{"job": 9, "outc')
    spool.finish(claim(spool, root), outcome="done", why=None, entry={}, wall=0.0)

    assert [entry["job"] for entry in spool.journal()] == [1, 2]


def test_publishing_never_overwrites_and_commits_with_the_picture(root):
    outbox = Outbox(root)
    (root.outbox / "x.png").write_bytes(b"somebody's")
    write_new(root.stage / "000001-01.png", b"ours")

    with pytest.raises(FileExistsError):
        outbox.publish(root.stage / "000001-01.png", "x", {"result": {"job": 1, "image": "x.png"}})
    assert not (root.outbox / "x.json").exists()
    picture, record = outbox.publish(root.stage / "000001-01.png", "x-2", {"result": {}})
    assert picture.read_bytes() == b"ours"
    assert json.loads(record.read_bytes()) == {"result": {}}
    assert not list(root.stage.iterdir())


def test_names_are_reserved_in_any_spelling_of_the_same_letters(root):
    outbox = Outbox(root)
    outbox.reserve(["Caf\u00e9"], 1)

    assert outbox.taken("cafe\u0301", 2)
    assert not outbox.taken("cafe\u0301", 1)
    outbox.release(1)
    assert not outbox.taken("cafe\u0301", 2)


def test_moving_never_overwrites_and_names_are_cut_on_characters(tmp_path):
    (tmp_path / "a").write_text("a")
    (tmp_path / "b").write_text("b")

    with pytest.raises(FileExistsError):
        move_new(tmp_path / "a", tmp_path / "b")
    assert free_name(tmp_path, "a").name == "a-2"
    assert len(fit("ж" * 200, ".yaml").encode()) <= 255


def test_a_picture_whose_publication_is_tried_again_after_it_happened_stays_one(root):
    outbox = Outbox(root)
    staged = root.stage / "000001-01.png"
    write_new(staged, b"ours")
    os.link(staged, root.outbox / "x.png")  # and then the disk failed
    outbox.publish(staged, "x", {"result": {}})

    assert [file.name for file in root.outbox.iterdir() if file.is_file()] == ["x.png"]
    assert not list(root.stage.iterdir())
