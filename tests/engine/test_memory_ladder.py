"""When memory runs out: rung by rung, never the picture first, and never in silence."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from PIL import Image, ImageDraw
from support import warm_engine
from support.renders import changed
from support.warm_engine import BARE, MODEL, SIDE, THEIRS_TO_MEND, kept, no_step, ours, warm

from daemon.engine.interface import RenderError
from daemon.engine.sdxl.memory.ladder import (
    MOST_PATIENCE,
    PATIENCE,
    ROUNDED,
    RUNGS,
    SAME,
    SEAMS,
    SPLIT,
    Ladder,
)
from daemon.protocol.render import Hires, Render

pytestmark = THEIRS_TO_MEND

BY_NAME = {rung.name: rung for rung in RUNGS}
BIG, SMALL = 512 * 512, 64 * 64


def names(rungs) -> list[str]:
    return [rung.name for rung in rungs]


def all_the_way(ladder: Ladder, stage: str, pixels: int, **strict: bool) -> list[str]:
    taken = []
    while (rung := ladder.down(stage, pixels, **strict)) is not None:
        taken.append(rung.name)
    return taken


@pytest.mark.parametrize(
    ("kind", "stage", "rungs"),
    [
        ("cpu", "denoise", ["tidy", "encoders", "rows", "slices"]),
        ("cpu", "decode", ["tidy", "encoders", "slices", "tiles", "small tiles"]),
        (
            "cuda",
            "decode",
            ["tidy", "encoders", "slices", "apart", "tiles", "small tiles", "processor"],
        ),
        ("mps", "decode", ["tidy", "encoders", "slices", "tiles", "small tiles", "processor"]),
        ("mps", "encode", ["tidy", "encoders"]),
        ("cpu", "encode_image", ["tidy", "encoders", "slices", "patches", "small patches"]),
        (
            "cuda",
            "encode_image",
            ["tidy", "encoders", "slices", "apart", "patches", "small patches"],
        ),
    ],
)
def test_each_stage_has_its_rungs_from_the_cheapest_to_the_last(kind, stage, rungs) -> None:
    assert all_the_way(Ladder(kind), stage, BIG) == rungs


def test_a_strict_picture_takes_only_rungs_that_leave_its_pixels_alone() -> None:
    ladder = Ladder("cuda")
    assert all_the_way(ladder, "decode", BIG, strict=True) == ["tidy", "encoders", "apart"]
    ladder.down("decode", BIG)
    assert "slices" in names(ladder.taken(BIG))
    assert "slices" not in names(ladder.taken(BIG, strict=True))


def test_every_rung_says_what_it_does_to_the_pixels() -> None:
    assert all(rung.pixels in (SAME, ROUNDED, SEAMS) for rung in RUNGS)
    assert all(rung.warning.endswith(rung.pixels) for rung in RUNGS)


def test_what_was_taken_stays_in_force_for_that_size_and_larger_ones() -> None:
    ladder = Ladder("cpu")
    ladder.down("denoise", BIG)
    assert names(ladder.taken(BIG)) == names(ladder.taken(2 * BIG)) == ["tidy"]
    assert ladder.taken(SMALL) == ()
    ladder.down("denoise", SMALL)  # it is needed for the smaller one too
    assert names(ladder.taken(SMALL)) == ["tidy"]


def test_the_ladder_is_climbed_again_and_more_carefully_each_time() -> None:
    ladder = Ladder("cpu")
    ladder.down("denoise", BIG)
    ladder.down("denoise", BIG)
    patience = PATIENCE
    for _ in range(10):
        for _ in range(patience - 1):
            ladder.made_it(SMALL)  # says nothing about large ones
            ladder.made_it(BIG)
        assert names(ladder.taken(BIG)) == ["tidy", "encoders"]
        ladder.made_it(BIG)
        assert names(ladder.taken(BIG)) == ["tidy"]
        assert ladder.down("denoise", BIG).name == "encoders"  # it was needed after all
        patience = min(2 * patience, MOST_PATIENCE)
    for _ in range(2 * MOST_PATIENCE):
        ladder.made_it(BIG)
    assert ladder.taken(BIG) == ()


@pytest.mark.parametrize(
    ("error", "short"),
    [
        (MemoryError(), True),
        (RuntimeError("CUDA out of memory. Tried to allocate 2.00 GiB"), True),
        (RuntimeError("MPS backend out of memory (MPS allocated: 9.05 GB, max allowed)"), True),
        (RuntimeError("Invalid buffer size: 16.00 GiB"), True),
        (RuntimeError("[enforce fail at alloc_cpu.cpp:121] . DefaultCPUAllocator: can't "
                      "allocate memory: you tried to allocate 17179869184 bytes."), True),
        (RuntimeError("DefaultCPUAllocator: not enough memory: you tried to allocate"), True),
        (RuntimeError("std::bad_alloc"), True),
        (RuntimeError("CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling cublasCreate"), True),
        (RuntimeError("mat1 and mat2 shapes cannot be multiplied"), False),
        (ValueError("out of memory"), False),
    ],
)  # fmt: skip
def test_running_out_is_recognised_in_the_words_of_every_device(error, short) -> None:
    from daemon.engine.sdxl.device import out_of_memory

    assert out_of_memory(error) is short


# --- with the real model ----------------------------------------------------------------------------


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
    assert not tired._model.vae.use_tiling


@pytest.fixture
def widest():
    """The longest side, in pixels, of what a VAE was given to encode at once."""
    from diffusers.models.autoencoders.vae import Encoder
    from torch.nn.modules.module import register_module_forward_pre_hook

    seen: list[int] = []

    def look(module, given):
        if isinstance(module, Encoder):
            seen.append(max(given[0].shape[-2:]))

    hook = register_module_forward_pre_hook(look)
    yield seen
    hook.remove()


@pytest.fixture
def over(tmp_path):
    """Renders that have the VAE encode a picture of 320 pixels: to start from, with a mask, and
    what a first pass painted."""
    image = Image.linear_gradient("L").convert("RGB").resize((320, 320))
    mask = Image.new("L", image.size, 0)
    ImageDraw.Draw(image).ellipse((60, 40, 200, 220), fill="orange")
    ImageDraw.Draw(mask).rectangle((160, 0, 320, 320), fill=255)
    image.save(tmp_path / "image.png")
    mask.save(tmp_path / "mask.png")
    image, mask = kept(tmp_path / "image.png"), kept(tmp_path / "mask.png")
    start = render(side=320, steps=2, image=image, strength=0.5)
    return {
        "image": start,
        "mask": changed(start, mask=mask),
        "hires": render(steps=2, hires=Hires(320, 320, 2, 0.5)),
    }


@pytest.mark.parametrize("kind", ["image", "mask", "hires"])
@pytest.mark.parametrize(
    ("rehearsal", "rungs", "exact"),
    [
        ("encode_image:encoders", ["tidy", "encoders"], True),
        ("encode_image:patches", ["tidy", "encoders", "slices", "patches"], False),
        ("encode_image:small patches", ["tidy", "encoders", "slices", "small patches"], False),
    ],
)
def test_a_picture_to_paint_over_is_encoded_with_less_and_at_last_in_tiles(
    engine, plain, over, widest, kind, rehearsal, rungs, exact
) -> None:
    single = plain(over[kind])
    assert set(widest) == {320}
    widest.clear()
    tired = engine(rehearsal)
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
    assert not tired._model.vae.use_tiling
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
