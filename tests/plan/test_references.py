"""Reference pictures: found in allowed places only, kept by content, never trusted."""

from __future__ import annotations

import hashlib
import os
import socket
import struct
import time
import unicodedata
import zlib
from pathlib import Path

import pytest
from PIL import Image

from daemon.errors import JobError, NotYetError
from daemon.plan.picture_lookup import locate
from daemon.plan.picture_store import PictureStore
from daemon.sandbox.client import Sandbox
from daemon.sandbox.looks import MAX_FILE


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    folder = tmp_path / "inbox"
    (folder / "ep01").mkdir(parents=True)
    return folder


@pytest.fixture
def store(tmp_path: Path, sandbox: Sandbox) -> PictureStore:
    return PictureStore(tmp_path / "store", sandbox)


def picture(file: Path, kind: str = "PNG", size: tuple[int, int] = (32, 24)) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", size, "red").save(file, kind)
    return file


def aged(file: Path) -> Path:
    """As if nobody had written to it for a minute."""
    old = time.time() - 60
    os.utime(file, (old, old))
    return file


# --- finding ----------------------------------------------------------------------------------------


def test_a_picture_beside_the_job_comes_before_one_of_the_library(
    inbox: Path, tmp_path: Path
) -> None:
    beside = picture(inbox / "ep01" / "anna.png")
    library = picture(tmp_path / "library" / "anna.png").parent

    assert locate("anna.png", folder=inbox / "ep01", roots=[inbox, library]) == beside
    assert locate("anna.png", folder=inbox, roots=[inbox, library]) == library / "anna.png"


def test_a_picture_may_lie_in_a_sub_folder(inbox: Path) -> None:
    file = picture(inbox / "ep01" / "cast" / "anna.png")

    assert locate("cast/anna.png", folder=inbox / "ep01", roots=[inbox]) == file
    assert locate("./cast/anna.png", folder=inbox / "ep01", roots=[inbox]) == file


def test_a_picture_that_is_not_there_may_still_come(inbox: Path) -> None:
    with pytest.raises(NotYetError, match=r"anna\.png is not there"):
        locate("anna.png", folder=inbox, roots=[])


@pytest.mark.parametrize(
    "image",
    [
        "../secret.png",
        "ep01/../../secret.png",
        "/etc/passwd",
        "~/secret.png",
        "//server/share.png",
        "http://169.254.169.254/x.png",
        "file:///etc/passwd",
        "FTP:x.png",
        "a\0b.png",
        "",
        "  ",
    ],
)
def test_what_leads_elsewhere_is_refused_at_once(inbox: Path, image: str) -> None:
    picture(inbox.parent / "secret.png")

    with pytest.raises(JobError) as caught:
        locate(image, folder=inbox, roots=[inbox])

    assert not isinstance(caught.value, NotYetError)


def test_a_colon_alone_makes_no_address(inbox: Path) -> None:
    file = picture(inbox / "shot 3: Anna.png")

    assert locate("shot 3: Anna.png", folder=inbox, roots=[]) == file


def test_percent_signs_are_not_decoded(inbox: Path) -> None:
    picture(inbox.parent / "secret.png")

    with pytest.raises(NotYetError):
        locate("%2e%2e/secret.png", folder=inbox, roots=[inbox])


def test_a_link_that_leaves_the_allowed_folders_is_refused(inbox: Path) -> None:
    secret = picture(inbox.parent / "secret" / "a.png")
    (inbox / "a.png").symlink_to(secret)
    (inbox / "door").symlink_to(secret.parent)

    for image in ("a.png", "door/a.png"):
        with pytest.raises(JobError, match="outside the folders"):
            locate(image, folder=inbox, roots=[inbox])


def test_a_link_within_the_allowed_folders_is_followed(inbox: Path, tmp_path: Path) -> None:
    real = picture(tmp_path / "library" / "anna.png")
    (inbox / "a.png").symlink_to(real)

    assert locate("a.png", folder=inbox, roots=[real.parent]) == real


def test_a_folder_whose_name_begins_like_an_allowed_one_is_not_it(inbox: Path) -> None:
    evil = picture(inbox.parent / "inbox-evil" / "a.png")
    (inbox / "a.png").symlink_to(evil)

    with pytest.raises(JobError, match="outside the folders"):
        locate("a.png", folder=inbox, roots=[inbox])


@pytest.mark.parametrize("form", ["NFC", "NFD"])
@pytest.mark.parametrize(
    "name", ["café.png", "каждый.png", "한글/ångström.png", "e\u0301te\u0301.png"]
)
def test_accents_are_letters_whichever_way_the_disk_spells_them(
    inbox: Path, name: str, form: str
) -> None:
    other = {"NFC": "NFD", "NFD": "NFC"}[form]
    file = picture(inbox / unicodedata.normalize(other, name))

    found = locate(unicodedata.normalize(form, name), folder=inbox, roots=[])

    assert found.samefile(file)


def test_two_files_that_differ_in_spelling_only_are_told_apart_by_it(inbox: Path) -> None:
    names = [unicodedata.normalize(form, "café.png") for form in ("NFC", "NFD")]
    files = [picture(inbox / name) for name in names]
    if files[0].samefile(files[1]):
        pytest.skip("this disk knows one spelling only")

    assert [locate(name, folder=inbox, roots=[]) for name in names] == files


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
