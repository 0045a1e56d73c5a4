"""A TIFF is read right or told in a sentence, before a library opens it and by the engine alike."""

from __future__ import annotations

import io
import os
import struct
import zlib
from pathlib import Path

import pytest
from PIL import Image
from support.tiffs import (
    BITS,
    COLOURS,
    COMPRESSION,
    DNG,
    HEIGHT,
    ROWS,
    SAMPLE_FORMAT,
    SAMPLES,
    STRIP_SIZES,
    STRIPS,
    SUB_PAGES,
    SUBFILE,
    TILE_HEIGHT,
    TILE_SIZES,
    TILE_WIDTH,
    TILES,
    WIDTH,
    rgb,
    tiff,
)

from daemon.errors import JobError
from daemon.formats.tiff_layout import MAX_PAGES, MAX_TAGS, read_layout, tiff_refusal
from daemon.sandbox.answer import DECODE, SIDES
from daemon.sandbox.client import Sandbox
from daemon.sandbox.descriptor import open_regular

RED = bytes((200, 30, 20)) * 48
TILED = {key: value for key, value in rgb().items() if key not in (ROWS, STRIPS, STRIP_SIZES)}


def tiles(width: int, height: int, data: bytes) -> bytes:
    sizes = {TILE_WIDTH: width, TILE_HEIGHT: height, TILES: 8, TILE_SIZES: len(data)}
    return tiff({**TILED, COMPRESSION: 8, **sizes}, data)


def looked_at(file: Path, sandbox: Sandbox, verb: str = SIDES):
    descriptor = open_regular(file, shown=file.name)
    try:
        return sandbox.look(verb, descriptor, name=file.name)
    finally:
        os.close(descriptor)


HOSTILE = {
    "tiles of gigabytes": (
        tiles(60_000, 60_000, zlib.compress(bytes(1 << 20))), "claims tiles of 60,000x60,000"
    ),
    "thousands of pages": (tiff(rgb(), RED, pages=MAX_PAGES + 2), "more than 1,000 pages"),
    "tags without end": (
        tiff({**rgb(), **dict.fromkeys(range(60_000, 60_001 + MAX_TAGS), 1)}, RED), "tags"
    ),
    "strips without end": (
        tiff({**rgb(), STRIPS: (8,) * 250_000, STRIP_SIZES: (3,) * 250_000}, RED), "strips or tiles"
    ),
    "a page that lies nowhere": (b"II*\0" + struct.pack("<I", 3), "has no page"),
    "the preview of a camera's raw picture": (
        tiff({**rgb(), SUBFILE: 1, SUB_PAGES: 8}, RED), "camera's raw"
    ),
    "a digital negative": (tiff({**rgb(), DNG: (1, 4, 0, 0)}, RED), "camera's raw"),
    "Lab": (tiff({**rgb(), COLOURS: 8}, RED), "Lab"),
    "floating point": (
        tiff({**rgb(), BITS: (32, 32, 32), SAMPLE_FORMAT: (3, 3, 3)}, RED * 4), "white is unknown"
    ),
    "32 bits of grey": (
        tiff({**rgb(), BITS: 32, SAMPLES: 1, COLOURS: 1}, RED * 2), "white is unknown"
    ),
    "grey below zero": (
        tiff({**rgb(), BITS: 16, SAMPLES: 1, COLOURS: 1, SAMPLE_FORMAT: 2}, RED), "below zero"
    ),
    "JPEG 2000 inside": (tiff({**rgb(), COMPRESSION: 34_712}, RED), "JPEG 2000"),
    "an unheard-of compression": (tiff({**rgb(), COMPRESSION: 999}, RED), "number 999"),
    "grey and alpha of 16 bits": (
        tiff({**rgb(), BITS: (16, 16), SAMPLES: 2, COLOURS: 1}, RED * 2),
        "16+16 bits a pixel, colours of kind 1",
    ),
    "100 channels": (tiff({**rgb(), BITS: (8,) * 100, SAMPLES: 100}, RED * 50), "laid out in a way"),
}  # fmt: skip


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_tiff_is_told_in_a_sentence_before_a_library_opens_it(
    tmp_path: Path, sandbox: Sandbox, kind: str
) -> None:
    data, words = HOSTILE[kind]
    file = tmp_path / "a.tif"
    file.write_bytes(data)

    with pytest.raises(JobError) as caught:
        looked_at(file, sandbox)

    assert words in str(caught.value)
    assert "not a picture that can be read" in str(caught.value)


def test_tiles_that_unpack_to_more_than_they_claim_cost_nothing(
    tmp_path: Path, sandbox: Sandbox
) -> None:
    file = tmp_path / "a.tif"
    file.write_bytes(tiles(16, 16, zlib.compress(bytes(64 << 20), 9)))

    assert looked_at(file, sandbox, DECODE).width == 8


@pytest.mark.parametrize("order", "<>")
@pytest.mark.parametrize("big", [False, True])
def test_a_layout_says_what_was_written(order: str, big: bool) -> None:
    tags = {**rgb(7, 5), STRIPS: 16 if big else 8}

    data = tiff(tags, bytes(105), order=order, big=big, pages=3)
    found = read_layout(io.BytesIO(data))

    assert (found.tags[WIDTH], found.tags[HEIGHT], found.tags[BITS]) == ((7,), (5,), (8, 8, 8))
    assert (found.pages, found.ends, found.why_not()) == (3, True, "")
    if order == "<" or not big:  # which Pillow can't open, so that such a file is refused
        with Image.open(io.BytesIO(data)) as theirs:
            assert (theirs.size, theirs.n_frames) == ((7, 5), 3)


def test_a_chain_of_pages_that_bites_its_tail_ends_there() -> None:
    found = read_layout(io.BytesIO(tiff(rgb(), RED, pages=5, circle=True)))

    assert found.pages == 5


@pytest.mark.parametrize(
    "compression", [None, "tiff_lzw", "tiff_adobe_deflate", "jpeg", "packbits"]
)
@pytest.mark.parametrize("mode", ["1", "L", "I;16", "P", "RGB", "RGBA", "CMYK"])
def test_what_pillow_writes_is_whole_and_nothing_speaks_against_it(
    tmp_path: Path, sandbox: Sandbox, mode: str, compression: str | None
) -> None:
    file = tmp_path / "a.tif"
    try:
        Image.new(mode, (40, 30)).save(file, compression=compression)
    except (OSError, SystemError):
        pytest.skip("no such TIFF exists")

    assert not tiff_refusal(io.BytesIO(file.read_bytes()))
    answer = looked_at(file, sandbox, DECODE)
    assert (answer.width, answer.height, answer.ends) == (40, 30, True)


def test_every_beginning_of_a_tiff_is_unfinished_or_no_picture(
    tmp_path: Path, sandbox: Sandbox
) -> None:
    file = tmp_path / "a.tif"
    Image.effect_noise((40, 30), 60).convert("RGB").save(file, compression="tiff_lzw")
    whole = file.read_bytes()
    for length in range(9, len(whole) - 1, len(whole) // 40):
        file.write_bytes(whole[:length])
        answer = looked_at(file, sandbox)
        assert answer.ends is False, length
