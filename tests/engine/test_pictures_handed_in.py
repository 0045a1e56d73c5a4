"""Pictures as cameras, phones and studios save them: seen as a viewer shows them."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageCms, ImageDraw, PngImagePlugin
from support.photos import DISPLAY_P3, ITS_SRGB, P3_RED, SIZE, SRGB, saved
from support.warm_engine import LOAD, THEIRS_TO_MEND, kept, no_step, ours, reference, render, warm

from daemon.engine.host.png import encode_png
from daemon.engine.interface import RenderError
from daemon.engine.sdxl.conditioning.open_picture import open_mask, open_picture
from daemon.engine.sdxl.conditioning.picture_notes import PictureNotes

pytestmark = THEIRS_TO_MEND


@pytest.fixture(scope="module")
def engine():
    return warm(LOAD)


@pytest.mark.parametrize("ending", ["png", "jpg", "webp", "tif"])
def test_a_wide_gamut_photo_is_seen_in_its_own_colours(tmp_path, ending) -> None:
    how = {"icc_profile": DISPLAY_P3} | ({"quality": 100} if ending in ("jpg", "webp") else {})
    photo = saved(tmp_path / f"a.{ending}", P3_RED, **how)

    seen = open_picture(kept(photo))

    assert seen.mode == "RGB"
    assert "icc_profile" not in seen.info
    assert np.abs(np.array(seen.getpixel((9, 9))) - ITS_SRGB).max() <= (
        1 if ending in ("png", "tif") else 4
    )


def test_alpha_and_grey_keep_their_place_beside_a_profile(tmp_path) -> None:
    photo = saved(tmp_path / "a.png", (*P3_RED, 255), "RGBA", icc_profile=DISPLAY_P3)

    assert np.abs(np.array(open_picture(kept(photo)).getpixel((9, 9))) - ITS_SRGB).max() <= 1


@pytest.mark.parametrize(
    ("data", "told"),
    [(SRGB, False), (b"no profile at all", True), (DISPLAY_P3[:300], True), (b"", False)],
    ids=["of sRGB itself", "rubbish", "cut off", "empty"],
)
def test_what_is_srgb_or_has_no_usable_profile_is_taken_as_it_is(tmp_path, data, told) -> None:
    photo = saved(tmp_path / "a.png", P3_RED, icc_profile=data)

    assert open_picture(kept(photo)).getpixel((9, 9)) == P3_RED
    wanted = render(image=kept(photo))
    assert any("colour profile" in note for note in PictureNotes().of(wanted)) == told


def test_a_profile_of_inks_on_a_picture_of_lights_is_left_alone(tmp_path) -> None:
    grey = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    photo = saved(tmp_path / "a.png", P3_RED, icc_profile=grey)

    assert open_picture(kept(photo)).getpixel((9, 9)) == P3_RED


def test_a_result_says_that_it_is_srgb_and_carries_nobodys_profile(engine, tmp_path) -> None:
    photo = saved(tmp_path / "a.png", P3_RED, icc_profile=DISPLAY_P3)
    mask = saved(tmp_path / "m.png", 255, "L")
    wanted = render(image=kept(photo), mask=kept(mask), strength=0.5)

    written = encode_png(engine.render(wanted, no_step).image, {})

    with Image.open(io.BytesIO(written)) as read:
        assert "icc_profile" not in read.info
        assert read.info["srgb"] == 1


# --- masks ---------------------------------------------------------------------------------------------


def strokes(path: Path, ground, stroke, mode: str) -> Path:
    mask = Image.new(mode, SIZE, ground)
    ImageDraw.Draw(mask).rectangle((16, 16, 47, 47), fill=stroke)
    mask.save(path)
    return path


@pytest.mark.parametrize(
    ("ground", "stroke", "mode"),
    [
        (0, 255, "L"),
        ((0, 0, 0), (255, 255, 255), "RGB"),
        ((0, 0, 0, 0), (255, 255, 255, 255), "RGBA"),
        ((255, 255, 255, 0), (255, 255, 255, 255), "RGBA"),
        ((0, 0), (255, 255), "LA"),
        (0, 1, "1"),
        ((6, 6, 6), (250, 250, 250), "RGB"),
    ],
    ids=[
        "grey",
        "colour",
        "clear ground",
        "clear white ground",
        "grey and alpha",
        "bits",
        "nearly",
    ],
)
def test_white_strokes_are_what_is_painted_anew_whatever_they_lie_on(
    tmp_path, ground, stroke, mode
) -> None:
    mask = np.asarray(open_mask(kept(strokes(tmp_path / "m.png", ground, stroke, mode))))

    assert (mask[16:48, 16:48] == 255).all()
    mask = mask.copy()
    mask[16:48, 16:48] = 0
    assert not mask.any()


def test_what_a_clear_mask_keeps_is_kept_to_the_last_bit(engine, tmp_path) -> None:
    photo = saved(tmp_path / "a.png", P3_RED)
    clear = strokes(tmp_path / "m.png", (0, 0, 0, 0), (255, 255, 255, 255), "RGBA")
    grey = strokes(tmp_path / "n.png", 0, 255, "L")

    one, two = (
        ours(engine, render(image=kept(photo), mask=kept(each), strength=0.9))
        for each in (clear, grey)
    )

    assert np.array_equal(one, two)
    assert (one[0] == P3_RED).all()


def test_a_mask_of_a_reference_is_read_in_the_same_way(engine, tmp_path) -> None:
    photo = saved(tmp_path / "a.png", "lime")
    clear = strokes(tmp_path / "m.png", (0, 0, 0, 0), (255, 255, 255, 255), "RGBA")
    grey = strokes(tmp_path / "n.png", 0, 255, "L")

    one, two = (
        ours(engine, render(references=(reference(photo, mask=kept(each)),)))
        for each in (clear, grey)
    )

    assert np.array_equal(one, two)


def test_black_strokes_on_a_clear_ground_leave_nothing_to_paint_and_that_is_said(
    engine, tmp_path
) -> None:
    photo = saved(tmp_path / "a.png", P3_RED)
    mask = strokes(tmp_path / "m.png", (0, 0, 0, 0), (0, 0, 0, 255), "RGBA")

    with pytest.raises(RenderError, match="leaves nothing to paint"):
        engine.render(render(image=kept(photo), mask=kept(mask)), no_step)


# --- files ---------------------------------------------------------------------------------------------


def test_a_picture_that_carries_a_megabyte_of_text_is_a_picture(tmp_path) -> None:
    info = PngImagePlugin.PngInfo()
    info.add_text("workflow", "x" * 3_000_000, zip=True)
    info.add_itxt("prompt", "y" * 2_000_000)
    photo = saved(tmp_path / "a.png", P3_RED, pnginfo=info)

    assert open_picture(kept(photo)).getpixel((9, 9)) == P3_RED


def test_so_is_a_photo_with_a_film_behind_its_end(tmp_path) -> None:
    photo = saved(tmp_path / "a.jpg", P3_RED, quality=100)
    photo.write_bytes(photo.read_bytes() + bytes(200_000))

    assert open_picture(kept(photo)).size == SIZE


@pytest.mark.parametrize(
    ("mode", "colour", "how"),
    [
        ("RGB", (10, 20, 30), {}),
        ("RGB", (10, 20, 30), {"compression": "tiff_lzw"}),
        ("CMYK", (0, 0, 0, 255), {}),
        ("L", 77, {}),
        ("I;16", 30000, {}),
        ("1", 1, {}),
        ("RGBA", (10, 20, 30, 255), {}),
    ],
)
def test_a_studios_tiff_is_read(tmp_path, mode, colour, how) -> None:
    photo = saved(tmp_path / "a.tif", colour, mode, **how)

    assert open_picture(kept(photo)).mode == "RGB"


@pytest.mark.parametrize(
    "content",
    [b"", b"II*\0" + b"\xff" * 50, b"\x89PNG\r\n\x1a\n" + b"\xff" * 99, b"<html>", b"\xff\xd8\xff"],
)
def test_what_is_no_picture_is_told_and_never_a_crash(tmp_path, content) -> None:
    (tmp_path / "a.png").write_bytes(content)

    with pytest.raises(RenderError):
        open_picture(kept(tmp_path / "a.png"))


def test_a_tiff_of_floating_point_is_told(tmp_path) -> None:
    with pytest.raises(RenderError, match="8 or 16 bits"):
        open_picture(kept(saved(tmp_path / "a.tif", 0.5, "F")))


#: Opens a picture in a process that may take little more memory than it has.
SHORT = """
import resource, sys
from daemon.engine.sdxl.conditioning.open_picture import open_picture
from daemon.protocol.render import KeptPicture

held = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (held + (64 << 20),) * 2)
try:
    open_picture(KeptPicture(sys.argv[1], ""))
except MemoryError:
    print("short of memory")
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="asks /proc for what it holds")
@pytest.mark.parametrize("ending", ["png", "jpg", "tif"])
def test_a_picture_that_memory_runs_out_for_is_not_called_broken(tmp_path, ending) -> None:
    """A whole picture, whose job is tried again with more memory left to it."""
    photo = tmp_path / f"large.{ending}"
    Image.new("RGB", (6000, 6000), "red").save(photo)

    done = subprocess.run(
        [sys.executable, "-c", SHORT, str(photo)], capture_output=True, text=True, check=False
    )

    assert done.stdout == "short of memory\n", done.stderr
