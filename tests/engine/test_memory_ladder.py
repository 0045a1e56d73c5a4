"""When memory runs out: rung by rung, never the picture first, and never in silence."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from PIL import Image, ImageDraw
from support import warm_engine
from support.renders import changed
from support.warm_engine import (
    BARE,
    CHALK,
    MODEL,
    SIDE,
    THEIRS_TO_MEND,
    kept,
    model_of,
    no_step,
    ours,
    warm,
)

from daemon.engine.interface import RenderError
from daemon.engine.sdxl.memory.ladder import PATIENCE, RUNGS, SAME, SEAMS, SPLIT
from daemon.protocol.render import Hires, Lora, Render

pytestmark = THEIRS_TO_MEND

BY_NAME = {rung.name: rung for rung in RUNGS}


@pytest.fixture
def engine(monkeypatch):
    """The engine, with a rehearsal of what does not fit."""

    def rehearsing(rehearsal: str, **environment: str):
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("HOTFOLDER_REHEARSE_SHORTAGE", rehearsal)
        return warm(replace(BARE, max_batch=4))

    return rehearsing


@pytest.fixture(scope="module")
def plain():
    """What the pictures look like when there is memory enough."""
    return partial(ours, warm(BARE))


def render(side: int = SIDE, **changes) -> Render:
    given = {"prompt": "a red circle", "negative_prompt": "grey", "steps": 3, "seed": 3}
    return warm_engine.render(**{**given, "width": side, "height": side, **changes})


def paint(engine, wanted: Render):
    return engine.render(wanted, no_step)


@pytest.mark.parametrize(
    ("rehearsal", "warnings", "exact", "most"),
    [
        ("denoise:encoders", 2, True, 0),
        ("encode:tidy,decode:encoders", 2, True, 0),
        ("denoise:rows", 3, False, 2),
        ("denoise:rows+slices", 4, False, 2),
        ("decode:slices", 3, False, 2),
    ],
)
def test_a_picture_that_did_not_fit_is_made_all_the_same(
    engine, plain, rehearsal, warnings, exact, most
) -> None:
    wanted = render(side=320 if "slices" in rehearsal else 64, steps=1)
    done = paint(engine(rehearsal), wanted)
    difference = np.abs(np.asarray(done.image).astype(int) - plain(wanted)).max()
    assert difference <= most
    assert done.exact is exact
    assert len(done.warnings) == warnings
    assert all(warning.startswith("Memory ran short: ") for warning in done.warnings)
    assert any(SAME not in warning for warning in done.warnings) is not exact


def test_streamed_weights_paint_the_same_bits_with_loras_too(engine, plain) -> None:
    """From main memory to main memory here; on a card they come from there."""
    tired = engine("denoise:streamed")
    unet = model_of(tired).unet
    weights = {name: weight.clone() for name, weight in unet.named_parameters()}
    lora = Lora("chalk", str(CHALK), None, 0.8)
    kinds = ({}, {"loras": (lora,)}, {"prompt": "a blue square"})
    for number in range(PATIENCE + 2):  # the rung is left once, and taken again
        wanted = render(strict=True, seed=number, **kinds[number % 3])
        done = paint(tired, wanted)
        assert np.array_equal(np.asarray(done.image), plain(wanted))
        assert done.exact
        assert BY_NAME["streamed"].warning in done.warnings
    streamed = tired._fallbacks._streamed
    assert streamed is not None
    streamed.undo()
    assert all((weight == weights[name]).all() for name, weight in unet.named_parameters())


def test_each_layer_has_its_streamed_weights_for_its_own_call_only(engine) -> None:
    import torch

    from daemon.engine.sdxl.memory.streamed import Streamed

    first, second = torch.nn.Linear(4, 4), torch.nn.Linear(4, 4)
    whole = torch.nn.Sequential(first, second)
    given, places = torch.randn(2, 4), []
    with torch.inference_mode():
        wanted = whole(given)
        home = [layer.weight.data_ptr() for layer in whole]
        stream = Streamed(whole, torch.device("cpu"))
        second.register_forward_hook(
            lambda *_: places.append([layer.weight.data_ptr() for layer in whole])
        )
        for _ in range(3):
            assert torch.equal(whole(given), wanted)
            assert [layer.weight.data_ptr() for layer in whole] == home
        with pytest.raises(RuntimeError):  # it fails in the middle, and lets go all the same
            first(torch.randn(2, 5))
        assert first.weight.data_ptr() == home[0]
    assert len(places) == 3
    stream.undo()
    assert torch.equal(whole(given), wanted)


def test_pictures_that_do_not_fit_together_are_made_one_by_one(engine, plain) -> None:
    tired = engine("share:less", HOTFOLDER_BATCHING="always")
    wanted = [render(seed=seed, prompt=f"picture {seed}") for seed in (1, 2)]
    flights = [tired.board(each, no_step) for each in wanted]
    while not all(flight.is_over for flight in flights):
        tired.step([flight for flight in flights if not flight.is_over])
    for flight, each in zip(flights, wanted, strict=True):
        done = tired.land(flight)()
        assert np.array_equal(np.asarray(done.image), plain(each))
        assert done.exact
        assert done.warnings == (SPLIT.warning,)


def test_a_picture_decoded_in_tiles_is_nearly_the_same_and_says_so(engine, plain) -> None:
    tired = engine("decode:small tiles")
    wanted = render(side=512, steps=1)
    done = paint(tired, wanted)
    difference = np.abs(np.asarray(done.image).astype(int) - plain(wanted))
    assert difference.mean() < 12
    assert difference.max() > 0
    assert sum(warning.endswith(SEAMS) for warning in done.warnings) == 1
    assert not done.exact
    assert not model_of(tired).vae.use_tiling


@contextlib.contextmanager
def encodings():
    """The longest side, in pixels, of each thing that a VAE is given to encode at once."""
    from diffusers.models.autoencoders.vae import Encoder
    from torch.nn.modules.module import register_module_forward_pre_hook

    seen: list[int] = []

    def look(module, given):
        if isinstance(module, Encoder):
            seen.append(max(given[0].shape[-2:]))

    hook = register_module_forward_pre_hook(look)
    try:
        yield seen
    finally:
        hook.remove()


@pytest.fixture(scope="module")
def over(tmp_path_factory):
    """Renders that have the VAE encode a picture of 320 pixels: to start from, with a mask, and
    what a first pass painted."""
    folder = tmp_path_factory.mktemp("over")
    image = Image.linear_gradient("L").convert("RGB").resize((320, 320))
    mask = Image.new("L", image.size, 0)
    ImageDraw.Draw(image).ellipse((60, 40, 200, 220), fill="orange")
    ImageDraw.Draw(mask).rectangle((160, 0, 320, 320), fill=255)
    image.save(folder / "image.png")
    mask.save(folder / "mask.png")
    image, mask = kept(folder / "image.png"), kept(folder / "mask.png")
    start = render(side=320, steps=2, image=image, strength=0.5)
    return {
        "image": start,
        "mask": changed(start, mask=mask),
        "hires": render(steps=2, hires=Hires(320, 320, 2, 0.5)),
    }


@pytest.fixture(scope="module")
def encoded_whole(plain, over):
    """What each of these looks like when there is memory enough; made once."""
    made: dict[str, np.ndarray] = {}

    def single(kind: str) -> np.ndarray:
        if kind not in made:
            with encodings() as widest:
                made[kind] = plain(over[kind])
            assert set(widest) == {320}
        return made[kind]

    return single


PATCHES = ("encode_image:patches", ["tidy", "encoders", "slices", "patches"], False)


@pytest.mark.parametrize(
    ("kind", "rehearsal", "rungs", "exact"),
    [
        ("image", "encode_image:encoders", ["tidy", "encoders"], True),
        *((kind, *PATCHES) for kind in ("image", "mask", "hires")),
        (
            "image",
            "encode_image:small patches",
            ["tidy", "encoders", "slices", "small patches"],
            False,
        ),
    ],
)
def test_a_picture_to_paint_over_is_encoded_with_less_and_at_last_in_tiles(
    engine, over, encoded_whole, kind, rehearsal, rungs, exact
) -> None:
    single = encoded_whole(kind)
    tired = engine(rehearsal)
    with encodings() as widest:
        done = paint(tired, over[kind])
    assert sorted(done.warnings) == sorted(BY_NAME[name].warning for name in rungs)
    assert done.exact is exact
    assert max(widest) == (320 if exact else 256)
    difference = np.abs(np.asarray(done.image).astype(int) - single)
    if exact:
        assert difference.max() == 0
    else:
        assert any(warning.endswith(SEAMS) for warning in done.warnings)
        assert difference.mean() < 12
    assert not model_of(tired).vae.use_tiling
    if kind == "image":
        untouched = render(side=320, steps=1)  # has nothing to encode
        assert "patches" not in "".join(paint(tired, untouched).warnings)


def test_a_strict_picture_is_not_encoded_in_tiles(engine, over) -> None:
    tired = engine("encode_image:patches")
    with pytest.raises(RenderError) as caught:
        paint(tired, changed(over["image"], strict=True))
    assert caught.value.out_of_memory
    assert "strict" in caught.value.remedy


@pytest.mark.parametrize("longer", [264, 520, 528, 536, 1160])
def test_tiles_meet_whatever_the_length_of_a_picture(longer) -> None:
    """diffusers' tiles overlap by a quarter, which must be a whole number of latents."""
    import torch
    from diffusers import AutoencoderKL

    from daemon.engine.sdxl.memory.fallbacks import tiled

    vae = AutoencoderKL.from_pretrained(MODEL, subfolder="vae").eval()
    latents, pixels = torch.zeros(1, 4, 4, longer // 8), torch.zeros(1, 3, 32, longer)
    for parts in (2, 4):
        with torch.inference_mode(), tiled(vae, (longer, 32), parts):
            assert vae.decode(latents).sample.shape == pixels.shape
            assert vae.encode(pixels).latent_dist.mode().shape == latents.shape


def test_a_smaller_picture_is_not_touched_by_what_a_larger_one_needed(engine, plain) -> None:
    tired = engine("denoise:rows@9000")
    large, small = render(side=96), render(side=64)
    assert len(paint(tired, large).warnings) == 3
    done = paint(tired, small)
    assert done.warnings == ()
    assert done.exact
    assert np.array_equal(np.asarray(done.image), plain(small))
    held = paint(tired, large)  # without running out again
    assert len(held.warnings) == 3


def test_a_strict_picture_fails_rather_than_change_and_says_what_would_help(engine, plain) -> None:
    tired = engine("denoise:rows")
    with pytest.raises(RenderError) as caught:
        paint(tired, render(strict=True))
    assert caught.value.out_of_memory
    assert "strict" in caught.value.remedy
    assert paint(tired, render()).warnings


def test_when_no_rung_is_left_the_picture_fails_as_too_large(engine, plain) -> None:
    tired = engine("denoise:a miracle@9000")
    with pytest.raises(RenderError) as caught:
        paint(tired, render(side=96))
    assert caught.value.out_of_memory
    assert caught.value.transient
    assert np.array_equal(np.asarray(paint(tired, render()).image), plain(render()))
