"""Painting inside a mask against diffusers' own pipeline: the same pixels inside, the picture's own
outside.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageFilter
from support.repainting import ONE, SIZE, all_pipelines, hole, photo, render, stock
from support.warm_engine import BARE, MODEL, THEIRS_TO_MEND, kept, no_step, ours, warm

from daemon.engine.interface import RenderError

pytestmark = [
    *THEIRS_TO_MEND,
    pytest.mark.filterwarnings("ignore:Already found a `peft_config`:UserWarning"),
]


@pytest.fixture(scope="module")
def engine():
    return warm(ONE)


@pytest.mark.parametrize("strength", [0.6, 1.0])
@pytest.mark.parametrize("sampler", [None, "euler_a", "heun", "dpmpp_2m"])
def test_what_is_painted_inside_a_mask_is_what_plain_diffusers_paints_there(
    engine, pipelines, tmp_path, sampler, strength
) -> None:
    image, mask = photo(tmp_path / "photo.png"), hole(tmp_path / "hole.png")
    wanted = render(
        image=kept(tmp_path / "photo.png"),
        mask=kept(tmp_path / "hole.png"),
        strength=strength,
        steps=6,
        sampler=sampler,
    )
    theirs = stock(
        pipelines["inpaint"],
        wanted,
        image=image,
        mask_image=mask,
        strength=strength,
        width=SIZE[0],
        height=SIZE[1],
    )
    painted, white = ours(engine, wanted), np.asarray(mask) == 255
    assert np.array_equal(painted[white], theirs[white])
    assert np.array_equal(painted[~white], np.asarray(image)[~white])
    assert not np.array_equal(theirs[~white], np.asarray(image)[~white])  # the VAE changes it


def test_greys_of_a_mask_blend(engine, tmp_path) -> None:
    image, mask = photo(tmp_path / "photo.png"), hole(tmp_path / "hole.png")
    mask.filter(ImageFilter.GaussianBlur(4)).save(tmp_path / "soft.png")
    hard, soft = (
        ours(
            engine,
            render(image=kept(tmp_path / "photo.png"), mask=kept(tmp_path / name), strength=1.0),
        ).astype(int)
        for name in ("hole.png", "soft.png")
    )
    edge = SIZE[0] // 2
    untouched = np.asarray(image).astype(int)
    assert not np.array_equal(soft[:, edge - 3], untouched[:, edge - 3])
    assert np.array_equal(hard[:, edge - 3], untouched[:, edge - 3])
    assert np.array_equal(soft[:, :10], untouched[:, :10])


def test_a_mask_that_leaves_nothing_to_paint_is_refused(engine, tmp_path) -> None:
    photo(tmp_path / "photo.png")
    Image.new("L", SIZE, 0).save(tmp_path / "black.png")
    wanted = render(image=kept(tmp_path / "photo.png"), mask=kept(tmp_path / "black.png"))
    with pytest.raises(RenderError, match="leaves nothing to paint"):
        engine.render(wanted, no_step)


@pytest.fixture(scope="module")
def inpainting_model(tmp_path_factory) -> Path:
    """The bundled model with the nine channels of one that was made for inwarm_engine."""
    import shutil

    import torch
    from diffusers import UNet2DConditionModel

    home = tmp_path_factory.mktemp("models") / "nine"
    shutil.copytree(MODEL, home, ignore=shutil.ignore_patterns("unet", "ip_adapter", "loras"))
    unet = UNet2DConditionModel.from_pretrained(MODEL / "unet")
    nine = UNet2DConditionModel.from_config({**unet.config, "in_channels": 9})
    weights = unet.state_dict()
    torch.manual_seed(3)
    more = torch.randn(weights["conv_in.weight"][:, :1].shape).expand(-1, 5, -1, -1) * 0.02
    weights["conv_in.weight"] = torch.cat([weights["conv_in.weight"], more], dim=1)
    nine.load_state_dict(weights)
    nine.save_pretrained(home / "unet")
    return home


def test_a_model_made_for_inpainting_is_told_of_mask_and_picture(
    inpainting_model, tmp_path
) -> None:
    special = warm(replace(BARE, model=str(inpainting_model)))
    pipe = all_pipelines(inpainting_model)["inpaint"]
    image, mask = photo(tmp_path / "photo.png"), hole(tmp_path / "hole.png")
    for strength in (0.6, 1.0):
        wanted = render(
            image=kept(tmp_path / "photo.png"),
            mask=kept(tmp_path / "hole.png"),
            strength=strength,
            sampler="euler_a",
        )
        theirs = stock(
            pipe,
            wanted,
            image=image,
            mask_image=mask,
            strength=strength,
            width=SIZE[0],
            height=SIZE[1],
        )
        white = np.asarray(mask) == 255
        assert np.array_equal(ours(special, wanted)[white], theirs[white])
    assert ours(special, render()).shape == (SIZE[1], SIZE[0], 3)  # and paints without a mask too
