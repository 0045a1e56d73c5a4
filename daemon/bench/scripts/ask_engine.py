"""Shots as our engine is asked for them, past inbox and job files."""

from __future__ import annotations

import hashlib
import tempfile
from pathlib import Path

from daemon.engine.sdxl.engine import Sdxl
from daemon.protocol.json_object import JsonObject
from daemon.protocol.messages import Load
from daemon.protocol.render import (
    REFERENCE,
    InputPicture,
    KeptPicture,
    ReferenceParams,
    Render,
)
from daemon.protocol.sampling import SamplingParams


def load_engine(given: JsonObject, most: int = 1) -> Sdxl:
    """Our engine on the terms given, with as many as `most` pictures in a call."""
    engine = Sdxl()
    engine.load(
        Load(
            name="bench",
            model=given["model"],
            image_encoder=given["image_encoder"],
            adapters={"base": str(Path(given["adapter_folder"]) / given["adapter"])}
            if given["adapter"]
            else {},
            device=given["device"],
            dtype=given["dtype"],
            threads=given["threads"],
            max_batch=most,
        ),
        lambda *_: None,
    )
    return engine


def render_of(shot: JsonObject) -> Render:
    """The render a shot is; it is staged nowhere."""
    look, seen = shot["look"], shot["reference"]
    inputs: tuple[InputPicture, ...] = ()
    if seen:
        source, params = KeptPicture(seen, sha256(seen)), ReferenceParams(shot["scale"])
        inputs = (InputPicture(REFERENCE, source, reference=params),)
    return Render(
        job=1,
        index=1,
        width=look["width"],
        height=look["height"],
        seed=shot["seed"],
        stage=str(Path(tempfile.gettempdir()) / "never-written.png"),
        sampling=SamplingParams(
            prompt=shot["prompt"],
            negative_prompt=shot["negative_prompt"],
            steps=look["steps"],
            guidance_scale=look["guidance_scale"],
        ),
        inputs=inputs,
    )


def sha256(file: str) -> str:
    return hashlib.sha256(Path(file).read_bytes()).hexdigest()
