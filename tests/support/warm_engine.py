"""What tests of the real engine paint with: the bundled model, a small picture to ask of it, and
reference pictures to show it.

Cheap to import; torch comes with the first `warm`.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw
from support.renders import make_render

from daemon.models.catalogue import BUNDLED as MODEL
from daemon.protocol.messages import Load
from daemon.protocol.render import KeptPicture, Reference, ReferenceParams, Render

ADAPTERS = MODEL / "ip_adapter"
CHALK = MODEL / "loras" / "chalk.safetensors"
SIDE = 64

#: `HOTFOLDER_TEST_DEVICE=cuda make test` has the real engine's tests paint there.
DEVICE = os.environ.get("HOTFOLDER_TEST_DEVICE", "cpu")

#: One thread, so that the same sums are made in the same order everywhere.
BARE = Load(name="sketch", model=str(MODEL), device=DEVICE, dtype="float32", threads=1)
LOAD = replace(
    BARE,
    image_encoder=str(ADAPTERS / "image_encoder"),
    adapters={name: str(ADAPTERS / f"{name}.safetensors") for name in ("base", "plus")},
)

#: What libraries deprecate among themselves is theirs to mend.
THEIRS_TO_MEND = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::FutureWarning"),
]


def warm(load: Load = LOAD):
    """The SDXL engine, in this process. It records no calls: tests count operations and break
    layers, which a replayed call goes past (`test_traces` has it record)."""
    from daemon.engine.sdxl.engine import Sdxl

    engine = Sdxl()
    engine.load(load, lambda *_: None)
    engine._calls._recorded = engine._idle_work._recorded = None
    return engine


def model_of(engine):
    """The model it has loaded, networks and all: for looking at, or for breaking. Only here is it
    known where an engine keeps it."""
    return engine._model


def stock_pipeline():
    """Plain diffusers on the same weights."""
    from diffusers import StableDiffusionXLPipeline

    pipe = StableDiffusionXLPipeline.from_pretrained(MODEL, add_watermarker=False).to(DEVICE)
    pipe.set_progress_bar_config(disable=True)
    return pipe


def render(**changes) -> Render:
    """A small picture of few steps."""
    given = {
        "job": 1,
        "index": 1,
        "prompt": "a red circle on a blue background",
        "negative_prompt": "",
        "width": SIDE,
        "height": SIDE,
        "steps": 4,
        "guidance_scale": 6.0,
        "seed": 11,
        "stage": "",
    }
    return make_render(**{**given, **changes})


def no_step(step: int, seconds: float, look: object = None, /) -> None:
    pass


def ours(engine, wanted: Render) -> np.ndarray:
    """The pixels that the engine makes of it."""
    return np.asarray(engine.render(wanted, no_step).image)


def picture(path: Path, colour: str, side: int = 120) -> Path:
    """A disc of one colour on white, a little higher than wide."""
    image = Image.new("RGB", (side, side + 20), "white")
    ImageDraw.Draw(image).ellipse((20, 20, side - 20, side - 20), fill=colour)
    image.save(path)
    return path


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def reference(path: Path, scale: float = 0.6, **changes) -> Reference:
    mask = changes.pop("mask", None)
    return Reference(kept(path), ReferenceParams(scale, **changes), mask)


def kept(path: Path) -> KeptPicture:
    return KeptPicture(str(path), sha256(path))
