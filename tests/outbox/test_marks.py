"""Marks of the page, dropped into the inbox: what is rejected is put aside, and nothing else moves."""

from __future__ import annotations

import json

import pytest
from PIL import Image

from daemon.errors import JobError
from daemon.outbox.marks import Mark, marks_in, put_aside


@pytest.fixture
def outbox(tmp_path):
    for name in ("a", "ep/b", "ep/rejected/b"):
        file = tmp_path / "outbox" / f"{name}.png"
        file.parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (4, 4)).save(file)
        file.with_suffix(".json").write_text(name)
    return tmp_path / "outbox"


def files(outbox) -> set[str]:
    return {file.relative_to(outbox).as_posix() for file in outbox.rglob("*.*")}


def test_rejected_pictures_move_with_their_records_and_nothing_is_overwritten(outbox):
    marks = [Mark("a.png", "keep", "good"), Mark("ep/b.png", "reject"), Mark("c.png", "reject")]
    before = files(outbox)
    said = put_aside(outbox, marks)
    assert said == "marks: 1 put into rejected/, 1 not there any more, 1 kept, 1 with a note"
    assert (outbox / "ep/rejected/b-2.json").read_text() == "ep/b"
    assert files(outbox) == before - {"ep/b.png", "ep/b.json"} | {
        "ep/rejected/b-2.png",
        "ep/rejected/b-2.json",
    }
    assert put_aside(outbox, [Mark("ep/rejected/b.png", "reject")]) == "marks: 1 put into rejected/"


@pytest.mark.parametrize(
    "picture",
    ["../x.png", "/etc/x.png", "ep/../../x.png", ".stage/x.png", "a.json", "", 5, "a\0.png"],
)
def test_a_mark_leads_nowhere_but_to_a_picture_of_the_outbox(picture):
    with pytest.raises(JobError):
        marks_in({"marks": [{"picture": picture, "mark": "reject"}]})


def test_a_folder_that_is_a_link_leads_nobody_out(outbox, tmp_path):
    away = tmp_path / "away"
    away.mkdir()
    Image.new("RGB", (4, 4)).save(away / "x.png")
    (outbox / "out").symlink_to(away)
    assert "1 not there" in put_aside(outbox, [Mark("out/x.png", "reject")])
    assert [file.name for file in away.iterdir()] == ["x.png"]


def test_dropped_they_are_obeyed_and_kept_in_done_and_a_mistake_in_them_has_a_letter(
    root, daemon, drop, wait
):
    (root.outbox / "a.png").write_bytes(b"a picture")
    daemon()
    mark = {"picture": "a.png", "mark": "reject", "note": "too dark"}
    drop.whole("marks.json", json.dumps({"hotfolder": "marks", "schema": 1, "marks": [mark]}))
    wait((root.outbox / "rejected/a.png").exists)
    wait((root.done / "marks.json").exists)
    wait(lambda: "marks: 1 put into rejected/, 1 with a note" in root.log_file.read_text())
    assert not list(root.done.glob("*.why.txt"))
    drop.whole("bad.json", '{"hotfolder": "marks", "marks": [{"picture": "../x.png"}]}')
    wait((root.failed / "bad.json.why.txt").exists)
    assert "mark 1 names no picture" in (root.failed / "bad.json.why.txt").read_text()
