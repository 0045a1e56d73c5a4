"""Edges found in a picture: thin, closed, where they are, and none where nothing is."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter

pytest.importorskip("torch")

from daemon.engine.sdxl.control.edges import edges

DISC = (30, 20, 90, 80)


def disc(ground: str = "white", ink: str = "black") -> Image.Image:
    image = Image.new("RGB", (128, 100), ground)
    ImageDraw.Draw(image).ellipse(DISC, fill=ink)
    return image


def test_a_disc_is_a_thin_closed_ring_where_its_rim_is() -> None:
    found = np.asarray(edges(disc())) > 0
    ys, xs = np.nonzero(found)
    radius = np.hypot(xs - 60, ys - 50)
    assert abs(radius - 30).max() < 2.5
    assert 0.8 < len(xs) / (2 * np.pi * 30) < 1.6  # about a pixel wide
    inside = Image.fromarray((found * 255).astype(np.uint8)).filter(ImageFilter.MaxFilter(3))
    ImageDraw.floodfill(inside, (0, 0), 128)
    assert inside.getpixel((60, 50)) == 0  # closed: the flood did not get in


@pytest.mark.parametrize("size", [(1, 1), (2, 300), (64, 64)])
def test_an_even_picture_of_any_size_has_no_edges(size) -> None:
    found = edges(Image.new("RGB", size, (120, 40, 200)))
    assert found.size == size
    assert not np.asarray(found).any()


def test_faint_edges_count_only_where_they_hang_on_a_clear_one() -> None:
    faint, beside = Image.new("L", (120, 60), 128), Image.new("L", (120, 60), 128)
    ImageDraw.Draw(faint).rectangle((20, 10, 50, 50), fill=188)
    for image in (faint, beside):
        draw = ImageDraw.Draw(image)
        draw.rectangle((60, 10, 119, 30), fill=188)
        if image is beside:
            draw.rectangle((60, 31, 119, 50), fill=255)
    assert not np.asarray(edges(faint)).any()
    seen = np.asarray(edges(beside))
    assert not seen[25:28, 75:110].any()
    assert seen[12:28, 57:63].any()


def test_noise_below_the_threshold_is_not_drawn() -> None:
    rng = np.random.default_rng(5)
    noisy = np.asarray(disc("white", "grey")).astype(int) + rng.integers(-8, 9, (100, 128, 1))
    found = np.asarray(edges(Image.fromarray(noisy.clip(0, 255).astype(np.uint8))))
    ys, xs = np.nonzero(found)
    assert abs(np.hypot(xs - 60, ys - 50) - 30).max() < 3
