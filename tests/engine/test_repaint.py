"""Pictures to start from and second passes against diffusers' own pipelines: the
same pixels, and nothing of them left for the next picture."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw
from support.lora_layouts import small_lora
from support.renders import changed
from support.repainting import ONE, SIZE, all_pipelines, from_text, hole, photo, render, stock
from support.warm_engine import (
    BARE,
    CHALK,
    MODEL,
    THEIRS_TO_MEND,
    kept,
    no_step,
    ours,
    sha256,
    warm,
)

from daemon.protocol.render import Hires, Lora

pytestmark = [
    *THEIRS_TO_MEND,
    pytest.mark.filterwarnings("ignore:Already found a `peft_config`:UserWarning"),
]


@pytest.fixture(scope="module")
def engine():
    return warm(ONE)


@pytest.fixture
def second_lora(tmp_path) -> Path:
    """One that reaches into the UNet's attention and both text encoders, in peft's names."""
    return small_lora(tmp_path / "second.safetensors")


def chalk(scale: float = 0.8) -> Lora:
    return Lora("chalk", str(CHALK), sha256(CHALK), scale)


# --- a picture to start from ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "sampler", [None, "euler_a", "heun", "dpmpp_2m", "dpmpp_sde", "ddim", "lcm"]
)
def test_a_picture_to_start_from_does_what_it_does_in_plain_diffusers(
    engine, pipelines, tmp_path, sampler
) -> None:
    image = photo(tmp_path / "photo.png")
    wanted = render(image=kept(tmp_path / "photo.png"), strength=0.6, steps=6, sampler=sampler)
    theirs = stock(pipelines["image"], wanted, image=image, strength=0.6)
    assert np.array_equal(ours(engine, wanted), theirs)


@pytest.mark.parametrize(("strength", "made"), [(0.2, 2), (0.55, 5), (1.0, 10)])
def test_strength_is_the_share_of_the_steps_that_is_made(
    engine, pipelines, tmp_path, strength, made
) -> None:
    image = photo(tmp_path / "photo.png")
    wanted = render(image=kept(tmp_path / "photo.png"), strength=strength, steps=10)
    seen: list[int] = []
    done = engine.render(wanted, lambda step, *_: seen.append(step))
    assert seen == list(range(1, made + 1))
    assert wanted.total_steps == made == len(done.stages.steps)
    theirs = stock(pipelines["image"], wanted, image=image, strength=strength)
    assert np.array_equal(np.asarray(done.image), theirs)


def test_a_picture_of_another_shape_is_scaled_to_cover_and_cropped_at_its_middle(tmp_path) -> None:
    from daemon.engine.sdxl.denoising.source_image import open_canvas

    wide = Image.new("RGB", (300, 100), "white")
    ImageDraw.Draw(wide).rectangle((100, 0, 199, 99), fill="red")
    wide.save(tmp_path / "wide.png")
    canvas = open_canvas(render(image=kept(tmp_path / "wide.png")))
    pixels = canvas.pixels((64, 64))
    assert pixels.shape == (1, 3, 64, 64)
    assert (pixels[0, 0] > 0.9).all()
    assert (pixels[0, 1, :, 3:-3] < -0.9).all()  # white lies beyond both edges


def test_a_turned_photograph_is_painted_over_as_a_viewer_shows_it(engine, tmp_path) -> None:
    upright = photo(tmp_path / "upright.png", (64, 80))
    exif = Image.Exif()
    exif[0x0112] = 6  # to be shown turned clockwise by a quarter
    upright.rotate(90, expand=True).save(tmp_path / "turned.png", exif=exif)
    one, two = (
        ours(engine, render(image=kept(tmp_path / f"{name}.png"), strength=0.5))
        for name in ("upright", "turned")
    )
    assert np.array_equal(one, two)


# --- the second pass --------------------------------------------------------------------------------


def test_a_second_pass_paints_over_the_enlarged_first_as_two_pipelines_would(
    engine, pipelines
) -> None:
    wanted = render(hires=Hires(104, 96, 6, 0.5), sampler="euler_a")
    first = from_text(pipelines, wanted)
    larger = Image.fromarray(first).resize((104, 96), Image.Resampling.LANCZOS)
    theirs = stock(pipelines["image"], wanted, steps=6, image=larger, strength=0.5)
    seen: list[int] = []
    done = engine.render(wanted, lambda step, *_: seen.append(step))
    assert np.array_equal(np.asarray(done.image), theirs)
    assert seen == [1, 2, 3, 4, 5, 6, 7]
    assert (len(done.stages.steps), len(done.stages.steps_again)) == (4, 3)
    assert sum(done.stages.steps_again) <= done.stages.denoise_again


def test_what_a_mask_keeps_is_kept_through_the_second_pass(engine, tmp_path) -> None:
    image, mask = photo(tmp_path / "photo.png"), hole(tmp_path / "hole.png")
    wanted = render(
        image=kept(tmp_path / "photo.png"),
        mask=kept(tmp_path / "hole.png"),
        hires=Hires(144, 128, 4, 0.5),
    )
    painted = ours(engine, wanted)
    larger = np.asarray(image.resize((144, 128), Image.Resampling.LANCZOS))
    black = np.asarray(mask.resize((144, 128), Image.Resampling.LANCZOS)) == 0
    assert np.array_equal(painted[black], larger[black])
    assert not np.array_equal(painted[~black], larger[~black])


# --- in half precision ------------------------------------------------------------------------------


def test_in_half_precision_with_a_vae_that_needs_more_it_is_plain_diffusers_too(tmp_path) -> None:
    """As SDXL itself runs on a GPU: fp16, but for the VAE."""
    import json
    import shutil

    import torch

    home = tmp_path / "half"
    shutil.copytree(MODEL, home, ignore=shutil.ignore_patterns("ip_adapter", "loras"))
    config = home / "vae" / "config.json"
    config.write_text(json.dumps({**json.loads(config.read_text()), "force_upcast": True}))
    half = warm(replace(BARE, model=str(home), dtype="float16"))
    pipes = all_pipelines(home, torch_dtype=torch.float16)
    image, mask = photo(tmp_path / "photo.png"), hole(tmp_path / "hole.png")
    plain = render(image=kept(tmp_path / "photo.png"), strength=0.6)
    inside = changed(plain, mask=kept(tmp_path / "hole.png"))
    size = {"width": SIZE[0], "height": SIZE[1]}
    theirs = stock(pipes["inpaint"], inside, image=image, mask_image=mask, strength=0.6, **size)
    white = np.asarray(mask) == 255
    assert np.array_equal(ours(half, inside)[white], theirs[white])
    before = ours(half, plain)

    pipes["text"].load_lora_weights(str(CHALK.parent), weight_name=CHALK.name, adapter_name="chalk")
    pipes["text"].set_adapters(["chalk"], [0.8])  # the pipelines share their UNet
    theirs = stock(pipes["image"], plain, image=image, strength=0.6)
    assert np.array_equal(ours(half, replace(plain, loras=(chalk(),))), theirs)
    assert np.array_equal(ours(half, plain), before)


# --- with others ------------------------------------------------------------------------------------


def test_pictures_that_wear_the_same_share_calls_whatever_they_start_from(
    tmp_path, monkeypatch
) -> None:
    monkeypatch.setenv("HOTFOLDER_BATCHING", "always")
    shared = warm(replace(ONE, max_batch=8))
    photo(tmp_path / "photo.png")
    hole(tmp_path / "hole.png")
    image, mask = kept(tmp_path / "photo.png"), kept(tmp_path / "hole.png")
    loras = (chalk(),)
    crowd = [
        render(loras=loras, prompt="a boat, " * 40),
        render(loras=loras, image=image, strength=0.5, steps=6),
        render(loras=loras, image=image, mask=mask, strength=1.0),
        render(loras=loras, hires=Hires(104, 96, 4, 0.5), seed=3),
    ]
    alone = [ours(shared, each).astype(int) for each in crowd]
    assert render().share_key != crowd[0].share_key  # nothing worn: another call
    flights = [shared.board(each, no_step) for each in crowd]
    while any(not flight.is_over for flight in flights):
        shared.step([flight for flight in flights if not flight.is_over])
    for flight, single in zip(flights, alone, strict=True):
        assert flight.failure is None
        assert flight.shared > 1
        together = np.asarray(shared.land(flight)().image).astype(int)
        assert together.shape == single.shape
        assert np.abs(together - single).max() <= 2
        assert (np.abs(together - single) <= 1).mean() >= 0.999


# --- nothing is left --------------------------------------------------------------------------------


def test_a_picture_between_two_plain_ones_leaves_nothing_behind(
    engine, pipelines, tmp_path, second_lora
) -> None:
    photo(tmp_path / "photo.png")
    hole(tmp_path / "hole.png")
    wanted = render()
    plain = ours(engine, wanted)
    for between in (
        render(loras=(chalk(), Lora("second", str(second_lora), None, 1.0))),
        render(image=kept(tmp_path / "photo.png"), strength=0.5),
        render(
            image=kept(tmp_path / "photo.png"),
            mask=kept(tmp_path / "hole.png"),
            hires=Hires(104, 96, 4, 0.5),
            loras=(chalk(),),
            clip_skip=1,
        ),
    ):
        ours(engine, between)
        assert np.array_equal(ours(engine, wanted), plain)
    assert np.array_equal(plain, from_text(pipelines, wanted))
