"""Notes on what our own verbs drop: one for each file of a place, whatever comes in between."""

from __future__ import annotations

from daemon.root import drop_notes
from daemon.spool.spool import Spool
from daemon.spool.ticket import Dropped


def drop(root, parent: int):
    draft = root.inbox / ".two.yaml.part"
    draft.write_bytes(b"prompt: two\n")
    return drop_notes.drop(root, draft, root.inbox, "two.yaml", parent)


def claimed(root, spool, file):
    return spool.claim(
        Dropped(file, "", again=False, queued_at=0.0, queued_wall=0.0), wall=0.0
    ).ticket


def test_the_note_on_the_next_file_of_a_name_outlives_the_end_of_the_last_ones(root, monkeypatch):
    """The next may be dropped after the last was taken and before its note is forgotten."""
    spool, forget, between = Spool(root), drop_notes.forget, []
    spool.open()

    def drop_first(*arguments) -> None:
        if not between:
            between.append(drop(root, 22))
        forget(*arguments)

    monkeypatch.setattr(drop_notes, "forget", drop_first)
    first = claimed(root, spool, drop(root, 11))
    second = claimed(root, spool, between[0])

    assert (first.file, second.file) == ("two.yaml", "two.yaml")
    assert [(each.deliberate, each.parent) for each in (first, second)] == [(True, 11), (True, 22)]
    assert not list(root.notes.iterdir())


def test_a_note_is_of_one_file_and_one_place(root):
    drop_notes.leave(root, "a.yaml", drop_notes.Note(1, 7))
    drop_notes.leave(root, "a.yaml", drop_notes.Note(2, 8))

    assert drop_notes.find(root, "b.yaml", 1) is None
    assert drop_notes.find(root, "a.yaml", 3) is None
    drop_notes.forget(root, "a.yaml", 3)
    drop_notes.forget(root, "a.yaml", 1)
    assert drop_notes.find(root, "a.yaml", 1) is None
    assert drop_notes.find(root, "a.yaml", 2) == drop_notes.Note(2, 8)
