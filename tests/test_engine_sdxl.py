"""The SDXL engine against diffusers' own pipeline, on the bundled model: the same pixels."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from daemon.protocol import SAMPLERS, Load, Reference, Render

# What libraries deprecate among themselves is theirs to mend.
pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::FutureWarning"),
]

MODEL = Path(__file__).parent.parent / "daemon" / "sketch" / "weights"
ADAPTERS = MODEL / "ip_adapter"
LOAD = Load(
    name="sketch",
    model=str(MODEL),
    image_encoder=str(ADAPTERS / "image_encoder"),
    adapters={name: str(ADAPTERS / f"{name}.safetensors") for name in ("base", "plus")},
    device="cpu",
    threads=1,
)
SIDE = 64


def render(**changes) -> Render:
    given = {
        "prompt": "a red circle on a blue background",
        "negative_prompt": "",
        "width": SIDE,
        "height": SIDE,
        "steps": 4,
        "guidance_scale": 6.0,
        "seed": 11,
        "stage": "",
    }
    return Render(job=1, index=1, **{**given, **changes})


@pytest.fixture(scope="module")
def engine():
    from daemon.engine.sdxl import Sdxl

    warm = Sdxl()
    warm.load(LOAD, lambda *_: None)
    return warm


@pytest.fixture(scope="module")
def pipeline():
    from diffusers import StableDiffusionXLPipeline

    pipe = StableDiffusionXLPipeline.from_pretrained(MODEL, add_watermarker=False)
    pipe.set_progress_bar_config(disable=True)
    return pipe


@pytest.fixture
def stock(pipeline):
    """Paint with plain diffusers, the noise drawn as we draw it."""
    import torch

    from daemon.engine.samplers import build_scheduler

    original = pipeline.scheduler
    config = {"_class_name": type(original).__name__, **original.config}

    def paint(wanted: Render, **more) -> np.ndarray:
        pipeline.scheduler = build_scheduler(config, wanted.sampler, wanted.schedule)
        generator = torch.Generator("cpu").manual_seed(wanted.seed)
        shape = (1, 4, wanted.height // 8, wanted.width // 8)
        noise = torch.randn(shape, generator=generator)
        size = wanted.original_size
        return np.asarray(
            pipeline(
                prompt=wanted.prompt,
                prompt_2=wanted.prompt_2,
                negative_prompt=wanted.negative_prompt or None,
                negative_prompt_2=wanted.negative_prompt_2,
                width=wanted.width,
                height=wanted.height,
                num_inference_steps=wanted.steps,
                guidance_scale=wanted.guidance_scale,
                clip_skip=wanted.clip_skip,
                generator=generator,
                latents=noise,
                original_size=size and (size[1], size[0]),
                **more,
            ).images[0]
        )

    yield paint
    pipeline.scheduler = original


@pytest.fixture
def stock_with(pipeline, stock) -> Iterator:
    """Plain diffusers with one IP-Adapter loaded, as its manual says."""

    def paint(wanted: Render, images, scale, name: str = "base") -> np.ndarray:
        pipeline.load_ip_adapter(
            str(ADAPTERS),
            subfolder="",
            weight_name=f"{name}.safetensors",
            image_encoder_folder="image_encoder",
        )
        pipeline.set_ip_adapter_scale(scale)
        return stock(wanted, ip_adapter_image=images)

    yield paint
    pipeline.unload_ip_adapter()


def ours(engine, wanted: Render, on_step=lambda *_: None) -> np.ndarray:
    return np.asarray(engine.render(wanted, on_step).image)


def picture(path: Path, colour: str, side: int = 120) -> Path:
    image = Image.new("RGB", (side, side + 20), "white")
    ImageDraw.Draw(image).ellipse((20, 20, side - 20, side - 20), fill=colour)
    image.save(path)
    return path


def reference(path: Path, scale: float = 0.6, **changes) -> Reference:
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return Reference(path=str(path), sha256=digest, scale=scale, **changes)


@pytest.mark.parametrize("sampler", [None, *SAMPLERS])
def test_every_sampler_paints_what_plain_diffusers_paints(engine, stock, sampler) -> None:
    wanted = render(sampler=sampler, negative_prompt="a green square", width=72)
    assert np.array_equal(ours(engine, wanted), stock(wanted))


@pytest.mark.parametrize("kind", ["base", "plus"])
def test_a_reference_does_what_it_does_in_plain_diffusers(
    engine, stock_with, tmp_path, kind
) -> None:
    path = picture(tmp_path / "a.png", "orange")
    wanted = render(references=(reference(path, model=kind),))
    painted = ours(engine, wanted)
    assert np.array_equal(painted, stock_with(wanted, Image.open(path), 0.6, kind))
    assert not np.array_equal(painted, ours(engine, render()))
