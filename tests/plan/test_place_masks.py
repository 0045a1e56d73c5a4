"""Masks of places: soft, in the picture's shape, the same bytes everywhere."""

from __future__ import annotations

import hashlib
import io

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from daemon.jobfile.areas import WORDS, Box
from daemon.plan.place_masks import place_mask

WHOLE: Box = (0.0, 0.0, 1.0, 1.0)


def pixels(box: Box, width: int = 768, height: int = 512) -> NDArray[np.int64]:
    with Image.open(io.BytesIO(place_mask(box, width, height))) as image:
        image.load()
        assert (image.format, image.mode) == ("PNG", "L")
        return np.asarray(image).astype(np.int64)


@pytest.mark.parametrize("box", [*WORDS.values(), (0.2, 0.3, 0.25, 0.4)])
def test_a_mask_is_white_in_its_place_and_black_away_from_it(box: Box) -> None:
    x, y, width, height = box
    found = pixels(box)

    assert found.shape == (64, 96)
    assert found[int((y + height / 2) * 64), int((x + width / 2) * 96)] == 255
    for across in range(96):
        for down in range(64):
            away = max(
                x - across / 96, across / 96 - x - width, y - down / 64, down / 64 - y - height
            )
            assert away < 0.07 or found[down, across] == 0


@pytest.mark.parametrize(
    "boxes",
    [
        (WORDS["left third"], WORDS["middle third"], WORDS["right third"]),
        ((0.0, 0.0, 1.0, 0.5), (0.0, 0.5, 1.0, 0.5)),
    ],
)
def test_places_side_by_side_share_what_lies_between(boxes: tuple[Box, ...]) -> None:
    together = sum(pixels(box) for box in boxes)

    assert np.abs(together - 255).max() <= 2


def test_an_edge_is_soft_but_on_the_pictures_border() -> None:
    row = pixels(WORDS["left"])[0]

    assert row[0] == 255
    assert len(set(row.tolist())) > 8
    assert (pixels(WHOLE) == 255).all()


def test_a_mask_is_known_by_the_same_content_everywhere() -> None:
    found = hashlib.sha256(place_mask(WORDS["left"], 256, 256)).hexdigest()

    assert found.startswith("c9edd0e192bc28a2")


@pytest.mark.parametrize("size", [(8, 8), (4096, 64), (4096, 4096)])
def test_any_size_of_picture_has_a_mask(size: tuple[int, int]) -> None:
    assert pixels(WORDS["top right"], *size).shape == (size[1] // 8, size[0] // 8)
