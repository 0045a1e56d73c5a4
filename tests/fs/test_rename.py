"""A rename that refuses to replace, and what it is for: a picture that was published stays so.

The kill that these tests mean comes in the middle of a publication, and before the next start a
person has moved the picture away, so that neither name tells that it was ever there.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
from pathlib import Path

import pytest

from daemon.fs import atomic, rename
from daemon.fs.retry import said
from daemon.outbox.publisher import Publisher
from daemon.outbox.stage import Stage

ON_NO_DISK = [errno.EINVAL, errno.ENOSYS, errno.ENOTSUP]
"""What a system or a disk says that has no such rename."""


class KilledError(BaseException):
    """Ends the daemon as `kill -9` would: nothing of ours that comes after it runs."""


@pytest.fixture
def staged(root) -> Path:
    path = root.stage / "1-1.png"
    path.write_bytes(b"a picture")
    return path


def outbox_of(root) -> Publisher:
    return Publisher(root, Stage(root))


def killed_before_unlinking(monkeypatch: pytest.MonkeyPatch, staged: Path) -> None:
    unlink = os.unlink

    def kill(path, **more):
        if Path(path) == staged:
            raise KilledError
        unlink(path, **more)

    monkeypatch.setattr(os, "unlink", kill)


def publish_and_die(root, staged: Path, monkeypatch: pytest.MonkeyPatch) -> int | None:
    """Publish, and die where the staged name would go by itself, if it ever does."""
    outbox, stage = outbox_of(root), Stage(root).inode
    with monkeypatch.context() as patch:
        killed_before_unlinking(patch, staged)
        with contextlib.suppress(KilledError):
            outbox.publish(staged, "boat", {"result": {"job": 1, "image": "boat.png"}})
    return stage


def test_a_kill_in_the_middle_of_publishing_publishes_no_picture_twice_though_it_was_moved_away(
    root, staged, tmp_path, monkeypatch
):
    stage = publish_and_die(root, staged, monkeypatch)
    (root.outbox / "boat.png").rename(tmp_path / "mine.png")

    assert outbox_of(root).was_published(staged, "boat", 1, stage=stage, sha256=None)
    assert not staged.exists()
    assert (tmp_path / "mine.png").read_bytes() == b"a picture"


@pytest.fixture(params=ON_NO_DISK, ids=[errno.errorcode[code] for code in ON_NO_DISK])
def without(request, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that has no rename of this kind, only links."""

    def refuse(_source: bytes, _target: bytes) -> int:
        ctypes.set_errno(request.param)
        return -1

    monkeypatch.setattr(rename, "_call", lambda: refuse)


@pytest.mark.usefixtures("without")
def test_nor_does_one_between_link_and_unlink_where_there_is_nothing_better(
    root, staged, tmp_path, monkeypatch
):
    stage = publish_and_die(root, staged, monkeypatch)
    assert staged.exists()
    (root.outbox / "boat.png").rename(tmp_path / "mine.png")

    assert outbox_of(root).was_published(staged, "boat", 1, stage=stage, sha256=None)
    assert not staged.exists()
    assert (tmp_path / "mine.png").read_bytes() == b"a picture"


@pytest.mark.usefixtures("without")
def test_one_that_came_before_the_link_leaves_it_to_be_rendered_again(root, staged):
    outbox = outbox_of(root)

    assert not outbox.was_published(staged, "boat", 1, stage=Stage(root).inode, sha256=None)
    assert staged.exists()
    assert os.listdir(root.stage) == [staged.name]


def test_a_backup_made_of_links_is_no_publication(root, staged, tmp_path):
    """`cp -al` while a full disk keeps a picture in the stage gives it a second name."""
    if not rename.has_rename_new(root.stage):
        pytest.skip("this disk has no rename that refuses to replace")
    os.link(staged, tmp_path / "backup.png")
    outbox = outbox_of(root)

    assert not outbox.was_published(staged, "boat", 1, stage=Stage(root).inode, sha256=None)
    assert os.listdir(root.stage) == [staged.name]


def test_a_name_that_is_taken_is_never_replaced(tmp_path):
    one, other = tmp_path / "one", tmp_path / "other"
    one.write_text("one")
    other.write_text("other")
    for taken in (other, tmp_path / "dangling", tmp_path / "folder", tmp_path / "twin"):
        if taken.name == "dangling":
            taken.symlink_to(tmp_path / "nowhere")
        elif taken.name == "folder":
            taken.mkdir()
        elif taken.name == "twin":
            os.link(one, taken)
        with pytest.raises(FileExistsError):
            atomic.move_new(one, taken)

    assert (one.read_text(), other.read_text()) == ("one", "other")
    atomic.move_new(one, tmp_path / "free")
    assert (tmp_path / "free").read_text() == "one"
    assert not one.exists()


@pytest.mark.usefixtures("without")
def test_nor_is_it_where_there_is_nothing_better(tmp_path):
    test_a_name_that_is_taken_is_never_replaced(tmp_path)


def test_a_folder_that_can_not_be_synced_leaves_the_old_name(tmp_path, monkeypatch):
    """An I/O error after the rename: whoever asked for it may try again, from where it was."""
    source = tmp_path / "source"
    source.write_text("kept")

    def fails(_folder: Path) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(atomic, "fsync_folder", fails)
    with pytest.raises(OSError, match="Input/output error"):
        atomic.move_new(source, tmp_path / "target")

    assert os.listdir(tmp_path) == ["source"]


def test_the_error_of_a_rename_names_both_files(tmp_path):
    with pytest.raises(FileNotFoundError) as missing:
        rename.rename_new(tmp_path / "source", tmp_path / "target")

    assert (missing.value.filename, missing.value.filename2) == (
        str(tmp_path / "source"), str(tmp_path / "target"),
    )  # fmt: skip
    assert said(missing.value).endswith(f"({tmp_path / 'source'} to {tmp_path / 'target'})")


def test_this_disk_can_be_asked_and_nothing_is_left_of_the_question(tmp_path):
    assert rename.has_rename_new(tmp_path) in (True, False)
    assert os.listdir(tmp_path) == []
