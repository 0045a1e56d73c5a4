"""A picture's text is found wherever its tool put it, in whatever letters, and read as it was meant."""

from __future__ import annotations

import zlib
from pathlib import Path

import pytest
from PIL import Image
from support.foreign_pictures import PLAIN, commented, job_of, utf16
from support.hostile import chunk

from daemon.errors import JobError
from daemon.inbox.remedies import remedy_for
from daemon.jobfile import read_job
from daemon.plan.job_reader import is_picture_job
from daemon.sandbox.client import Sandbox
from daemon.settings import Settings

PROMPTS = ("a boat", "für Ä, é", "лодка на море", "海の上のボート ⛵")
BEHIND = 12
"""Bytes of the chunk that a PNG ends with."""


def with_chunk(file: Path, kind: bytes, data: bytes, *, late: bool = False) -> Path:
    Image.new("RGB", (8, 8)).save(file)
    whole = file.read_bytes()
    place = len(whole) - BEHIND if late else 33
    file.write_bytes(whole[:place] + chunk(kind, data) + whole[place:])
    return file


CHUNKS = {
    "tEXt": lambda text: (b"tEXt", b"parameters\0" + text),
    "zTXt": lambda text: (b"zTXt", b"parameters\0\0" + zlib.compress(text)),
    "iTXt": lambda text: (b"iTXt", b"parameters\0\0\0\0\0" + text),
    "iTXt, packed": lambda text: (b"iTXt", b"parameters\0\1\0\0\0" + zlib.compress(text)),
}


@pytest.mark.parametrize("kind", CHUNKS)
@pytest.mark.parametrize("late", [False, True], ids=["before the pixels", "behind them"])
@pytest.mark.parametrize("prompt", PROMPTS)
def test_a_chunk_of_any_kind_in_any_place_may_be_in_utf_8(
    tmp_path: Path, sandbox: Sandbox, kind: str, late: bool, prompt: str
) -> None:
    text = f"{prompt}\n{PLAIN}".encode()
    file = with_chunk(tmp_path / "a.png", *CHUNKS[kind](text), late=late)

    assert job_of(file, sandbox).sampling.prompt == prompt


@pytest.mark.parametrize("kind", ["tEXt", "zTXt"])
@pytest.mark.parametrize("prompt", ["für Ä, é", "½ ©", "Ã la carte"])
def test_latin_1_stays_what_it_is(tmp_path: Path, sandbox: Sandbox, kind: str, prompt: str) -> None:
    text = f"{prompt}\n{PLAIN}".encode("latin-1")
    file = with_chunk(tmp_path / "a.png", *CHUNKS[kind](text))

    assert job_of(file, sandbox).sampling.prompt == prompt


@pytest.mark.parametrize("suffix", ["jpg", "webp", "png"])
@pytest.mark.parametrize("mark", [b"", b"ASCII\0\0\0"])
def test_the_comment_may_lie_among_the_tags_of_the_picture_itself(
    tmp_path: Path, sandbox: Sandbox, suffix: str, mark: bytes
) -> None:
    exif = Image.Exif()  # as Fooocus writes it
    exif[0x9286] = mark + f"a boat\n{PLAIN}".encode()
    exif[0x0131] = "Fooocus v2.5.5"
    exif[0x927C] = "a1111"
    Image.new("RGB", (8, 8)).save(tmp_path / f"a.{suffix}", exif=exif)

    read = job_of(tmp_path / f"a.{suffix}", sandbox)
    assert (read.sampling.prompt, read.seeds) == ("a boat", (1,))


@pytest.mark.parametrize("prompt", PROMPTS)
@pytest.mark.parametrize("code", ["utf-16", "utf-16-le", "utf-16-be", "utf-8", "utf-8-sig"])
def test_a_mark_of_the_bytes_order_is_no_part_of_the_prompt(
    tmp_path: Path, sandbox: Sandbox, prompt: str, code: str
) -> None:
    comment = b"UNICODE\0" + f"{prompt}\n{PLAIN}".encode(code)

    assert job_of(commented(tmp_path / "a.jpg", comment), sandbox).sampling.prompt == prompt


@pytest.mark.parametrize(
    ("start", "kind"),
    [(b"GIF89a", "GIF"), (b"\0\0\0\x18ftypavif", "AVIF"), (b"\0\0\0\x18ftypheic", "HEIC"),
     (b"8BPS", "PSD"), (b"<html>", "web page")],
)  # fmt: skip
@pytest.mark.parametrize("suffix", ["png", "jpg", "webp"])
def test_a_file_of_another_kind_is_named_whatever_its_name_says(
    tmp_path: Path, sandbox: Sandbox, suffix: str, start: bytes, kind: str
) -> None:
    (tmp_path / f"a.{suffix}").write_bytes(start + b"\0" * 300)

    with pytest.raises(JobError) as caught:
        job_of(tmp_path / f"a.{suffix}", sandbox)
    assert kind in caught.value.why
    assert caught.value.remedy


@pytest.mark.parametrize("suffix", ["jpg", "JPEG", "jpe", "jfif", "JFIF"])
def test_a_jpeg_is_a_picture_under_every_ending_that_jpegs_have(suffix: str) -> None:
    name = f"my shot v1.2.{suffix}"
    job = read_job(
        f'prompt: x\ndrawing: "{name} exact"'.encode(), file="a.yaml", base=Settings().job_defaults
    )

    assert is_picture_job(Path(name))
    assert [each.image for each in job.controls] == [name]
    assert "each: drawing" in remedy_for(name, 0o100644, 9).remedy


def test_of_two_comments_the_one_in_its_own_place_counts(tmp_path: Path, sandbox: Sandbox) -> None:
    exif = Image.Exif()
    exif.get_ifd(0x8769)[0x9286] = utf16(f"a boat\n{PLAIN}")
    exif[0x9286] = f"a car\n{PLAIN}"
    Image.new("RGB", (8, 8)).save(tmp_path / "a.jpg", exif=exif)

    assert job_of(tmp_path / "a.jpg", sandbox).sampling.prompt == "a boat"
