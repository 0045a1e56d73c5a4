"""Pictures to start from, masks and second passes against diffusers' own pipelines: the
same pixels, and nothing of them left for the next picture."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter
from support import warm_engine
from support.lora_layouts import small_lora
from support.renders import changed
from support.warm_engine import (
    BARE,
    CHALK,
    DEVICE,
    LOAD,
    MODEL,
    THEIRS_TO_MEND,
    kept,
    no_step,
    ours,
    sha256,
    warm,
)

from daemon.engine.interface import RenderError
from daemon.protocol.render import Hires, Lora, Render

pytestmark = [
    *THEIRS_TO_MEND,
    pytest.mark.filterwarnings("ignore:Already found a `peft_config`:UserWarning"),
]

ONE = replace(LOAD, adapters={"base": LOAD.adapters["base"]})
SIZE = (72, 64)

render = partial(warm_engine.render, negative_prompt="grey", width=SIZE[0], height=SIZE[1])


@pytest.fixture(scope="module")
def engine():
    return warm(ONE)


@pytest.fixture
def second_lora(tmp_path) -> Path:
    """One that reaches into the UNet's attention and both text encoders, in peft's names."""
    return small_lora(tmp_path / "second.safetensors")


@pytest.fixture(scope="module")
def pipelines():
    """diffusers' text, image and inpaint pipelines on one set of weights."""
    return all_pipelines(MODEL)


def all_pipelines(model: Path, **given):
    from diffusers import (
        StableDiffusionXLImg2ImgPipeline,
        StableDiffusionXLInpaintPipeline,
        StableDiffusionXLPipeline,
    )

    text = StableDiffusionXLPipeline.from_pretrained(model, add_watermarker=False, **given)
    text = text.to(DEVICE)
    kinds = (StableDiffusionXLImg2ImgPipeline, StableDiffusionXLInpaintPipeline)
    all_of_them = (text, *(kind(**text.components, add_watermarker=False) for kind in kinds))
    for pipe in all_of_them:
        pipe.set_progress_bar_config(disable=True)
    return dict(zip(("text", "image", "inpaint"), all_of_them, strict=True))


def stock(pipe, wanted: Render, *, steps: int | None = None, **more) -> np.ndarray:
    """Paint with plain diffusers, chance drawn on the CPU from the same seed."""
    import torch

    from daemon.engine.sdxl.schedulers import build_scheduler

    original = pipe.scheduler
    config = {"_class_name": type(original).__name__, **original.config}
    pipe.register_modules(
        scheduler=build_scheduler(config, wanted.sampling.sampler, wanted.sampling.schedule)
    )
    try:
        return np.asarray(
            pipe(
                prompt=wanted.sampling.prompt,
                negative_prompt=wanted.sampling.negative_prompt or None,
                num_inference_steps=steps or wanted.sampling.steps,
                guidance_scale=wanted.sampling.guidance_scale,
                clip_skip=wanted.sampling.clip_skip,
                generator=torch.Generator("cpu").manual_seed(wanted.seed),
                **more,
            ).images[0]
        )
    finally:
        pipe.register_modules(scheduler=original)


def from_text(pipelines, wanted: Render) -> np.ndarray:
    return stock(pipelines["text"], wanted, width=wanted.width, height=wanted.height)


def photo(path: Path, size: tuple[int, int] = SIZE) -> Image.Image:
    """Something with colours, edges and a gradient."""
    image = Image.linear_gradient("L").resize(size).convert("RGB")
    draw = ImageDraw.Draw(image)
    draw.ellipse((size[0] // 4, 8, size[0] * 3 // 4, size[1] - 8), fill=(220, 90, 30))
    draw.rectangle((0, 0, 12, size[1] // 2), fill=(20, 160, 60))
    image.save(path)
    return image


def hole(path: Path, size: tuple[int, int] = SIZE) -> Image.Image:
    """White in the right half."""
    mask = Image.new("L", size, 0)
    ImageDraw.Draw(mask).rectangle((size[0] // 2, 0, *size), fill=255)
    mask.save(path)
    return mask


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


# --- inside a mask ----------------------------------------------------------------------------------


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
