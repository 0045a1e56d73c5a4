"""A look at a picture under way: what it will be, whatever the sampler, in about its colours."""

from __future__ import annotations

import json
import random
import re
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import ClassVar

import numpy as np
import pytest
import torch
from PIL import Image

from daemon.engine.sdxl.denoising.in_flight import Guess
from daemon.engine.sdxl.preview import Preview, Seen, array, preview_of
from daemon.engine.sdxl.schedulers import build_scheduler, set_steps
from daemon.engine.sdxl.tiny_decoder import LARGEST, TinyDecoder, look_of
from daemon.protocol.messages import Load
from daemon.protocol.samplers import SAMPLERS
from daemon.sketch import WEIGHTS

BASE = Path(__file__).parents[2] / "daemon/engine/sdxl/loading/sdxl_base/scheduler"


@pytest.mark.filterwarnings("ignore:__array__:DeprecationWarning")  # diffusers with numpy 2
@pytest.mark.parametrize("kind", ["epsilon", "v_prediction"])
@pytest.mark.parametrize("sampler", [row.name for row in SAMPLERS])
def test_latents_that_a_call_has_in_mind_are_found_whatever_the_sampler(sampler, kind):
    config = json.loads((BASE / "scheduler_config.json").read_text())
    scheduler = build_scheduler({**config, "prediction_type": kind}, sampler, None)
    set_steps(scheduler, 10, torch.device("cpu"))
    chance = torch.Generator().manual_seed(1)
    meant, noise = torch.randn(2, 1, 4, 8, 8, generator=chance)
    for call in (2, 5, 8):
        timestep = scheduler.timesteps[call]
        alphas = scheduler.alphas_cumprod[timestep.long()]
        given = alphas.sqrt() * meant + (1 - alphas).sqrt() * noise
        if scheduler.init_noise_sigma > 1.5:
            given = given / alphas.sqrt()
        v = alphas.sqrt() * noise - (1 - alphas).sqrt() * meant
        guess = Guess(given, noise if kind == "epsilon" else v, timestep)
        assert torch.allclose(torch.tensor(Seen.of(guess, scheduler).expected()), meant, atol=1e-3)


class OnACard(torch.Tensor):
    """Tells which threads have asked for anything that lies on a graphics card."""

    asked_by: ClassVar[set[int]] = set()

    @classmethod
    def __torch_function__(cls, func, types, args=(), kwargs=None):
        cls.asked_by.add(threading.get_ident())
        made = super().__torch_function__(func, types, args, kwargs or {})
        return made.as_subclass(torch.Tensor) if func is torch.Tensor.cpu else made


@pytest.mark.filterwarnings("ignore:__array__:DeprecationWarning")  # diffusers with numpy 2
@pytest.mark.parametrize("sampler", [row.name for row in SAMPLERS])
def test_who_writes_the_picture_under_way_asks_a_graphics_card_for_nothing(sampler):
    """Metal ends the process where two threads ask it."""
    config = json.loads((BASE / "scheduler_config.json").read_text())
    scheduler = build_scheduler(config, sampler, None)
    set_steps(scheduler, 4, torch.device("cpu"))
    for name, each in list(vars(scheduler).items()):  # some are moved there by their samplers
        if isinstance(each, torch.Tensor):
            setattr(scheduler, name, each.as_subclass(OnACard))
    latents, predicted = (each.as_subclass(OnACard) for each in torch.randn(2, 1, 4, 8, 8))
    guess = Guess(latents, predicted, scheduler.timesteps[1])
    brief = SimpleNamespace(scheduler=scheduler)

    look = Preview().of(SimpleNamespace(guess=guess, brief=brief))
    OnACard.asked_by.clear()
    with ThreadPoolExecutor(1) as aside:
        shown = aside.submit(look).result()

    assert shown.size == (8, 8)
    assert OnACard.asked_by == set()


def test_the_bundled_models_own_map_shows_its_latents_in_their_colours():
    from diffusers import AutoencoderKL

    from daemon.sketch.train import stages

    drawn = stages.pictures(random.Random(7), 6, 256, 256)
    vae = AutoencoderKL.from_pretrained(WEIGHTS / "vae", torch_dtype=torch.float32)
    with torch.inference_mode():
        latents = vae.encode(drawn).latent_dist.mean * vae.config.scaling_factor
    meant = torch.nn.functional.avg_pool2d(drawn, 8).add(1).mul(127.5)
    errors = {}
    for name, preview in (("own", preview_of(WEIGHTS)), ("SDXL's", Preview())):
        shown = [preview.image(array(one[None])) for one in latents]
        assert shown[0].size == (32, 32)
        seen = torch.stack([_pixels(one) for one in shown])
        errors[name] = float((seen - meant).abs().mean())
    assert errors["own"] < 20 < errors["SDXL's"]


def _pixels(image: Image.Image) -> torch.Tensor:
    flat = torch.tensor(list(image.tobytes()), dtype=torch.float32)
    return flat.reshape(image.height, image.width, 3).permute(2, 0, 1)


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"factors": [1], "bias": 2}', '{"factors": "x"}']
)
def test_a_map_that_can_t_be_read_is_sdxls(tmp_path, text):
    (tmp_path / "preview.json").write_text(text)
    grey = np.zeros((1, 4, 2, 2), np.float32)
    assert preview_of(tmp_path).image(grey).getpixel((0, 0)) == (150, 140, 130)


@pytest.fixture
def taesd(tmp_path):
    """A decoder of chance weights, saved as diffusers does."""
    from diffusers import AutoencoderTiny

    torch.manual_seed(3)
    network = AutoencoderTiny(decoder_block_out_channels=(8, 8, 8, 8))
    network.save_pretrained(tmp_path / "taesd")
    return network.eval()


@pytest.mark.parametrize(("height", "width"), [(6, 8), (80, 40)])
def test_a_tiny_decoder_shows_what_diffusers_own_makes_of_the_latents(
    taesd, tmp_path, height, width
):
    latents = torch.randn(1, 4, height, width, generator=torch.Generator().manual_seed(5))
    with torch.inference_mode():
        meant = taesd.decode(latents).sample[0].add(1).mul(127.5).clamp(0, 255).round()
    load = Load("m", str(tmp_path), options={"taesd": str(tmp_path / "taesd")})
    preview = look_of(load, "cuda")
    shown = preview.image(latents.numpy())
    if height * 8 <= LARGEST:
        assert torch.equal(_pixels(shown), meant)
    else:  # larger than anybody wants to look at
        assert shown.size == (LARGEST * width // height, LARGEST)
        small = Image.fromarray(meant.byte().permute(1, 2, 0).numpy()).resize(
            shown.size, Image.Resampling.BOX
        )
        assert (_pixels(shown) - _pixels(small)).abs().max() <= 1


@pytest.mark.filterwarnings("ignore:__array__:DeprecationWarning")  # diffusers with numpy 2
def test_a_tiny_decoder_rests_after_each_look_and_says_what_is_wrong_with_its_folder(
    taesd, tmp_path
):
    scheduler = build_scheduler(
        json.loads((BASE / "scheduler_config.json").read_text()), "euler", None
    )
    set_steps(scheduler, 4, torch.device("cpu"))
    guess = Guess(*torch.randn(2, 1, 4, 8, 8), scheduler.timesteps[1])
    flight = SimpleNamespace(guess=guess, brief=SimpleNamespace(scheduler=scheduler))
    load = Load("m", str(tmp_path), options={"taesd": str(tmp_path / "taesd")})
    assert not isinstance(look_of(load, "cpu"), TinyDecoder)
    preview = look_of(load, "mps")
    look = preview.of(flight)
    assert look().size == (64, 64)
    assert preview.of(flight) is None
    (tmp_path / "none").mkdir()
    with pytest.raises(OSError, match=re.escape(str(tmp_path / "none"))):
        TinyDecoder(tmp_path / "none").image(guess.latents.numpy())
