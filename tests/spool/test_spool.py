"""The spool and the outbox by themselves: one rename claims, and nothing is ever overwritten."""

from __future__ import annotations

import gc
import hashlib
import json
import os
import tempfile
import time

import psutil
import pytest

from daemon.fs.atomic import move_new, write_new
from daemon.fs.naming import fit, free_name
from daemon.fs.retry import concerns_all
from daemon.outbox.publisher import Publisher
from daemon.outbox.reservations import Reservations
from daemon.outbox.stage import Stage
from daemon.protocol.outcome import Outcome
from daemon.spool import claim_files, journal
from daemon.spool.finish import Intent, finish
from daemon.spool.journal import JournalEntry
from daemon.spool.spool import Spool
from daemon.spool.ticket import Dropped


@pytest.fixture
def spool(root):
    spool = Spool(root)
    spool.open()
    return spool


def claim(spool, root, name="x.yaml", text=b"prompt: x\n"):
    file = root.inbox / name
    file.write_bytes(text)
    return spool.claim(dropped(file), wall=time.time())


def dropped(file):
    return Dropped(file, "", False, time.monotonic(), time.time())


def end(root, claim, outcome, why=None):
    """The job ends so, as far as the spool is concerned."""
    ticket = claim.ticket
    entry = JournalEntry(
        job=claim.number,
        file=ticket.file,
        project=ticket.project,
        again=ticket.again,
        outcome=outcome,
        finished_unix=0.0,
        name=ticket.file,
        id=None,
        reason=why or "",
        images=(),
        parent=ticket.parent,
    )
    return finish(root, claim, Intent(entry, why))


def test_a_claim_takes_the_file_out_of_the_inbox_under_the_next_number(spool, root):
    first, second = claim(spool, root), claim(spool, root)

    assert (first.number, second.number) == (1, 2)
    assert not (root.inbox / "x.yaml").exists()
    assert claim_files.read_job(first) == b"prompt: x\n"


def test_numbers_go_on_after_a_restart_even_if_the_counter_is_lost(spool, root):
    done = claim(spool, root)
    end(root, done, Outcome.DONE)
    root.counter_file.unlink()
    again = Spool(root)
    again.open()

    assert claim(again, root).number == 2


def test_claiming_a_file_that_is_gone_changes_nothing(spool, root):
    with pytest.raises(FileNotFoundError):
        spool.claim(dropped(root.inbox / "gone.yaml"), wall=0.0)

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


def test_a_folder_where_a_file_of_a_claim_belongs_is_put_aside_and_kept(spool, root):
    taken = claim(spool, root)
    for name in ("ticket.json", "plan.json"):
        (taken.folder / name).unlink(missing_ok=True)
        (taken.folder / name).mkdir()
        (taken.folder / name / "mine").touch()

    again = claim_files.begin_attempt(taken)
    claim_files.save_plan(again, "{}")

    assert claim_files.read_ticket(taken.folder) == again.ticket
    assert claim_files.load_plan(taken) == {}
    aside = sorted(file.parent.name for file in taken.folder.glob("*/mine"))
    assert aside == ["plan.json.spoiled", "ticket.json.spoiled"]
    assert not list(taken.folder.glob(".*"))


def test_finishing_never_overwrites_an_older_file_of_the_same_name(spool, root):
    for _ in range(3):
        end(root, claim(spool, root), Outcome.FAILED, "because")

    assert sorted(p.name for p in root.failed.iterdir()) == [
        "x-2.yaml",
        "x-2.yaml.why.txt",
        "x-3.yaml",
        "x-3.yaml.why.txt",
        "x.yaml",
        "x.yaml.why.txt",
    ]


def test_a_torn_last_line_of_the_journal_costs_only_that_line(spool, root):
    end(root, claim(spool, root), Outcome.DONE)
    with root.journal_file.open("a") as lines:
        lines.write('{"job": 9, "outc')
    end(root, claim(spool, root), Outcome.DONE)

    assert [entry.job for entry in journal.read(root)] == [1, 2]


def test_publishing_never_overwrites_and_commits_with_the_picture(root):
    outbox = Publisher(root, Stage(root))
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
    names = Reservations(root)
    names.reserve(["Caf\u00e9"], 1)

    assert names.taken("cafe\u0301", 2)
    assert not names.taken("cafe\u0301", 1)
    names.release(1)
    assert not names.taken("cafe\u0301", 2)


def test_moving_never_overwrites_and_names_are_cut_on_characters(tmp_path):
    (tmp_path / "a").write_text("a")
    (tmp_path / "b").write_text("b")

    with pytest.raises(FileExistsError):
        move_new(tmp_path / "a", tmp_path / "b")
    assert free_name(tmp_path, "a").name == "a-2"
    assert len(fit("ж" * 200, ".yaml").encode()) <= 255


def test_a_picture_whose_publication_is_tried_again_after_it_happened_stays_one(root):
    outbox = Publisher(root, Stage(root))
    staged = root.stage / "000001-01.png"
    write_new(staged, b"ours")
    os.link(staged, root.outbox / "x.png")  # and then the disk failed
    outbox.publish(staged, "x", {"result": {}})

    assert [file.name for file in root.outbox.iterdir() if file.is_file()] == ["x.png"]
    assert not list(root.stage.iterdir())


def test_withdrawing_a_sidecar_leaves_a_file_that_somebody_put_under_its_name(root):
    outbox = Publisher(root, Stage(root))
    (root.outbox / "ours.json").write_text('{"result": {"job": 1}}')
    (root.outbox / "mine.json").write_text('{"notes": "do not delete"}')
    outbox.withdraw("ours", 1)
    outbox.withdraw("mine", 1)
    outbox.withdraw("nothing", 1)

    assert [file.name for file in root.outbox.iterdir() if file.is_file()] == ["mine.json"]


def test_a_folder_that_took_a_job_files_place_before_the_claim_is_put_back_and_blocks_nothing(
    spool, root
):
    """Looked at as a file, claimed as a folder."""
    (root.inbox / "x.yaml").mkdir()
    (root.inbox / "x.yaml" / "precious").write_text("mine")
    with pytest.raises(OSError, match="it is a folder now") as refused:
        spool.claim(dropped(root.inbox / "x.yaml"), wall=0.0)

    assert not concerns_all(refused.value)
    assert (root.inbox / "x.yaml" / "precious").read_text() == "mine"
    assert not list(root.spool.iterdir())


def test_a_spool_that_is_gone_says_nothing_of_the_file_that_was_to_be_claimed(spool, root):
    root.spool.rmdir()
    (root.inbox / "x.yaml").write_text("prompt: x\n")
    with pytest.raises(OSError, match="the spool is gone") as refused:
        spool.claim(dropped(root.inbox / "x.yaml"), wall=0.0)

    assert not isinstance(refused.value, FileNotFoundError)
    assert concerns_all(refused.value)


@pytest.mark.skipif(not os.access("/dev/shm", os.W_OK), reason="no second disk here")
@pytest.mark.parametrize("theirs", [b"ours", b"another's", None])
def test_a_picture_copied_to_a_folder_on_another_disk_is_told_by_what_it_holds(root, theirs):
    """Killed after the copy, before the staged one was taken away."""
    with tempfile.TemporaryDirectory(dir="/dev/shm") as disk:
        (root.outbox / "ep").symlink_to(disk)
        staged, picture = root.stage / "000001-01.png", root.outbox / "ep" / "x.png"
        write_new(staged, b"ours")
        if theirs is not None:
            picture.write_bytes(theirs)
            picture.with_suffix(".json").write_text('{"result": {"job": 1}}')
        outbox = Publisher(root, Stage(root))

        is_out = outbox.was_published(staged, "ep/x", 1, stage=Stage(root).inode, sha256=None)
        assert is_out is (theirs == b"ours")
        assert staged.exists() is not is_out


@pytest.mark.parametrize("there", [b"another's", None])
def test_a_picture_is_not_taken_for_published_because_of_its_name(root, there):
    """The stage is another one, so that it can't tell; what lies under the name is looked into."""
    picture, ours = root.outbox / "x.png", hashlib.sha256(b"ours").hexdigest()
    if there is not None:
        picture.write_bytes(there)
    outbox, staged = Publisher(root, Stage(root)), root.stage / "000001-01.png"
    assert not outbox.was_published(staged, "x", 1, stage=1, sha256=ours)

    picture.write_bytes(b"ours")
    assert outbox.was_published(staged, "x", 1, stage=1, sha256=ours)


def test_a_folder_of_the_outbox_that_is_a_file_is_gone_round_at_any_depth(root):
    (root.outbox / "a").mkdir()
    (root.outbox / "a" / "b").write_text("a file")
    names = Reservations(root)

    assert names.free_stem("a/b/x/x-01", 1) == "a/b-2/x/x-01"


def test_a_spool_that_is_let_go_of_keeps_no_claimed_file_open(root):
    spool = Spool(root)
    spool.open()
    taken = claim(spool, root)
    assert str(taken.job_file) in open_files()
    del spool
    gc.collect()

    assert str(taken.job_file) not in open_files()


def open_files():
    """Where this process's descriptors lead."""
    return [file.path for file in psutil.Process().open_files()]
