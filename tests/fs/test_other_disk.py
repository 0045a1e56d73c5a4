"""What is moved to another disk arrives whole, whatever it is; what is in use stays where it is."""

from __future__ import annotations

import errno
import os
import socket
import stat
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from support.other_disk import needs_other_disk, other_disk

from daemon.fs import other_disk as module
from daemon.fs.atomic import move_new

pytestmark = needs_other_disk


@pytest.fixture
def far(tmp_path: Path) -> Iterator[Path]:
    with other_disk(than=tmp_path) as folder:
        yield folder


def a_file(path: Path) -> None:
    path.write_bytes(b"prompt: a boat\n")
    path.chmod(0o640)
    os.utime(path, ns=(10**18, 10**18))


def a_socket(path: Path) -> None:
    there = Path.cwd()
    os.chdir(path.parent)  # a socket's whole path would be too long
    try:
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(path.name)
    finally:
        os.chdir(there)


def a_folder(path: Path) -> None:
    (path / "deep" / "er").mkdir(parents=True)
    (path / "empty").mkdir()
    a_file(path / "deep" / "er" / "a.yaml")
    (path / os.fsdecode(b"\xff\n.png")).write_bytes(b"\0" * 3_000_000)
    (path / "link").symlink_to("deep/er")
    (path / ".hidden").write_text("x")
    os.mkfifo(path / "pipe")


KINDS: dict[str, Callable[[Path], None]] = {
    "file": a_file,
    "empty file": Path.touch,
    "link": lambda path: path.symlink_to("/etc/hostname"),
    "link to nowhere": lambda path: path.symlink_to("nowhere"),
    "link to a folder": lambda path: path.symlink_to("/"),
    "pipe": os.mkfifo,
    "socket": a_socket,
    "folder": a_folder,
    "empty folder": Path.mkdir,
}


def tree(path: Path) -> dict[str, object]:
    """All there is to tell of it."""
    found: dict[str, object] = {}
    stack = [path]
    while stack:
        here = stack.pop()
        facts = os.lstat(here)
        kind: object = stat.S_IFMT(facts.st_mode)
        if stat.S_ISREG(facts.st_mode):
            kind = (stat.S_IMODE(facts.st_mode), facts.st_mtime_ns, here.read_bytes())
        elif stat.S_ISLNK(facts.st_mode):
            kind = here.readlink()
        elif stat.S_ISDIR(facts.st_mode):
            stack.extend(here / name for name in os.listdir(here))
        found[str(here)[len(str(path)) :]] = kind
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_whatever_it_is_arrives_whole_and_is_gone_where_it_was(
    tmp_path: Path, far: Path, kind: str
) -> None:
    if kind == "socket" and sys.platform == "darwin":
        pytest.skip("only its own program makes a socket there")
    source, target = tmp_path / "here" / "x", far / "there" / "y"
    source.parent.mkdir()
    target.parent.mkdir()
    KINDS[kind](source)
    before = tree(source)

    move_new(source, target)

    assert tree(target) == before
    assert os.listdir(source.parent) == []
    assert os.listdir(target.parent) == ["y"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_name_that_is_taken_there_keeps_both(tmp_path: Path, far: Path, kind: str) -> None:
    source, target = tmp_path / "x", far / "y"
    KINDS[kind](source)
    target.write_text("mine")
    before = tree(source)

    with pytest.raises(FileExistsError):
        move_new(source, target)

    assert tree(source) == before
    assert os.listdir(far) == ["y"]
    assert target.read_text() == "mine"


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux tells of writers")
@pytest.mark.parametrize("inside", ["", "deep/er/a.yaml"])
def test_what_somebody_has_open_for_writing_stays_until_it_is_closed(
    tmp_path: Path, far: Path, inside: str
) -> None:
    source = tmp_path / "x"
    (a_folder if inside else a_file)(source)
    with (source / inside).open("ab") as writer:
        with pytest.raises(OSError, match="still being written") as caught:
            move_new(source, far / "y")
        assert os.listdir(far) == []
        writer.write(b"the rest\n")

    move_new(source, far / "y")

    assert caught.value.errno == errno.EBUSY
    assert (far / "y" / inside).read_bytes() == b"prompt: a boat\nthe rest\n"


def test_what_was_changed_or_replaced_since_it_was_copied_is_never_taken_away(
    tmp_path: Path, far: Path
) -> None:
    for number, change in enumerate(
        (
            lambda path: path.write_text("another"),
            lambda path: os.replace(saved(path.with_name("new")), path),
        )
    ):
        source = tmp_path / f"x{number}"
        a_file(source)
        copied = module.copy(source, far / f"y{number}")
        change(source)

        with pytest.raises(OSError, match="still being written"):
            module.take_away(copied, tmp_path / ".aside")

        assert source.read_text() == "another"


def saved(path: Path) -> Path:
    path.write_text("another")
    return path


def test_what_comes_into_a_folder_while_it_moves_stays_under_its_name(
    tmp_path: Path, far: Path
) -> None:
    source = tmp_path / "x"
    a_folder(source)
    copied = module.copy(source, far / "y")
    (source / "deep" / "late.png").write_text("late")
    (source / ".hidden").write_text("changed since")

    module.take_away(copied, tmp_path / ".aside")

    assert sorted(tree(source)) == ["", "/.hidden", "/deep", "/deep/late.png"]
    assert (source / "deep" / "late.png").read_text() == "late"
    assert os.listdir(tmp_path) == ["x"]
