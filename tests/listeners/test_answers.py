"""Answers for scripts that only drop files: what became of each, whole, once, and not for ever."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import pytest
from support.daemon import hotfolder

from daemon.listeners import answer_files
from daemon.listeners.answer_files import AnswerFiles
from daemon.listeners.answers import Answers
from daemon.notify import events
from daemon.notify.subscribers import Numbered
from daemon.protocol.outcome import Outcome

SMALL = "prompt: p\nsize: 64x64\nsteps: 2\n"


def answer(root, name: str):
    return json.loads((root.outbox / ".answers" / f"{name}.json").read_bytes())


def test_every_end_is_answered_under_the_files_name_and_the_id(root, drop, daemon):
    root.settings_file.write_text("folder_settle: 0\n")
    drop.whole("ep01/a.yaml", f"{SMALL}count: 2\nid: ep01/a\n")
    drop.whole("ё <b>.yaml", "prmpt: a\n")
    assert daemon("--until-empty", ready=False).wait() == 1

    pictures = [root.outbox / "ep01" / "a" / f"a-0{n}.png" for n in (1, 2)]
    good = answer(root, "ep01/a.yaml")
    assert good["pictures"] == [
        {"picture": str(p), "record": str(p.with_suffix(".json"))} for p in pictures
    ]
    assert (good["outcome"], good["id"], good["letter"]) == ("done", "ep01/a", None)
    assert answer(root, "ep01_a") == good
    bad = answer(root, "ё <b>.yaml")
    assert bad["outcome"] == "failed"
    assert "prmpt" in Path(bad["letter"]).read_text()

    drop.whole("b.yaml", f"{SMALL}id: ep01/a\n")
    drop.whole("c.yaml", SMALL)
    assert daemon("--until-empty", ready=False).wait() == 0
    assert answer(root, "b.yaml")["outcome"] == "duplicate"
    assert answer(root, "ep01_a") == good


def test_what_ended_while_nobody_could_answer_is_answered_at_the_next_start(root, drop, daemon):
    drop.whole("a.yaml", SMALL)
    assert daemon("--until-empty", ready=False).wait() == 0
    (root.outbox / ".answers" / "a.yaml.json").unlink()  # as if it had been killed just then
    drop.whole("b.yaml", SMALL)
    assert hotfolder("cancel", "b", "--root", str(root.root)).returncode == 0
    assert daemon("--until-empty", ready=False).wait() == 0

    assert answer(root, "a.yaml")["pictures"][0]["picture"] == str(root.outbox / "a.png")
    assert answer(root, "b.yaml")["outcome"] == "cancelled"
    assert Path(answer(root, "b.yaml")["letter"]).exists()


def finished(file: str, said: str | None = None) -> Numbered:
    subject = events.Subject(7, file, file, "", (), said)
    return Numbered(3, time.time(), events.JobFinished(subject, Outcome.DONE, "done", "", ()))


@pytest.fixture
def give(root):
    """Gives the answers to some ends; returns what is complained of."""

    def give(*told: Numbered) -> list[str]:
        said: list[str] = []
        answers = Answers(root, said.append)
        for each in told:
            answers.take(each)
        answers.close()
        return said

    return give


NAMES = {
    "as long as names may be": ("x" * 250 + ".yaml", "x" * 200),
    "that climb": ("a.yaml", "../../../up"),
    "that hide": ("b.yaml", ".answered"),
    "that steer and split": ("c.yaml", "a\nb\0c\u202e/d"),
    "of other scripts": ("ж.yaml", "日本"),
}


@pytest.mark.parametrize(("file", "said"), NAMES.values(), ids=NAMES)
def test_names_lead_nowhere_else(root, give, tmp_path, file, said):
    before = set(tmp_path.rglob("*"))
    assert give(finished(file, said)) == []

    new = set(tmp_path.rglob("*")) - before
    folder = root.outbox / ".answers"
    assert {p.parent for p in new} == {root.outbox, folder}
    assert len([p for p in new if p.suffix == ".json"]) == 2


@pytest.mark.parametrize("what", ["link", "file"])
def test_a_folder_that_is_none_is_said_once_and_left_alone(root, give, tmp_path, what):
    folder, elsewhere = root.outbox / ".answers", tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "old.json").write_text("{}")
    os.utime(elsewhere / "old.json", (1, 1))
    folder.symlink_to(elsewhere) if what == "link" else folder.write_text("x")

    [said] = give(finished("a.yaml"), finished("b.yaml"))
    assert said.startswith("answers can't be written: ")
    assert [p.name for p in elsewhere.iterdir()] == ["old.json"]


def test_an_outbox_that_is_gone_is_not_made_anew(root, give):
    root.outbox.rename(root.root / "away")
    assert len(give(finished("a.yaml"))) == 1
    assert not root.outbox.exists()


def test_answers_are_swept_after_thirty_days_or_when_they_are_too_many(root, give, monkeypatch):
    monkeypatch.setattr(answer_files, "MOST", 3)
    files, now = AnswerFiles(root), time.time()
    for days, name in enumerate(("today", "yesterday", "tuesday", "monday")):
        place = files.of_file(name, "ep01")
        files.write(place, {})
        os.utime(place, (now - days * 86_400,) * 2)
    old = files.of_file("old", "ep00")
    files.write(old, {})
    os.utime(old, (now - 31 * 86_400,) * 2)
    assert give() == []

    left = {
        p.relative_to(root.outbox / ".answers").as_posix() for p in old.parent.parent.rglob("*")
    }
    assert left == {"ep01", "ep01/today.json", "ep01/yesterday.json", "ep01/tuesday.json"}


def test_what_could_not_be_given_is_not_taken_for_answered(root, give):
    """Nor does it keep those behind it from their answers."""
    files = AnswerFiles(root)
    give(finished("a.yaml"))
    before = files.answered_until
    place = root.outbox / ".answers" / "b.yaml.json"
    (place / "somebody's").mkdir(parents=True)  # an empty folder would be swept
    (place / "somebody's" / "note").touch()
    give(finished("b.yaml"))

    assert before is not None
    assert files.answered_until == before
    place.rename(root.root / "elsewhere")
    give(finished("b.yaml"), finished("c.yaml"))
    assert place.exists()
    assert files.answered_until > before
