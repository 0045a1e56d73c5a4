"""Drawings cleaned in the child: how much of what was drawn is found, and what is said of pictures
that are none."""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw
from support.paper import KINDS, accuracy, photograph
from support.tiffs import ORIENTATION

from daemon.errors import JobError
from daemon.sandbox.answer import CLEAN, Answer
from daemon.sandbox.client import Sandbox
from daemon.sandbox.line_art import SIDE, cleaned

Clean = Callable[..., tuple[Answer, Image.Image]]


@pytest.fixture
def clean(sandbox: Sandbox, tmp_path: Path) -> Clean:
    def clean(data: bytes, kind: str = "drawing") -> tuple[Answer, Image.Image]:
        source, target = tmp_path / "source", tmp_path / "target"
        source.write_bytes(data)
        descriptor = os.open(source, os.O_RDONLY)
        try:
            opened = lambda: os.open(target, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)  # noqa: E731
            answer = sandbox.look(CLEAN, descriptor, name="010.png", target=opened, kind=kind)
        finally:
            os.close(descriptor)
        if not answer.sha256:
            return answer, Image.new("L", (1, 1))
        with Image.open(target) as found:
            found.load()
            return answer, found

    return clean


def house(
    mode: str = "RGB", size: tuple[int, int] = (320, 240), ink="black", paper="white"
) -> Image.Image:
    """A house left of the middle, upright: its roof is above."""
    picture = Image.new("RGB", size, paper)
    draw = ImageDraw.Draw(picture)
    w, h = size
    wide = max(2, w // 100)
    draw.rectangle((w * 0.15, h * 0.5, w * 0.45, h * 0.85), outline=ink, width=wide)
    draw.line((w * 0.12, h * 0.5, w * 0.3, h * 0.2, w * 0.48, h * 0.5), fill=ink, width=wide)
    return picture.convert(mode)


def saved(picture: Image.Image, kind: str = "PNG", **how: object) -> bytes:
    data = io.BytesIO()
    picture.save(data, kind, **how)
    return data.getvalue()


def on_nothing(ink: str) -> bytes:
    """Strokes on a layer of their own, as painting programs export them."""
    layer = Image.new("RGBA", (320, 240), (0, 0, 0, 0))
    strokes = house().convert("L").point(lambda value: 255 - value)
    layer.paste(Image.new("RGBA", layer.size, ink), mask=strokes)
    return saved(layer)


def upside_down() -> bytes:
    exif = Image.Exif()
    exif[ORIENTATION] = 3
    return saved(house().transpose(Image.Transpose.ROTATE_180), "JPEG", exif=exif, quality=95)


@pytest.mark.parametrize("number", range(len(KINDS)), ids=KINDS)
def test_of_a_photograph_of_paper_the_strokes_are_found_and_nothing_else(number: int) -> None:
    """All of it with figures, over any number of photographs: tests/measure_cleaning.py."""
    shot = photograph(number, (800, 600))
    with Image.open(io.BytesIO(shot.jpeg())) as picture:
        precision, recall = accuracy(cleaned(picture, even=True).picture, shot.drawn)

    assert precision > 0.9
    assert recall > 0.8


GOOD = {
    "black on white": saved(house()),
    "white on black": saved(house(ink="white", paper="black")),
    "red on grey": saved(house(ink="#c03030", paper="#909090")),
    "grey": saved(house("L")),
    "one bit": saved(house("1")),
    "sixteen bits": saved(Image.fromarray(np.asarray(house("L"), np.uint16) * 257)),
    "palette": saved(house("P")),
    "CMYK": saved(house("CMYK"), "JPEG", quality=95),
    "black strokes on nothing": on_nothing("black"),
    "white strokes on nothing": on_nothing("white"),
    "upside down by EXIF": upside_down(),
    "TIFF": saved(house(), "TIFF"),
    "WebP": saved(house(), "WEBP", lossless=True),
}


@pytest.mark.parametrize("name", GOOD)
def test_whatever_a_program_saves_becomes_white_strokes_on_black(clean: Clean, name: str) -> None:
    answer, found = clean(GOOD[name])

    assert (found.mode, found.size) == ("L", (320, 240)) == ("L", (answer.width, answer.height))
    assert answer.notes == ()
    truth = house("L").point(lambda value: 255 if value < 128 else 0)
    assert min(accuracy(found, truth, near=2)) > 0.97


@pytest.mark.parametrize(
    ("picture", "words"),
    [
        (Image.new("RGB", (320, 240), "white"), "Nothing is drawn in 010.png"),
        (Image.new("RGB", (320, 240), "black"), "Nothing is drawn in 010.png"),
        (Image.new("RGBA", (320, 240), (0, 0, 0, 0)), "Nothing is drawn in 010.png"),
        (Image.new("RGB", (1, 1), "white"), "is too small: 1x1 pixels"),
        (house(size=(31, 600)), "is too small: 31x600 pixels"),
    ],
    ids=["blank", "black", "empty layer", "1x1", "a strip"],
)
def test_what_shows_nothing_is_refused(clean: Clean, picture: Image.Image, words: str) -> None:
    with pytest.raises(JobError, match=words) as caught:
        clean(saved(picture))
    assert caught.value.remedy


def test_grain_alone_is_blank(clean: Clean) -> None:
    values = np.random.default_rng(1).normal(225, 6, (600, 800, 3)).clip(0, 255)
    with pytest.raises(JobError, match="Nothing is drawn"):
        clean(saved(Image.fromarray(values.astype(np.uint8)), "JPEG", quality=85))


def test_a_photograph_of_no_paper_is_taken_with_a_warning(clean: Clean) -> None:
    noise = np.random.default_rng(2)
    coarse = Image.fromarray((noise.random((45, 60, 3)) * 255).astype(np.uint8))
    answer, _ = clean(saved(coarse.resize((1200, 900), Image.Resampling.BICUBIC), "JPEG"))

    assert "looks like a photograph" in answer.notes[0]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"hello, I am no picture", "is not a picture that can be read"),
        (saved(house(), "GIF"), "is GIF"),
    ],
    ids=["text", "GIF"],
)
def test_what_is_no_picture_is_told_by_its_name(clean: Clean, data: bytes, words: str) -> None:
    with pytest.raises(JobError, match=words):
        clean(data)


def test_half_a_picture_is_told_to_be_half(clean: Clean) -> None:
    assert clean(saved(house())[:600])[0].ends is False


def test_forty_megapixels_come_out_as_few(clean: Clean) -> None:
    answer, found = clean(saved(house(size=(8000, 5000)), "JPEG", quality=70))

    assert max(found.size) == SIDE == answer.width
    truth = house("L", size=(SIDE, 960)).point(lambda value: 255 if value < 128 else 0)
    assert min(accuracy(found, truth)) > 0.97


def test_lines_keep_their_weight_and_rough_strokes_are_evened_out(clean: Clean) -> None:
    picture = Image.new("L", (400, 300), 255)
    draw = ImageDraw.Draw(picture)
    draw.line((40, 40, 360, 40), fill=0, width=5)
    draw.line((40, 200, 360, 200), fill=90, width=2)
    lines = np.asarray(clean(saved(picture), "lines")[1])
    rough = np.asarray(clean(saved(picture), "drawing")[1])

    assert lines[40, 200] > 240
    assert 40 < lines[196:205, 200].max() < 200
    assert (rough[196:205, 200] == 255).sum() >= 3


def test_a_filled_shape_becomes_its_outline(clean: Clean) -> None:
    picture = house(size=(900, 700))
    ImageDraw.Draw(picture).ellipse((560, 250, 820, 510), fill="black")
    found = np.asarray(clean(saved(picture))[1])

    assert found[380, 690] == 0, "its inside is empty"
    assert found[380, 555:585].max() == 255, "its edge is there"
