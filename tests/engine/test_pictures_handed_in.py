"""Pictures as cameras, phones and studios save them: seen as a viewer shows them, and what becomes of
them said once."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageCms, ImageDraw, PngImagePlugin
from support.renders import changed
from support.warm_engine import (
    LOAD,
    THEIRS_TO_MEND,
    kept,
    no_step,
    ours,
    reference,
    render,
    warm,
)

from daemon.engine.host.png import encode_png
from daemon.engine.interface import RenderError
from daemon.engine.sdxl.conditioning.open_picture import open_mask, open_picture
from daemon.engine.sdxl.conditioning.picture_notes import PictureNotes
from daemon.protocol.render import Control, ControlParams, Reference, ReferenceParams

pytestmark = THEIRS_TO_MEND

SIZE = (64, 64)


@pytest.fixture(scope="module")
def engine():
    return warm(LOAD)


def profile(
    red: tuple[float, float], green: tuple[float, float], blue: tuple[float, float]
) -> bytes:
    """An ICC profile of three primaries (CIE xy), D65 white and sRGB's curve: what Display P3 and
    others are. Version 2, matrix and table (ICC.1:2001-04)."""

    def xyz(x: float, y: float) -> np.ndarray:
        return np.array([x / y, 1.0, (1 - x - y) / y])

    primaries = np.stack([xyz(*red), xyz(*green), xyz(*blue)], axis=1)
    white = xyz(0.3127, 0.3290)
    matrix = primaries * np.linalg.solve(primaries, white)
    bradford = np.array(
        [[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]]
    )
    d50 = np.array([0.96422, 1.0, 0.82521])
    scale = np.diag((bradford @ d50) / (bradford @ white))
    matrix = np.linalg.inv(bradford) @ scale @ bradford @ matrix

    def fixed(value: float) -> bytes:
        return round(value * 65536).to_bytes(4, "big", signed=True)

    def chunk(kind: bytes, data: bytes) -> bytes:
        body = kind + bytes(4) + data
        return body + bytes(-len(body) % 4)

    grid = np.linspace(0, 1, 1024)
    curve = np.where(grid <= 0.04045, grid / 12.92, ((grid + 0.055) / 1.055) ** 2.4)
    table = np.round(curve * 65535).astype(">u2").tobytes()
    name = b"Wide and made up\0"
    desc = len(name).to_bytes(4, "big") + name + bytes(4 + 4 + 2 + 1 + 67)
    tags = [
        (b"desc", chunk(b"desc", desc)),
        (b"cprt", chunk(b"text", b"none\0")),
        (b"wtpt", chunk(b"XYZ ", b"".join(map(fixed, d50)))),
        *[
            (key, chunk(b"XYZ ", b"".join(fixed(v) for v in matrix[:, place])))
            for place, key in enumerate((b"rXYZ", b"gXYZ", b"bXYZ"))
        ],
        *[
            (key, chunk(b"curv", (1024).to_bytes(4, "big") + table))
            for key in (b"rTRC", b"gTRC", b"bTRC")
        ],
    ]
    place = 128 + 4 + 12 * len(tags)
    index, bodies = len(tags).to_bytes(4, "big"), b""
    for key, body in tags:
        index += key + place.to_bytes(4, "big") + len(body).to_bytes(4, "big")
        bodies, place = bodies + body, place + len(body)
    head = bytearray(128)
    head[0:4] = place.to_bytes(4, "big")
    head[8:12] = b"\x02\x40\x00\x00"
    head[12:24] = b"mntrRGB XYZ "
    head[36:40] = b"acsp"
    head[68:80] = b"".join(map(fixed, d50))
    return bytes(head) + index + bodies


DISPLAY_P3 = profile((0.680, 0.320), (0.265, 0.690), (0.150, 0.060))
SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def saved(path: Path, colour, mode: str = "RGB", size=SIZE, **how) -> Path:
    Image.new(mode, size, colour).save(path, **how)
    return path


#: (230, 60, 60) of Display P3 is this in sRGB, by the matrices of CSS Color 4, section 18.
P3_RED, ITS_SRGB = (230, 60, 60), (250, 31, 49)


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


# --- notes -----------------------------------------------------------------------------------------------


def test_what_became_of_the_pictures_is_said_once(tmp_path) -> None:
    wide = saved(tmp_path / "wide.png", "red", size=(160, 90))
    clear = saved(tmp_path / "clear.png", (255, 0, 0, 99), "RGBA")
    mask = saved(tmp_path / "mask.png", 255, "L", size=(90, 160))
    small = saved(tmp_path / "small.png", "red", size=(32, 32))
    both = Image.new("RGB", SIZE)
    both.save(tmp_path / "both.tif", save_all=True, append_images=[both])
    plain = saved(tmp_path / "plain.png", "red")
    notes = PictureNotes()

    def said(**pictures) -> str:
        return "\n".join(notes.of(changed(render(), **pictures)))

    assert said(image=kept(plain), references=(reference(plain),)) == ""
    assert "is 160x90 and the picture 64x64: it was cropped" in said(image=kept(wide))
    assert "only the square in its middle" in said(references=(reference(wide),))
    assert "transparent in parts" in said(references=(reference(clear),))
    assert "transparent in parts" in said(image=kept(clear))
    assert "was scaled to cover" in said(image=kept(plain), mask=kept(mask))
    assert "was enlarged to 64x64" in said(image=kept(small))
    assert "has 2 pictures in it" in said(image=kept(tmp_path / "both.tif"))
    two = said(references=(reference(plain), reference(wide)))
    assert two.startswith("The reference 2 is 160x90")
    assert len(two.splitlines()) == 1


@pytest.mark.parametrize(
    ("grey", "soft", "felt"),
    [
        (0, False, False),
        (6, True, False),
        (100, False, False),
        (100, True, True),
        (200, False, True),
    ],
)
def test_a_mask_that_leaves_nothing_to_be_felt_is_told(tmp_path, grey, soft, felt) -> None:
    plain, mask = saved(tmp_path / "plain.png", "red"), saved(tmp_path / "mask.png", grey, "L")
    followed = Reference(kept(plain), ReferenceParams(mask_soft=soft), kept(mask))
    control = Control(kept(plain), ControlParams(mask_soft=soft), kept(mask))

    def said(**pictures) -> tuple[str, ...]:
        return PictureNotes().of(changed(render(), **pictures))

    told = "is black all over: the"
    assert (
        any(
            f"The mask of the reference {told} reference is" in n
            for n in said(references=(followed,))
        )
        is not felt
    )
    assert (
        any(
            f"The mask of the control picture {told} control" in n
            for n in said(controls=(control,))
        )
        is not felt
    )
    two = said(references=(reference(plain), followed))
    assert (
        any(f"The mask of the reference 2 {told} reference 2 is" in note for note in two)
        is not felt
    )


@pytest.mark.parametrize(("grey", "told"), [(0, True), (8, True), (9, False), (255, False)])
def test_a_mask_under_which_nothing_is_painted_anew_is_told(tmp_path, grey, told) -> None:
    plain, mask = saved(tmp_path / "plain.png", "red"), saved(tmp_path / "mask.png", grey, "L")
    notes = PictureNotes().of(changed(render(), image=kept(plain), mask=kept(mask)))
    assert any(note.startswith("The mask is black all over") for note in notes) is told


def test_each_picture_is_called_what_it_is_in_the_job(tmp_path) -> None:
    two = Image.new("RGB", SIZE, "white")
    two.save(tmp_path / "two.tif", save_all=True, append_images=[two])
    source = kept(tmp_path / "two.tif")
    every = {
        "references": (Reference(source, ReferenceParams(), source),),
        "controls": (Control(source, ControlParams(), source),),
        "image": source,
        "mask": source,
    }
    notes = PictureNotes().of(changed(render(), **every))
    called = [note.removesuffix(" has 2 pictures in it: the first is taken.") for note in notes]
    assert called == [
        "The reference",
        "The mask of the reference",
        "The control picture",
        "The mask of the control picture",
        "The image",
        "The mask",
    ]


def test_notes_reach_the_record_of_the_picture_also_when_all_is_remembered(tmp_path) -> None:
    engine = warm(LOAD)
    wide = saved(tmp_path / "wide.png", "red", size=(160, 90))
    for _ in range(2):
        done = engine.render(render(steps=1, references=(reference(wide),)), no_step)
        assert [note for note in done.warnings if "square in its middle" in note]


def test_of_a_portrait_the_square_in_its_middle_is_seen_and_its_head_is_not(tmp_path) -> None:
    """As CLIP's own crop has it, which the record tells."""

    def portrait(name: str, head: str, body: str) -> Path:
        drawn = Image.new("RGB", (100, 200), body)
        drawn.paste(head, (0, 0, 100, 40))  # above the square, which begins at 50
        drawn.paste("black", (30, 90, 60, 130))
        drawn.save(tmp_path / name)
        return tmp_path / name

    engine = warm(LOAD)
    red, green, other = (
        ours(engine, render(steps=1, references=(reference(portrait(*each), 1.0),), strict=True))
        for each in (
            ("a.png", "red", "white"),
            ("b.png", "green", "white"),
            ("c.png", "red", "blue"),
        )
    )
    assert np.array_equal(red, green)
    assert not np.array_equal(red, other)
