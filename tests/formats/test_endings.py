"""Where a picture ends, its own structure says: what lies behind that is no damage."""

from __future__ import annotations

import io
import os
import random
import struct
from pathlib import Path

import pytest
from PIL import Image, PngImagePlugin
from support.hostile import chunk

from daemon.formats.endings import is_whole
from daemon.formats.kinds import foreign_kind, remedy_for
from daemon.formats.png_chunks import without_texts
from daemon.sandbox.answer import DECODE
from daemon.sandbox.client import Sandbox
from daemon.sandbox.descriptor import open_regular

FILM = b"\0\0\0\x18ftypmp42" + random.Random(1).randbytes(3 << 20)
HOW = {"JPEG": {"quality": 80, "progressive": True}, "PNG": {}, "WEBP": {}}


def noise(size: tuple[int, int] = (96, 64)) -> Image.Image:
    return Image.effect_noise(size, 80).convert("RGB")


def saved(kind: str, **how: object) -> bytes:
    into = io.BytesIO()
    noise().save(into, kind, **{**HOW[kind], **how})
    return into.getvalue()


def with_thumbnail() -> bytes:
    """A JPEG that has another one, end and all, in its EXIF."""
    thumb, photo = saved("JPEG"), saved("JPEG")
    segment = b"Exif\0\0" + thumb
    return photo[:2] + b"\xff\xe1" + struct.pack(">H", len(segment) + 2) + segment + photo[2:]


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_film_behind_a_picture_is_no_damage(tmp_path: Path, sandbox: Sandbox, kind: str) -> None:
    file = tmp_path / "motion"
    file.write_bytes(saved(kind) + FILM)
    descriptor = open_regular(file, shown=file.name)

    answer = sandbox.look(DECODE, descriptor, name=file.name)

    os.close(descriptor)
    assert (answer.width, answer.height, answer.ends) == (96, 64, True)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_no_beginning_of_a_picture_is_whole(kind: str) -> None:
    whole = saved(kind)
    assert is_whole(io.BytesIO(whole)) is True
    for length in range(12, len(whole) - 4, len(whole) // 60):
        assert is_whole(io.BytesIO(whole[:length])) is False, length


def test_the_end_of_a_thumbnail_is_not_the_pictures() -> None:
    whole = with_thumbnail()

    assert is_whole(io.BytesIO(whole)) is True
    assert is_whole(io.BytesIO(whole[: len(whole) - 2_000])) is False


def test_markers_without_end_are_no_end() -> None:
    assert is_whole(io.BytesIO(b"\xff\xd8" + b"\xff\xe1\0\x02" * 3_000_000)) is False
    assert is_whole(io.BytesIO(b"\xff\xd8" + b"\xff" * 20_000_000)) is False


@pytest.mark.parametrize("packed", [False, True])
def test_megabytes_of_text_are_no_damage(tmp_path: Path, sandbox: Sandbox, packed: bool) -> None:
    info = PngImagePlugin.PngInfo()
    info.add_text("workflow", '{"nodes": "%s"}' % ("x" * (3 << 20)), zip=packed)
    info.add_itxt("prompt", "y" * (3 << 20), zip=packed)
    file = tmp_path / "a.png"
    noise().save(file, pnginfo=info)
    descriptor = open_regular(file, shown=file.name)

    answer = sandbox.look(DECODE, descriptor, name=file.name)

    os.close(descriptor)
    assert (answer.width, answer.height, answer.ends) == (96, 64, True)


def test_the_texts_that_are_wanted_stay_and_the_others_go() -> None:
    info = PngImagePlugin.PngInfo()
    for key in ("parameters", "workflow"):
        info.add_text(key, key * 3, zip=key == "workflow")
    into = io.BytesIO()
    noise().save(into, "PNG", pnginfo=info)

    left = without_texts(into.getvalue(), keep=("parameters",))

    with Image.open(io.BytesIO(left)) as picture:
        assert picture.text == {"parameters": "parameters" * 3}
    assert chunk(b"IEND", b"") in left


KINDS = {
    "HEIC": b"\0\0\0\x28ftypheic\0\0\0\0mif1MiHE",
    "AVIF": b"\0\0\0\x20ftypavif\0\0\0\0avifmif1",
    "a film": FILM[:64],
    "GIF": b"GIF89a\x10\0\x10\0",
    "a Photoshop document (PSD)": b"8BPS\0\1",
    "JPEG XL": b"\xff\x0a\xfa\x7f",
    "SVG": b"\xef\xbb\xbf\n <svg xmlns='http://www.w3.org/2000/svg'/>",
    "a web page": b"<!DOCTYPE html><html>",
    "a Git LFS pointer, not the picture itself": b"version https://git-lfs.github.com/spec/v1",
    "": b"\x89PNG\r\n\x1a\n",
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_picture_of_another_kind_is_called_by_its_name(kind: str) -> None:
    assert foreign_kind(KINDS[kind]) == kind
    assert remedy_for(kind)
