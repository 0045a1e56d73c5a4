"""Shots as our engine is asked for them, past inbox and job files."""

from __future__ import annotations

import hashlib
import tempfile
from pathlib import Path

from daemon.engine.sdxl.engine import Sdxl
from daemon.protocol.json_object import JsonObject
from daemon.protocol.messages import Load
from daemon.protocol.render import Reference, Render


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
    references = (Reference(seen, sha256(seen), shot["scale"]),) if seen else ()
    return Render(
        job=1,
        index=1,
        prompt=shot["prompt"],
        negative_prompt=shot["negative_prompt"],
        width=look["width"],
        height=look["height"],
        steps=look["steps"],
        guidance_scale=look["guidance_scale"],
        seed=shot["seed"],
        stage=str(Path(tempfile.gettempdir()) / "never-written.png"),
        references=references,
    )


def sha256(file: str) -> str:
    return hashlib.sha256(Path(file).read_bytes()).hexdigest()
