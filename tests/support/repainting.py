"""Pictures to start from and masks, painted over by diffusers' own pipelines."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw
from support import warm_engine
from support.warm_engine import DEVICE, LOAD

from daemon.protocol.render import Render

ONE = replace(LOAD, adapters={"base": LOAD.adapters["base"]})
SIZE = (72, 64)

render = partial(warm_engine.render, negative_prompt="grey", width=SIZE[0], height=SIZE[1])


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
