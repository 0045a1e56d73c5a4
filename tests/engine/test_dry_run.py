"""The engine without a model: the same render is the same card, whatever file it was told by."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image, PngImagePlugin
from support import warm_engine

from daemon.engine.dry_run import DryRun
from daemon.protocol.render import IMAGE, REFERENCE, REFERENCE_MASK, InputPicture, KeptPicture


def card(role: str, file: Path) -> bytes:
    source = KeptPicture(str(file), hashlib.sha256(file.read_bytes()).hexdigest())
    inputs = (InputPicture(REFERENCE, source), InputPicture(role, source))
    render = replace(warm_engine.render(width=64, height=64), inputs=inputs)
    return DryRun().render(render, warm_engine.no_step).image.tobytes()


def painted(file: Path, colour: str, text: str) -> Path:
    info = PngImagePlugin.PngInfo()
    info.add_text("hotfolder", text)
    Image.new("RGB", (16, 16), colour).save(file, pnginfo=info)
    return file


@pytest.mark.parametrize("role", [REFERENCE, IMAGE])
def test_pictures_in_it_count_by_their_pixels_alone(role: str, tmp_path: Path) -> None:
    """As for a real model: a shot that follows another's picture does not change with the number
    of the job that made it, which stands in the file."""
    one, same = (painted(tmp_path / f"{n}.png", "red", f"job {n}") for n in (1, 2))
    other = painted(tmp_path / "other.png", "blue", "job 1")

    assert card(role, one) == card(role, same) != card(role, other)


def test_a_mask_that_no_card_shows_still_makes_another_card(tmp_path: Path) -> None:
    red, blue = (painted(tmp_path / f"{colour}.png", colour, "") for colour in ("red", "blue"))
    assert card(REFERENCE_MASK, red) != card(REFERENCE_MASK, blue)
