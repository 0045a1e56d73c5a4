"""With no daemon, files that are no jobs are told as a daemon tells them, from the disk alone."""

from __future__ import annotations

import hashlib
import os
import time
from pathlib import Path

import pytest
from support.cures import CURES

from daemon.cli import at_rest
from daemon.inbox.leftovers import STILL, leftovers
from daemon.root.layout import Layout
from daemon.root.our_page import GENERATOR


def put(root: Layout, name: str, content: bytes = b"prompt: a boat\n") -> Path:
    file = root.inbox / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
    return file


def told(root: Layout, seconds: float = STILL + 1) -> dict[str, str]:
    found = leftovers(root, wall=time.time() + seconds)
    return {file: f"{remedy.reason}. {remedy.remedy}" for file, remedy in found}


def test_the_words_are_those_of_a_daemon(root: Layout) -> None:
    for name in CURES:
        put(root, name, b"" if name == "empty" else b"prompt: a boat\n")

    assert told(root, 1) == {}, "nobody is told of a file that was put there this moment"
    found = told(root)

    assert found.keys() == CURES.keys()
    assert not {name: found[name] for name, cure in CURES.items() if cure not in found[name]}


def test_a_page_of_ours_that_was_copied_in_is_none(root: Layout) -> None:
    put(root, "final/ep01/index.html", f"<html>{GENERATOR}</html>".encode())
    put(root, "final/ep02/index.html", b"<html>of a person</html>")

    assert list(told(root)) == ["final/ep02/index.html"]


@pytest.mark.parametrize(
    ("job", "named"),
    [
        ("prompt: a\nreferences: [{image: anna.png}]\n", True),
        ("prompt: a\nimage: café.png\n", True),
        ("prompt: a\nimage: cafe\u0301.png\n", True),
        ("prompt: a\n", False),
        ("", False),
    ],
)
def test_a_picture_that_a_waiting_job_mentions_is_no_stray(
    root: Layout, job: str, named: bool
) -> None:
    for name in ("anna.png", "café.png"):
        put(root, name, name.encode())
    put(root, "ep/a.yaml", job.encode())

    assert len(told(root)) == 2 - named


def test_a_picture_that_a_job_has_named_before_is_no_stray(root: Layout) -> None:
    root.references.mkdir(exist_ok=True)
    for name, content in (("anna.png", b"anna"), ("else.png", b"else"), ("longer.png", b"longer")):
        put(root, name, content)
    (root.references / hashlib.sha256(b"anna").hexdigest()).write_bytes(b"anna")
    (root.references / "folder").mkdir()

    assert list(told(root)) == ["else.png", "longer.png"]


def test_a_copy_that_came_after_its_content_was_named_is_told(root: Layout) -> None:
    root.references.mkdir(exist_ok=True)
    put(root, "anna.png", b"anna")
    kept = root.references / hashlib.sha256(b"anna").hexdigest()
    kept.write_bytes(b"anna")
    put(root, "drawings/010.png", b"anna")
    os.utime(kept, ns=(0, (root.inbox / "anna.png").stat().st_mtime_ns))

    assert list(told(root)) == ["drawings/010.png"], "no job has ever named that one"


def test_a_named_picture_whose_facts_change_is_no_stray(root: Layout) -> None:
    root.references.mkdir(exist_ok=True)
    picture = put(root, "anna.png", b"anna")
    (root.references / hashlib.sha256(b"anna").hexdigest()).write_bytes(b"anna")
    picture.chmod(0o600)  # as a tag, a backup or a sync client would

    assert told(root) == {}


def test_defaults_with_a_letter_are_told_until_they_are_changed(root: Layout) -> None:
    defaults = put(root, "ep/_defaults.yaml", b"stepss: 3\n")
    assert told(root) == {}
    letter = put(root, "ep/_defaults.yaml.why.txt", b"What: ...\n")
    (found,) = told(root, 0).items()
    assert found[0] == "ep/_defaults.yaml"
    assert letter.name in found[1]
    after = letter.stat().st_mtime + 5
    os.utime(defaults, (after, after))

    assert told(root) == {}


def test_no_inbox_no_store_and_no_right_to_look_are_no_trouble(root: Layout) -> None:
    put(root, "anna.png")
    (root.inbox / "loop").symlink_to(root.inbox)
    os.mkfifo(root.inbox / "pipe.png")
    assert list(told(root)) == ["anna.png", "loop", "pipe.png"]
    root.inbox.rename(root.root / "away")

    assert told(root) == {}


@pytest.mark.parametrize(
    ("above", "own", "are_drawings"),
    [
        ("each: drawing\n", "", True),
        ("steps: 3\nEach: 'drawing'\n", "", True),
        ('{"each": "drawing"}', "steps: 3\n", True),
        ("each: drawing\n", "each: none\n", False),
        ("", "each: drawing\n", True),
        ("# each: drawing\n", "", False),
        ("style: each drawing\n", "", False),
    ],
)
def test_drawings_to_be_made_pictures_of_and_their_words_are_no_strays_and_no_jobs(
    root: Layout, above: str, own: str, are_drawings: bool
) -> None:
    put(root, "film/_defaults.yaml", above.encode())
    if own:
        put(root, "film/a/_defaults.yaml", own.encode())
    for name in ("dawn.png", "dawn.txt", "wide.yaml"):
        put(root, f"film/a/{name}")
    put(root, "film/a/notes.md")

    stray = set() if are_drawings else {"film/a/dawn.png"}
    assert told(root).keys() - {"film/a/notes.md"} == stray
    jobs = ["film/a/wide.yaml"] if are_drawings else ["film/a/dawn.txt", "film/a/wide.yaml"]
    assert at_rest.look(root, wall=time.time())["queue"]["files"] == jobs
