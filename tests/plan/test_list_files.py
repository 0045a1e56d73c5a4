"""A list is read from where pictures may lie, in any text that people save; and is no job."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from daemon.errors import JobError, NoJobError, NotYetError
from daemon.plan.known_lists import KnownLists
from daemon.plan.list_files import ListFiles
from daemon.plan.prepare import Preparer
from daemon.root.layout import Layout
from daemon.settings import Settings

LIGHTS = "dawn\nhigh noon, no clouds\nnight\n"


@pytest.mark.parametrize(
    "data",
    [
        LIGHTS.encode(),
        b"\xef\xbb\xbf" + LIGHTS.encode(),
        LIGHTS.encode("utf-16"),
        LIGHTS.replace("\n", "\r\n").encode(),
        f"# lights\n\n  {LIGHTS}   \n#end".encode(),
    ],
)
def test_every_line_is_a_value_however_the_text_was_saved(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "lights.txt").write_bytes(data)

    assert ListFiles(tmp_path).lines("lights.txt") == ("dawn", "high noon, no clouds", "night")


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"caf\xe9\nbar\n", "not UTF-8"),
        (b"a\nb\0c\n", "line 2"),
        (b"a\n" * 600_000, "larger than 1 MB"),
        (b"", "holds nothing"),
    ],
)
def test_what_is_no_text_is_said_of_the_list(tmp_path: Path, data: bytes, told: str) -> None:
    (tmp_path / "lights.txt").write_bytes(data)
    with pytest.raises(JobError) as caught:
        ListFiles(tmp_path).lines("lights.txt")

    assert "The list lights.txt can't be read" in caught.value.what
    assert told in caught.value.what


@pytest.mark.parametrize("name", ["../x.txt", "/etc/x.txt", "~/x.txt", "http://a/x.txt"])
def test_a_list_lies_where_a_job_may_look_and_nowhere_else(tmp_path: Path, name: str) -> None:
    with pytest.raises(JobError) as caught:
        ListFiles(tmp_path).lines(name)

    assert not isinstance(caught.value, NotYetError)
    assert "The list" in caught.value.what


def test_a_link_a_pipe_or_a_folder_is_no_list(tmp_path: Path) -> None:
    beside, outside = tmp_path / "in", tmp_path / "secret.txt"
    beside.mkdir()
    outside.write_text(LIGHTS)
    (beside / "link.txt").symlink_to(outside)
    os.mkfifo(beside / "pipe.txt")
    (beside / "folder.txt").mkdir()
    for name in ("link.txt", "pipe.txt", "folder.txt"):
        with pytest.raises(JobError):
            ListFiles(beside).lines(name)


def test_a_list_that_is_not_there_may_still_come(tmp_path: Path) -> None:
    with pytest.raises(NotYetError, match="lights"):
        ListFiles(tmp_path).lines("lights.txt")
    (tmp_path / "library").mkdir()
    (tmp_path / "library" / "lights.txt").write_text(LIGHTS)

    assert ListFiles(tmp_path, [tmp_path / "library"]).lines("lights.txt")[0] == "dawn"


# --- and no job -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("place", "job", "text", "is_list"),
    [
        ("lights.txt", "pier.yaml", "vary: {x: lights.txt}", True),
        ("ep/lights.txt", "ep/pier.json", '{"vary": {"x": "lights.txt"}}', True),
        ("ep/lists/lights.txt", "ep/pier.yaml", "vary: {x: lists/lights.txt}", True),
        ("lights.txt", "ep/pier.yaml", "vary: {x: lights.txt}", False),
        ("lights.txt", "pier.yaml", "prompt: __lights__", True),
        ("lights.txt", "pier.yaml", "prompt: lights", False),
        ("Lïcht.txt", "pier.yaml", "vary: {x: Lïcht.txt}", True),
    ],
)
def test_a_text_is_a_list_where_a_job_file_beside_it_or_above_names_it(
    root: Layout, place: str, job: str, text: str, is_list: bool
) -> None:
    for name, content in ((place, LIGHTS), (job, text)):
        file = root.inbox / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content, "utf-8")
    known = KnownLists(root.inbox, root.references)

    assert known.has(root.inbox / place) is is_list


def test_a_text_of_one_line_is_always_a_job(root: Layout) -> None:
    (root.inbox / "boat.txt").write_text("a boat\n")
    (root.inbox / "pier.yaml").write_text("vary: {x: boat.txt}\n")

    assert not KnownLists(root.inbox, root.references).has(root.inbox / "boat.txt")


def test_what_a_job_has_read_is_still_a_list_when_the_job_is_gone(root: Layout) -> None:
    pier = root.inbox / "pier.yaml"
    pier.write_text("prompt: '{x}'\nvary: {x: lights.txt}\n")
    text = root.inbox / "lights.txt"
    text.write_text(LIGHTS)
    ready = Preparer(root, Settings(), engine="dry-run", model=None)
    lists = ready.lists("")
    job = ready.reader.job(pier, name=pier.name, project="", lists=lists)
    ready.plan(
        job, number=1, stem="pier", project="", draw_seed=lambda: 1,
        taken=lambda _: False, lists=lists,
    )  # fmt: skip
    pier.unlink()
    later = Preparer(root, Settings(), engine="dry-run", model=None)

    with pytest.raises(NoJobError):
        later.peek(text, project="")
    text.write_text(LIGHTS + "rain\n")
    with pytest.raises(JobError) as caught:
        later.peek(text, project="")
    assert not isinstance(caught.value, NoJobError)
