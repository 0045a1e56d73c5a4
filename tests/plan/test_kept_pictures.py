"""Reference pictures are kept by their content, looked at by a child, and never trusted."""

from __future__ import annotations

import hashlib
import os
import socket
import struct
import time
import zlib
from pathlib import Path

import pytest
from support.small_pictures import picture

from daemon.errors import JobError, NotYetError
from daemon.plan.picture_store import PictureStore
from daemon.sandbox.client import Sandbox
from daemon.sandbox.looks import MAX_FILE


@pytest.fixture
def store(tmp_path: Path, sandbox: Sandbox) -> PictureStore:
    return PictureStore(tmp_path / "store", sandbox)


def aged(file: Path) -> Path:
    """As if nobody had written to it for a minute."""
    old = time.time() - 60
    os.utime(file, (old, old))
    return file


# --- keeping ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_picture_is_kept_by_its_content(inbox: Path, store: PictureStore, kind: str) -> None:
    file = picture(inbox / "anna.picture", kind)

    sha256, kept = store.keep(file)

    assert sha256 == hashlib.sha256(file.read_bytes()).hexdigest()
    assert kept.read_bytes() == file.read_bytes()
    assert store.stored(sha256) == kept
    assert [entry.name for entry in store.folder.iterdir()] == [kept.name]


def test_keeping_a_picture_twice_keeps_it_once(inbox: Path, store: PictureStore) -> None:
    first = store.keep(picture(inbox / "a.png"))
    second = store.keep(picture(inbox / "b.png"))

    assert first == second
    assert len(list(store.folder.iterdir())) == 1


def test_what_was_never_kept_is_not_found(store: PictureStore) -> None:
    assert store.stored("0" * 64) is None
    assert store.stored("../../etc/passwd") is None


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"GIF89a" + b"\0" * 100, "not a picture"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 1 1\n", "not a picture"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "not a picture"),
        (b"8BPS" + b"\0" * 100, "not a picture"),
        (b"II*\0" + b"\0" * 100, "not a picture"),
        (b"prompt: a boat\n", "not a picture"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 100 + b"IEND", "not a picture"),
    ],
)
def test_what_is_no_picture_is_refused_whatever_its_name(
    inbox: Path, store: PictureStore, content: bytes, words: str
) -> None:
    file = inbox / "a.png"
    file.write_bytes(content)

    with pytest.raises(JobError, match=words) as caught:
        store.keep(aged(file))

    assert not isinstance(caught.value, NotYetError)
    assert list(store.folder.iterdir()) == []


def test_an_empty_picture_may_still_be_written(inbox: Path, store: PictureStore) -> None:
    (inbox / "a.png").touch()

    with pytest.raises(NotYetError, match="empty"):
        store.keep(inbox / "a.png")


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_half_a_picture_is_waited_for_while_it_is_fresh_and_refused_when_old(
    inbox: Path, store: PictureStore, kind: str
) -> None:
    file = picture(inbox / "a", kind, (64, 64))
    file.write_bytes(file.read_bytes()[:-20])

    with pytest.raises(NotYetError, match="not whole yet"):
        store.keep(file)
    with pytest.raises(JobError, match="breaks off") as caught:
        store.keep(aged(file))

    assert not isinstance(caught.value, NotYetError)


def bomb(file: Path, width: int, height: int) -> Path:
    """A tiny PNG that claims to be huge."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    file.write_bytes(
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b""))
        + chunk(b"IEND", b"")
    )  # fmt: skip
    return file


@pytest.mark.parametrize(
    "size", [(10_000, 5_001), (13_000, 13_000), (60_000, 60_000), (1, 2**31 - 1)]
)
def test_a_picture_that_claims_to_be_huge_is_refused_undecoded(
    inbox: Path, store: PictureStore, size: tuple[int, int]
) -> None:
    with pytest.raises(JobError, match=r"megapixels|not a picture"):
        store.keep(bomb(inbox / "a.png", *size))


def test_a_sparse_terabyte_is_refused_unread(inbox: Path, store: PictureStore) -> None:
    with (inbox / "a.png").open("wb") as stream:
        stream.truncate(MAX_FILE + 1)

    with pytest.raises(JobError, match="larger than 64 MB"):
        store.keep(inbox / "a.png")


def test_what_is_not_a_file_is_refused_without_waiting(inbox: Path, store: PictureStore) -> None:
    os.mkfifo(inbox / "fifo.png")
    (inbox / "folder.png").mkdir()
    (inbox / "link.png").symlink_to(picture(inbox / "real.png"))
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(os.path.relpath(inbox / "socket.png"))
        for name in ("fifo.png", "folder.png", "link.png", "socket.png"):
            with pytest.raises(JobError) as caught:
                store.keep(inbox / name)
            assert not isinstance(caught.value, NotYetError), name


def test_a_picture_that_vanished_may_come_back(inbox: Path, store: PictureStore) -> None:
    with pytest.raises(NotYetError):
        store.keep(inbox / "gone.png")


def test_a_refusal_leaves_nothing_in_the_store(inbox: Path, store: PictureStore) -> None:
    (inbox / "a.png").write_bytes(b"no picture at all")

    with pytest.raises(JobError):
        store.keep(aged(inbox / "a.png"))

    assert list(store.folder.iterdir()) == []


# --- kept, and spoiled ------------------------------------------------------------------------------


SPOILED = {
    "another picture": lambda kept, other: kept.write_bytes(other.read_bytes()),
    "cut short": lambda kept, _: os.truncate(kept, 40),
    "empty": lambda kept, _: os.truncate(kept, 0),
    "one bit": lambda kept, _: kept.write_bytes(
        kept.read_bytes()[:-3] + b"!" + kept.read_bytes()[-2:]
    ),
    "a folder": lambda kept, _: (kept.unlink(), kept.mkdir()),
    "a link": lambda kept, other: (kept.unlink(), kept.symlink_to(other)),
    "a dead link": lambda kept, _: (kept.unlink(), kept.symlink_to("nowhere")),
    "a pipe": lambda kept, _: (kept.unlink(), os.mkfifo(kept)),
    "gone": lambda kept, _: kept.unlink(),
}


@pytest.mark.parametrize("run", ["the same run", "another run"])
@pytest.mark.parametrize("how", SPOILED)
def test_a_kept_picture_that_is_another_now_is_noticed_and_made_anew(
    inbox: Path, store: PictureStore, sandbox: Sandbox, how: str, run: str
) -> None:
    file = aged(picture(inbox / "a.png"))
    sha256, kept = store.keep(file)
    assert store.sound(sha256) == kept
    other = picture(inbox / "b.png", size=(16, 16))
    SPOILED[how](kept, other)
    if run == "another run":
        store = PictureStore(store.folder, sandbox)

    assert store.sound(sha256) is None
    assert store.keep(file) == (sha256, kept)
    assert store.sound(sha256) == kept
    assert kept.read_bytes() == file.read_bytes()
    assert other.stat().st_size, "nothing is written through a link"
