"""A look at a picture under way: what it will be, whatever the sampler, in about its colours."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest
import torch
from PIL import Image

from daemon.engine.sdxl.denoising.in_flight import Guess
from daemon.engine.sdxl.preview import Preview, expected, preview_of
from daemon.engine.sdxl.schedulers import build_scheduler, set_steps
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
        assert torch.allclose(expected(guess, scheduler), meant, atol=1e-3)


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
        shown = [preview.image(one[None]) for one in latents]
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
    grey = torch.zeros(1, 4, 2, 2)
    assert preview_of(tmp_path).image(grey).getpixel((0, 0)) == (150, 140, 130)
