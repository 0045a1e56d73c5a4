"""The defaults of a folder: under any of their names, never two, never more than a page."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from daemon.errors import DefaultsError, JobError
from daemon.plan.defaults import MAX_BYTES, find
from daemon.plan.prepare import Preparer
from daemon.root.layout import DEFAULTS_NAMES, Layout
from daemon.settings import Settings


@pytest.mark.parametrize("name", DEFAULTS_NAMES)
def test_each_name_is_read(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"{}")

    assert find(tmp_path, "inbox/ep01") == (f"inbox/ep01/{name}", b"{}")


def test_a_folder_without_any_has_none(tmp_path: Path) -> None:
    assert find(tmp_path, "inbox") is None


def pipe(file: Path) -> None:
    os.mkfifo(file)


def link(file: Path) -> None:
    file.symlink_to("/etc/passwd")


def dangling(file: Path) -> None:
    file.symlink_to("/nowhere")


def folder(file: Path) -> None:
    file.mkdir()


def huge(file: Path) -> None:
    with file.open("wb") as stream:
        stream.truncate(1 << 40)


def two(file: Path) -> None:
    file.write_bytes(b"steps: 3")
    file.with_name("_defaults.json").write_bytes(b"{}")


@pytest.mark.parametrize("make", [pipe, link, dangling, folder, huge, two])
def test_what_can_not_be_defaults_holds_the_folder_in_words(tmp_path: Path, make) -> None:
    make(tmp_path / "_defaults.yaml")

    with pytest.raises(DefaultsError) as caught:
        find(tmp_path, "inbox/ep01")

    assert caught.value.file == "inbox/ep01/_defaults.yaml"
    assert caught.value.remedy


#: what defaults say -> whether the job under them must wait for them to be mended
SAID = {
    "steps: 3": False,
    "# nothing yet": False,
    "stepss: 3": True,
    "steps: many": True,
    "id: one": True,
    "model: nowhere": True,
    "{broken": True,
    "- a list": True,
    "": True,
}


@pytest.mark.parametrize("said", SAID)
def test_a_mistake_in_defaults_is_never_the_job_s(root: Layout, said: str) -> None:
    preparer = Preparer(root, Settings(), engine="sdxl", model=None)
    (root.inbox / "ep01").mkdir()
    defaults = root.inbox / "ep01" / "_defaults.yaml"
    defaults.write_text(said)
    job = root.inbox / "ep01" / "a.yaml"
    job.write_text("prompt: a boat\n")

    for ask in (
        lambda: preparer.reader.check_defaults(defaults),
        lambda: preparer.reader.job(job, name="a.yaml", project="ep01"),
    ):
        if not SAID[said]:
            ask()
            continue
        with pytest.raises(DefaultsError) as caught:
            ask()
        assert caught.value.file == "inbox/ep01/_defaults.yaml"


def test_a_mistake_in_the_job_is_the_job_s(root: Layout) -> None:
    preparer = Preparer(root, Settings(), engine="sdxl", model=None)
    (root.inbox / "_defaults.yaml").write_text("steps: 3\n")
    job = root.inbox / "a.yaml"
    for text in ("prompt: a\nstepss: 3\n", "prompt: a\nmodel: nowhere\n", "steps: 3\n"):
        job.write_text(text)
        with pytest.raises(JobError) as caught:
            preparer.reader.job(job, name="a.yaml", project="")
        assert not isinstance(caught.value, DefaultsError), text


def test_all_the_defaults_above_a_job_together_are_bounded(root: Layout) -> None:
    preparer = Preparer(root, Settings(), engine="sdxl", model=None)
    deep = root.inbox / "a" / "b" / "c"
    deep.mkdir(parents=True)
    for level in (root.inbox / "a", root.inbox / "a" / "b", deep):
        (level / "_defaults.yaml").write_text("# " + "x" * (MAX_BYTES // 2) + "\n")
    (deep / "j.yaml").write_text("prompt: a\n")

    with pytest.raises(DefaultsError, match="more than"):
        preparer.reader.job(deep / "j.yaml", name="j.yaml", project="a/b/c")


@pytest.mark.parametrize("content", [b"", b"\n", b"\0\0\0", b"- a", b"[]", b"a boat", b"42"])
def test_no_letter_about_defaults_tells_to_write_what_cant_be_one(
    root: Layout, content: bytes
) -> None:
    preparer = Preparer(root, Settings(), engine="sdxl", model=None)
    (root.inbox / "_defaults.yaml").write_bytes(content)
    (root.inbox / "j.yaml").write_text("prompt: a\n")
    with pytest.raises(DefaultsError) as caught:
        preparer.reader.job(root.inbox / "j.yaml", name="j.yaml", project="")

    assert "steps: 20" in caught.value.remedy
    assert "prompt" not in caught.value.remedy
