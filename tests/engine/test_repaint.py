"""LoRAs, pictures to start from, masks and second passes against diffusers' own pipelines: the
same pixels, and nothing of them left for the next picture."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter
from support import warm_engine
from support.renders import changed
from support.warm_engine import (
    BARE,
    CHALK,
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
    done = engine.render(wanted, lambda step, _: seen.append(step))
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
    done = engine.render(wanted, lambda step, _: seen.append(step))
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


# --- LoRAs ------------------------------------------------------------------------------------------


@pytest.fixture
def second_lora(tmp_path) -> Path:
    """One that reaches into the UNet's attention and both text encoders, in peft's names."""
    return write_lora(tmp_path / "second.safetensors", kohya=False)


def write_lora(path: Path, *, kohya: bool) -> Path:
    """A small LoRA with random matrices, as peft names them or as kohya's trainer does."""
    import torch
    from diffusers import UNet2DConditionModel
    from safetensors.torch import save_file
    from transformers import CLIPTextModel, CLIPTextModelWithProjection

    networks = {
        "unet": UNet2DConditionModel.from_pretrained(MODEL / "unet"),
        "text_encoder": CLIPTextModel.from_pretrained(MODEL / "text_encoder"),
        "text_encoder_2": CLIPTextModelWithProjection.from_pretrained(MODEL / "text_encoder_2"),
    }
    short = {"unet": "lora_unet", "text_encoder": "lora_te1", "text_encoder_2": "lora_te2"}
    generator = torch.Generator().manual_seed(5)
    weights = {}
    for part, network in networks.items():
        ends = ("attn2.to_k", "attn1.to_q", "q_proj", "v_proj", "out_proj")
        for name, layer in network.named_modules():
            if not name.endswith(ends):
                continue
            down = torch.randn(4, layer.in_features, generator=generator) * 0.1
            up = torch.randn(layer.out_features, 4, generator=generator) * 0.1
            if kohya:
                name = (
                    name
                    if part == "unet" or name.startswith("text_model")
                    else f"text_model.{name}"
                )
                stem = f"{short[part]}_{name.replace('.', '_')}"
                weights[f"{stem}.lora_down.weight"] = down
                weights[f"{stem}.lora_up.weight"] = up
                weights[f"{stem}.alpha"] = torch.tensor(2.0)
            else:
                weights[f"{part}.{name}.lora_A.weight"] = down
                weights[f"{part}.{name}.lora_B.weight"] = up
    save_file(weights, path, metadata={"format": "pt"})
    return path


def wearing(pipelines, wanted: Render, **scales: float) -> np.ndarray:
    """Plain diffusers with LoRAs loaded and set, as its manual says."""
    pipe = pipelines["text"]
    for lora in wanted.loras:
        file = Path(lora.path)
        pipe.load_lora_weights(str(file.parent), weight_name=file.name, adapter_name=lora.name)
    pipe.set_adapters([lora.name for lora in wanted.loras], [lora.scale for lora in wanted.loras])
    try:
        return from_text(pipelines, wanted)
    finally:
        pipe.unload_lora_weights()


def test_a_lora_does_what_it_does_in_plain_diffusers(engine, pipelines) -> None:
    wanted = render(loras=(chalk(),))
    painted = ours(engine, wanted)
    assert np.array_equal(painted, wearing(pipelines, wanted))
    assert not np.array_equal(painted, ours(engine, render()))


@pytest.mark.parametrize("kohya", [False, True], ids=["peft", "kohya"])
def test_several_loras_do_what_they_do_in_plain_diffusers_text_encoders_included(
    engine, pipelines, tmp_path, kohya
) -> None:
    other = write_lora(tmp_path / "other.safetensors", kohya=kohya)
    wanted = render(loras=(chalk(0.5), Lora("other", str(other), None, 0.7)))
    painted = ours(engine, wanted)
    assert np.array_equal(painted, wearing(pipelines, wanted))
    assert not np.array_equal(painted, ours(engine, render(loras=(chalk(0.5),))))


def test_only_scales_may_differ_from_one_picture_to_the_next(engine, pipelines) -> None:
    for scale in (0.8, -0.5):
        wanted = render(loras=(chalk(scale),))
        assert np.array_equal(ours(engine, wanted), wearing(pipelines, wanted))


def test_a_lora_at_zero_is_not_worn(engine) -> None:
    assert np.array_equal(ours(engine, render(loras=(chalk(0.0),))), ours(engine, render()))


def test_a_lora_is_taken_off_without_a_trace(engine, second_lora) -> None:
    import torch

    model = engine._model
    networks = [model.unet, *(encoder.wake() for encoder in model.texts.encoders)]

    def state():
        return [
            (
                name,
                module,
                [
                    (p.data_ptr(), p.clone(), p.requires_grad)
                    for p in module.parameters(recurse=False)
                ],
            )
            for network in networks
            for name, module in network.named_modules()
        ]

    ours(engine, render())
    before = state()
    ours(engine, render(loras=(chalk(), Lora("second", str(second_lora), None, 1.0))))
    ours(engine, render())
    after = state()
    assert len(before) == len(after)
    for (name, module, parameters), (other_name, other, others) in zip(before, after, strict=True):
        assert (name, id(module)) == (other_name, id(other))
        for (place, value, flag), (new_place, new_value, new_flag) in zip(
            parameters, others, strict=True
        ):
            assert (place, flag) == (new_place, new_flag)
            assert torch.equal(value, new_value)


def test_what_is_no_lora_for_this_model_is_refused_and_harms_nothing(engine, tmp_path) -> None:
    import torch
    from safetensors.torch import save_file

    before = ours(engine, render())
    wide = {"unet.conv_in.lora_A.weight": torch.zeros(2, 9, 3, 3)}
    wide["unet.conv_in.lora_B.weight"] = torch.zeros(48, 2, 1, 1)
    files = {
        "of-nothing": {"something.weight": torch.zeros(2)},
        "of-another-model": wide,
        "of-another-kind": {"lora_unet_conv_in.hada_w1_a": torch.zeros(2, 2)},
        "of-layers-not-here": {
            "unet.nowhere.lora_A.weight": torch.zeros(2, 2),
            "unet.nowhere.lora_B.weight": torch.zeros(2, 2),
        },
    }
    for name, weights in files.items():
        save_file(weights, tmp_path / f"{name}.safetensors")
    (tmp_path / "broken.safetensors").write_bytes(b"not safetensors")
    for name in (*files, "broken"):
        path = tmp_path / f"{name}.safetensors"
        with pytest.raises(RenderError, match="does not fit this model"):
            engine.render(render(loras=(Lora(name, str(path), None, 1.0),)), no_step)
    assert np.array_equal(ours(engine, render()), before)


def test_a_lora_that_changed_or_went_since_the_plan_is_named(engine, tmp_path) -> None:
    import shutil

    copy = tmp_path / "chalk.safetensors"
    shutil.copy(CHALK, copy)
    with pytest.raises(RenderError, match="has changed since its job was planned"):
        engine.render(render(loras=(Lora("chalk", str(copy), "0" * 64, 1.0),)), no_step)
    gone = Lora("gone", str(tmp_path / "gone.safetensors"), None, 1.0)
    with pytest.raises(RenderError, match="The LoRA gone can't be read"):
        engine.render(render(loras=(gone,)), no_step)


def test_loras_that_do_not_fit_into_memory_together_are_read_once_for_a_picture(
    engine, second_lora, tmp_path, monkeypatch
) -> None:
    import shutil

    from daemon.engine.sdxl.lru import Lru

    monkeypatch.setattr(engine._lora_stack, "_lru", Lru(1))
    files = [
        Path(shutil.copy(file, tmp_path / f"{name}.safetensors"))
        for name, file in (("one", CHALK), ("two", second_lora))
    ]
    wanted = render(loras=tuple(Lora(file.stem, str(file), None, 0.7) for file in files))
    steps = []

    def gone_after_the_first(step: int, _seconds: float) -> None:
        steps.append(step)
        for file in files:
            file.unlink(missing_ok=True)

    engine.render(wanted, gone_after_the_first)
    assert steps == [1, 2, 3, 4]


def test_a_lora_that_fits_in_part_is_worn_in_part_and_that_is_reported(engine, tmp_path) -> None:
    from safetensors.torch import load_file, save_file

    weights = load_file(CHALK)
    down = next(key for key in weights if key.endswith("lora_A.weight"))
    up = down.replace("lora_A", "lora_B")
    weights["unet.down_blocks.9.lora_A.weight"] = weights[down].clone()
    weights["unet.down_blocks.9.lora_B.weight"] = weights[up].clone()
    save_file(weights, tmp_path / "more.safetensors")
    more = Lora("more", str(tmp_path / "more.safetensors"), None, 0.8)
    for _ in range(2):
        done = engine.render(render(loras=(more,)), no_step)
        assert np.array_equal(np.asarray(done.image), ours(engine, render(loras=(chalk(),))))
        assert done.warnings == (
            "The LoRA more fits only in part: 122 of its 123 layers are layers of this model.",
        )


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
