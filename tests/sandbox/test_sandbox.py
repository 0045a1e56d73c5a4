"""Foreign files are looked at in a child that may hang, swell or die; the one who asks goes on."""

from __future__ import annotations

import hashlib
import os
import signal
import struct
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
import pytest
from PIL import Image, PngImagePlugin
from support.daemon import HANG, wait_for
from support.hostile import PNG, chunk, comments, png, stretched_zip_text

from daemon.errors import JobError, StillLookingError
from daemon.records.png_job import job_text_from_png
from daemon.sandbox.answer import DECODE, HASH, TEXTS
from daemon.sandbox.client import Sandbox
from daemon.sandbox.descriptor import open_regular


@contextmanager
def opened(file: Path) -> Iterator[int]:
    descriptor = open_regular(file, shown=file.name)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def children() -> list[psutil.Process]:
    """The living ones."""
    found = []
    for child in psutil.Process().children():
        with suppress(psutil.Error):
            if "daemon.sandbox" in child.cmdline():
                found.append(child)
    return found


def until(answer: Callable[[], object]) -> object:
    """What it answers once it does not say that it is still looking."""
    while True:
        try:
            return answer()
        except StillLookingError:
            time.sleep(0.02)


# --- what it answers ------------------------------------------------------------------------------


def test_it_hashes_decodes_and_reads_texts(tmp_path: Path, sandbox: Sandbox) -> None:
    file = tmp_path / "a.png"
    info = PngImagePlugin.PngInfo()
    info.add_itxt("parameters", "лодка")
    Image.new("RGB", (32, 24)).save(file, pnginfo=info)

    with opened(file) as descriptor:
        hashed = sandbox.look(HASH, descriptor)
        decoded = sandbox.look(DECODE, descriptor, name="a.png")
        read = sandbox.look(TEXTS, descriptor, keywords=("parameters", "hotfolder"))

    assert hashed.sha256 == hashlib.sha256(file.read_bytes()).hexdigest()
    assert (decoded.width, decoded.height, decoded.ends) == (32, 24, True)
    assert read.texts == {"parameters": "лодка"}


def hostile(folder: Path) -> dict[str, Path]:
    """Files that would cost their reader minutes or lots, or are no picture after all."""
    small = zlib.compress(bytes(25))
    files = {
        "many tiny texts": comments(folder / "texts.png", 100_000),
        "many tiny texts after the pixels": comments(folder / "after.png", 100_000, after=True),
        "a text that unpacks to a lot": stretched_zip_text(folder / "zip.png"),
        "lying about its size": png(folder / "lies.png", 60_000, 60_000, small),
        "pixels that do not unpack": png(folder / "torn.png", 64, 64, b"\x78\x9c" + b"\xff" * 99),
        "pixels that unpack to a lot": png(
            folder / "bomb.png", 64, 64, zlib.compress(bytes(64 << 20), 1)
        ),
        "no end": png(folder / "endless.png", 8, 8, small, end=b""),
        "a chunk longer than the file": folder / "long.png",
        "a GIF": folder / "gif.png",
        "a TIFF of endless directories": folder / "tiff.png",
        "markers without end": folder / "markers.jpg",
        "a WebP of nothing": folder / "nothing.webp",
        "zeros": folder / "zeros.png",
    }
    header = struct.pack(">IIBBBBB", 8, 8, 8, 2, 0, 0, 0)
    files["a chunk longer than the file"].write_bytes(
        PNG + chunk(b"IHDR", header) + struct.pack(">I", 2**31 - 1) + b"IDAT" + bytes(99)
    )
    Image.new("RGB", (8, 8)).save(files["a GIF"], "GIF")
    ifd = struct.pack("<H", 1) + struct.pack("<HHII", 256, 4, 1, 8) + struct.pack("<I", 8)
    files["a TIFF of endless directories"].write_bytes(b"II*\0" + struct.pack("<I", 8) + ifd)
    files["markers without end"].write_bytes(b"\xff\xd8" + b"\xff\xe1\x00\x02" * 500_000)
    files["a WebP of nothing"].write_bytes(b"RIFF\xf0\xff\xff\xffWEBPVP8X" + bytes(40))
    files["zeros"].write_bytes(bytes(1 << 20))
    return files


def test_a_hostile_picture_is_refused_in_words_and_the_next_one_is_looked_at(
    tmp_path: Path, sandbox: Sandbox
) -> None:
    good = tmp_path / "good.png"
    Image.new("RGB", (8, 8)).save(good)
    refused = {}
    for kind, file in hostile(tmp_path).items():
        for verb in (DECODE, TEXTS):
            try:
                with opened(file) as descriptor:
                    answer = sandbox.look(verb, descriptor, name=file.name, keywords=("a",))
                refused[kind, verb] = "" if answer.ends else "breaks off"
            except JobError as error:
                refused[kind, verb] = str(error)
        with opened(good) as descriptor:
            assert sandbox.look(DECODE, descriptor, name="good.png").ends, kind

    harmless_to_decode = {"pixels that unpack to a lot", "a text that unpacks to a lot"}
    silent = {kind for (kind, verb), words in refused.items() if verb == DECODE and not words}
    assert silent <= harmless_to_decode
    assert all("Traceback" not in words for words in refused.values())


def test_what_is_no_regular_file_is_not_even_opened(tmp_path: Path, sandbox: Sandbox) -> None:
    """Exchanged between look and open, too: the descriptor is judged."""
    os.mkfifo(tmp_path / "pipe.png")
    (tmp_path / "link.png").symlink_to("/etc/passwd")
    (tmp_path / "folder.png").mkdir()
    for name in ("pipe.png", "link.png", "folder.png"):
        with pytest.raises(JobError, match="not a file"):
            job_text_from_png(tmp_path / name, sandbox)


# --- what becomes of the one who asks ---------------------------------------------------------------


@contextmanager
def stopped_child(sandbox: Sandbox, file: Path) -> Iterator[psutil.Process]:
    """Its child, standing still: as good as one that is at work for ever."""
    before = {child.pid for child in children()}
    with opened(file) as descriptor:
        until(lambda: sandbox.look(HASH, descriptor))
    (child,) = [each for each in children() if each.pid not in before]
    child.suspend()
    yield child
    sandbox.close()


def test_who_asks_is_not_kept_waiting_and_hears_the_answer_later(tmp_path: Path) -> None:
    first, second = tmp_path / "a", tmp_path / "b"
    first.write_bytes(b"one")
    second.write_bytes(b"two")
    sandbox = Sandbox(patience=0.01)
    with stopped_child(sandbox, first) as child, opened(first) as one, opened(second) as two:
        for descriptor in (one, one, two):  # the second file waits behind the first
            with pytest.raises(StillLookingError):
                sandbox.look(HASH, descriptor)
        child.resume()

        digests = [until(lambda d=d: sandbox.look(HASH, d)).sha256 for d in (one, two)]

    assert digests == [hashlib.sha256(word).hexdigest() for word in (b"one", b"two")]


def test_a_child_that_dies_is_replaced_and_twice_over_one_file_is_that_file_s_fault(
    tmp_path: Path,
) -> None:
    file = tmp_path / "a"
    file.write_bytes(b"one")
    sandbox = Sandbox(patience=0.01)
    with stopped_child(sandbox, file) as child, opened(file) as descriptor:
        with pytest.raises(StillLookingError):
            sandbox.look(HASH, descriptor)
        child.send_signal(signal.SIGKILL)
        assert until(lambda: sandbox.look(HASH, descriptor)).sha256
    endless = tmp_path / "endless"  # so that no child is done with it before it is killed
    with endless.open("wb") as stream:
        stream.truncate(1 << 40)
    sandbox = Sandbox(patience=0.0)
    with stopped_child(sandbox, file) as child, opened(endless) as descriptor:
        others = {each.pid for each in children()} - {child.pid}
        for _ in range(2):
            with pytest.raises(StillLookingError):
                sandbox.look(HASH, descriptor)
            for each in wait_for(lambda: [one for one in children() if one.pid not in others]):
                each.kill()
                each.wait()
        with pytest.raises(JobError, match="ended the process"):
            sandbox.look(HASH, descriptor)


def test_no_child_is_left_behind_and_none_is_started_for_nothing(tmp_path: Path) -> None:
    before = {child.pid for child in children()}
    mine_alone = [Sandbox()]
    assert {child.pid for child in children()} == before
    (tmp_path / "a").write_bytes(b"one")
    with opened(tmp_path / "a") as descriptor:
        until(lambda: mine_alone[0].look(HASH, descriptor))
    (mine,) = [child for child in children() if child.pid not in before]
    mine_alone.clear()

    assert psutil.wait_procs([mine], timeout=HANG)[0]
