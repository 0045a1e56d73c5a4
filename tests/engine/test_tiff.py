"""TIFFs as a studio saves them, seen by the engine as a viewer shows them."""

from __future__ import annotations

import io
import struct
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from support.tiffs import (
    BITS,
    COLOURS,
    COMPRESSION,
    EXTRA,
    ORIENTATION,
    PLANAR,
    ROWS,
    SAMPLES,
    STRIP_SIZES,
    STRIPS,
    TILE_HEIGHT,
    TILE_SIZES,
    TILE_WIDTH,
    TILES,
    rgb,
    tiff,
)
from support.warm_engine import THEIRS_TO_MEND, kept, render

from daemon.engine.interface import RenderError
from daemon.engine.sdxl.conditioning.open_picture import open_as_it_is, open_picture
from daemon.engine.sdxl.conditioning.picture_notes import PictureNotes

pytestmark = THEIRS_TO_MEND
COLOUR = (200, 30, 20)
PIXELS = 8 * 6


def grey(bits: int, colours: int, value: int) -> bytes:
    tags = {**rgb(), BITS: bits, SAMPLES: 1, COLOURS: colours}
    if bits == 12:
        one = (value << 12 | value).to_bytes(3, "big") * (PIXELS // 2)
    else:
        one = struct.pack("<H", value) * PIXELS if bits == 16 else bytes([value]) * PIXELS
    return tiff({**tags, STRIP_SIZES: len(one)}, one)


def four(extra: int, colour: tuple[int, ...]) -> bytes:
    tags = {**rgb(), BITS: (8,) * 4, SAMPLES: 4, EXTRA: extra, STRIP_SIZES: PIXELS * 4}
    return tiff(tags, bytes(colour) * PIXELS)


def inks(cyan: int, magenta: int, yellow: int, black: int) -> bytes:
    tags = {**rgb(), BITS: (8,) * 4, SAMPLES: 4, COLOURS: 5, STRIP_SIZES: PIXELS * 4}
    return tiff(tags, bytes((cyan, magenta, yellow, black)) * PIXELS)


def planes() -> bytes:
    data = b"".join(bytes([value]) * PIXELS for value in COLOUR)
    places = {STRIPS: (8, 8 + PIXELS, 8 + 2 * PIXELS), STRIP_SIZES: (PIXELS,) * 3}
    return tiff({**rgb(), PLANAR: 2, **places}, data)


def tiled() -> bytes:
    tags = {key: value for key, value in rgb().items() if key not in (ROWS, STRIPS, STRIP_SIZES)}
    size = {TILE_WIDTH: 16, TILE_HEIGHT: 16, TILES: 8, TILE_SIZES: 768}
    return tiff({**tags, **size}, bytes(COLOUR) * 256)


def pillows(mode: str, colour: object, **how: object) -> bytes:
    into = io.BytesIO()
    Image.new(mode, (8, 6), colour).save(into, "TIFF", **how)
    return into.getvalue()


deep = struct.pack("<HHH", *(value * 257 for value in COLOUR)) * PIXELS
RED = bytes(COLOUR) * PIXELS
HONEST = {
    "RGB": (tiff(rgb(), RED), COLOUR),
    "RGB of a Mac": (tiff(rgb(), RED, order=">"), COLOUR),
    "BigTIFF": (tiff({**rgb(), STRIPS: 16}, RED, big=True), COLOUR),
    "16 bits": (
        tiff({**rgb(), BITS: (16,) * 3, STRIP_SIZES: PIXELS * 6}, deep), COLOUR
    ),
    "planes": (planes(), COLOUR),
    "tiles": (tiled(), COLOUR),
    "LZW": (pillows("RGB", COLOUR, compression="tiff_lzw"), COLOUR),
    "deflate": (pillows("RGB", COLOUR, compression="tiff_adobe_deflate"), COLOUR),
    "fax": (pillows("1", 1, compression="group4"), (255,) * 3),
    "palette": (
        pillows("P", 0, compression="raw"), (0, 0, 0)
    ),
    "grey of 16 bits": (grey(16, 1, 200 * 256), (200,) * 3),
    "grey of 16 bits from white": (grey(16, 0, 200 * 256), (55,) * 3),
    "grey of 12 bits": (grey(12, 1, 200 * 16), (200,) * 3),
    "grey of 8 bits from white": (grey(8, 0, 200), (55,) * 3),
    "inks": (inks(0, 255, 255, 0), (255, 0, 0)),
    "an unnamed fourth channel": (four(0, (*COLOUR, 0)), COLOUR),
    "alpha, half": (four(2, (200, 30, 20, 128)), (227, 142, 137)),
    "alpha, multiplied already": (four(1, (100, 15, 10, 128)), (227, 142, 137)),
}  # fmt: skip


@pytest.mark.parametrize("kind", HONEST)
def test_a_studios_tiff_is_seen_as_a_viewer_shows_it(tmp_path: Path, kind: str) -> None:
    data, colour = HONEST[kind]
    file = tmp_path / "a.tif"
    file.write_bytes(data)

    seen = open_picture(kept(file))

    assert (seen.size, seen.mode) == ((8, 6), "RGB")
    assert np.abs(np.array(seen.getpixel((3, 3))) - colour).max() <= 1


@pytest.mark.parametrize("turned", range(1, 9))
@pytest.mark.parametrize("compression", [1, 8])
def test_a_tiff_is_turned_upright_once(tmp_path: Path, turned: int, compression: int) -> None:
    file = tmp_path / "a.tif"
    picture = Image.fromarray(np.arange(8 * 6 * 3, dtype=np.uint8).reshape(6, 8, 3))
    tag = {ORIENTATION: turned}
    picture.save(file, tiffinfo=tag, compression="tiff_adobe_deflate" if compression == 8 else None)
    photo = tmp_path / "a.png"
    exif = Image.Exif()
    exif[ORIENTATION] = turned
    picture.save(photo, exif=exif)

    seen = open_as_it_is(kept(file))

    assert seen.tobytes() == open_as_it_is(kept(photo)).tobytes()
    width, height = (384, 512) if turned > 4 else (512, 384)
    wanted = render(image=kept(file), width=width, height=height)
    assert not any("cropped" in note for note in PictureNotes().of(wanted))


def test_of_several_pages_the_first_is_taken_and_that_is_said(tmp_path: Path) -> None:
    file = tmp_path / "a.tif"
    file.write_bytes(tiff(rgb(), RED, pages=3))

    notes = PictureNotes().of(render(image=kept(file)))

    assert any("has 3 pictures in it: the first is taken" in note for note in notes)


def test_the_engine_refuses_what_the_look_before_refuses(tmp_path: Path) -> None:
    file = tmp_path / "a.tif"
    for tags, why in (({COLOURS: 8}, "Lab"), ({COMPRESSION: 34_712}, "JPEG 2000")):
        file.write_bytes(tiff({**rgb(), **tags}, RED))
        with pytest.raises(RenderError, match="not a PNG, JPEG, WebP or TIFF") as caught:
            open_picture(kept(file))
        assert why in caught.value.why
