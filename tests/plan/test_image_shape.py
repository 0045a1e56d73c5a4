"""A picture to paint over gives the result its shape, unless a size is given."""

from __future__ import annotations

import io
import json
import math
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from support.hostile import chunk
from support.tiffs import ORIENTATION

from daemon.errors import JobError, NotYetError
from daemon.jobfile import read_job
from daemon.models.catalogue import Card
from daemon.plan.prepare import Preparer
from daemon.plan.sizes import picture_size
from daemon.root.create import prepare
from daemon.root.layout import Layout
from daemon.settings import Settings

SKETCH = Card(
    name="sketch", folder=Path("/m"), weights=Path("/m"), native_size=256,
    preset_sizes={768: 256, 1024: 384}, min_size=192, max_size=384,
)  # fmt: skip
SDXL = Card(name="sdxl", folder=Path("/m"), weights=Path("/m"), min_size=512, max_size=2048)


def size(text: str, image: tuple[int, int], card: Card = SDXL) -> tuple[int, int]:
    job = read_job(
        f"prompt: x\nimage: a.png\n{text}\n".encode(), file="a", base=Settings().job_defaults
    )
    return picture_size(job, card, image)[:2]


@pytest.mark.parametrize(
    ("text", "image", "wanted"),
    [
        ("", (3024, 4032), (664, 888)),  # a telephone's photo, upright
        ("preset: quality", (3024, 4032), (888, 1184)),
        ("preset: quality", (832, 1216), (832, 1216)),  # one of SDXL's own sizes: kept
        ("preset: quality", (1000, 1000), (1000, 1000)),
        ("preset: quality", (1001, 1001), (1024, 1024)),  # not a side that the model can do
        ("", (1, 1), (768, 768)),
        ("size: 768x768", (3024, 4032), (768, 768)),
        ("aspect: 1:1", (3024, 4032), (768, 768)),
        ("width: 640", (3024, 4032), (640, 768)),
        ("height: 640", (3024, 4032), (768, 640)),
        ("aspect: 3:2\nwidth: 768", (3024, 4032), (768, 512)),
    ],
)
def test_the_preset_says_how_many_pixels_and_the_image_their_shape_unless_a_size_is_given(
    text: str, image: tuple[int, int], wanted: tuple[int, int]
) -> None:
    assert size(text, image) == wanted


@settings(deadline=None)
@given(st.integers(1, 20_000), st.integers(1, 20_000), st.sampled_from([SDXL, SKETCH]))
def test_any_shape_comes_out_within_the_models_bounds_and_as_near_as_they_allow(
    width: int, height: int, card: Card
) -> None:
    job = read_job(b"prompt: x\nimage: a.png", file="a", base=Settings().job_defaults)
    wide, high, warnings = picture_size(job, card, (width, height))

    assert card.min_size <= min(wide, high)
    assert max(wide, high) <= card.max_size
    assert wide % card.size_multiple == high % card.size_multiple == 0
    off = abs(math.log(wide / high * height / width))
    assert (off > 0.03) == bool(warnings)
    if 2 / 3 <= width / height <= 1.5:
        assert off <= 0.03


# --- by way of a root -------------------------------------------------------------------------------


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    layout = Layout(tmp_path / "root")
    prepare(layout)
    return layout


def preparer(layout: Layout) -> Preparer:
    return Preparer(layout, Settings(), engine="sdxl", model=None)


def drop(layout: Layout, text: str, photo: bytes, name: str = "photo.jpg") -> Path:
    (layout.inbox / name).write_bytes(photo)
    job = layout.inbox / "a.yaml"
    job.write_text(f"prompt: x\nimage: {name}\n{text}\n", "utf-8")
    return job


def photo(width: int, height: int, turned: int, kind: str = "JPEG") -> bytes:
    into, exif = io.BytesIO(), Image.Exif()
    exif[ORIENTATION] = turned
    how = {"tiffinfo": {ORIENTATION: turned}} if kind == "TIFF" else {"exif": exif}
    Image.new("RGB", (width, height), "teal").save(into, kind, **how)
    return into.getvalue()


@pytest.mark.parametrize(("name", "kind"), [
    ("a.jpg", "JPEG"), ("a.png", "PNG"), ("a.webp", "WEBP"), ("a.tif", "TIFF"),
])  # fmt: skip
@pytest.mark.parametrize(("turned", "wanted"), [(1, (312, 208)), (6, (208, 312)), (3, (312, 208))])
def test_the_shape_is_that_of_the_picture_held_upright(
    layout: Layout, name: str, kind: str, turned: int, wanted: tuple[int, int]
) -> None:
    job = drop(layout, "", photo(300, 200, turned, kind), name)

    render = preparer(layout).foresee(job).pictures[0].render

    assert (render.width, render.height) == wanted


def test_exif_behind_the_pixels_of_a_png_counts_too(layout: Layout) -> None:
    into, turned = io.BytesIO(), Image.Exif()
    Image.new("RGB", (300, 200), "teal").save(into, "PNG")
    turned[ORIENTATION] = 6
    exif, plain = chunk(b"eXIf", turned.tobytes()[6:]), into.getvalue()
    file = drop(layout, "", plain[:-12] + exif + plain[-12:], "a.png")

    assert preparer(layout).foresee(file).image_size == (200, 300)


def test_what_is_planned_at_the_claim_is_what_check_told_and_the_record_says_it(
    layout: Layout,
) -> None:
    file = drop(layout, "preset: quality", photo(4000, 3000, 8))
    ready = preparer(layout)

    told = ready.foresee(file)
    job = ready.peek(file, project="")
    plan = ready.plan(
        job, number=1, stem="a", project="", draw_seed=lambda: 1, taken=lambda _: False
    )

    first, block = plan.pictures[0].render, plan.pictures[0].block
    assert (first.width, first.height) == (block["width"], block["height"]) == (288, 384)
    assert (told.pictures[0].render.width, told.image_size) == (288, (3000, 4000))
    again = layout.inbox / "again.json"
    again.write_text(json.dumps({"schema": 1, "job": block, "result": {}}), "utf-8")
    assert ready.foresee(again).pictures[0].render.width == 288


def test_a_record_of_before_keeps_the_size_it_names(layout: Layout) -> None:
    file = drop(
        layout, "width: 256\nheight: 256\npreset: balanced\naspect: null", photo(300, 200, 1)
    )

    render = preparer(layout).foresee(file).pictures[0].render

    assert (render.width, render.height) == (256, 256)


def test_a_size_of_a_folders_defaults_counts_as_given(layout: Layout) -> None:
    (layout.inbox / "_defaults.yaml").write_text("size: 256x384\n", "utf-8")

    render = preparer(layout).foresee(drop(layout, "", photo(300, 200, 1))).pictures[0].render

    assert (render.width, render.height) == (256, 384)


def test_a_picture_that_is_still_being_copied_is_waited_for(layout: Layout) -> None:
    file = drop(layout, "", photo(300, 200, 1)[:-40])

    with pytest.raises(NotYetError, match="not whole yet"):
        preparer(layout).peek(file, project="")


def test_a_picture_of_another_kind_is_told_at_the_line_that_names_it(layout: Layout) -> None:
    file = drop(layout, "", b"\0\0\0\x28ftypheic\0\0\0\0mif1MiHE" + bytes(99))

    with pytest.raises(JobError, match="is HEIC") as caught:
        preparer(layout).peek(file, project="")

    assert (caught.value.key, caught.value.line) == ("image", 2)
