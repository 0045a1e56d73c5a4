"""Fixtures of the tests of the engine."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw
from support import control_files
from support.controls import NET, T2I, UNION
from support.repainting import all_pipelines
from support.spacing import eta_of, timesteps_of
from support.warm_engine import MODEL, SIDE, picture, stock_pipeline

from daemon.protocol.render import ControlModel, Render


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Whoever asks for an address fails the test; the environment is a worker's."""
    asked: list[object] = []

    def refuse(*arguments: object, **_: object) -> None:
        asked.append(arguments)
        raise OSError("a test has no network")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)
    yield
    assert asked == []


@pytest.fixture(scope="session")
def references(tmp_path_factory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("references")
    return {colour: picture(folder / f"{colour}.png", colour) for colour in ("orange", "blue")}


@pytest.fixture(scope="session")
def nets(tmp_path_factory) -> dict[str, tuple[ControlModel, Any]]:
    """A model of each family, and a second T2I-Adapter: as the catalogue has it, and as diffusers."""
    home = tmp_path_factory.mktemp("controls")
    made = {
        T2I: control_files.t2i(home / T2I),
        "t2i-2": control_files.t2i(home / "t2i-2", 7, in_channels=1),
        NET: control_files.controlnet(home / NET),
        UNION: control_files.union(home / UNION),
    }
    return {
        name: (ControlModel(name, str(home / name), None, name.split("-")[0]), network)
        for name, network in made.items()
    }


@pytest.fixture(scope="session")
def drawing(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("drawing") / "drawing.png"
    image = Image.new("RGB", (SIDE, SIDE))
    ImageDraw.Draw(image).ellipse((8, 14, 44, 50), outline="white", width=2)
    image.save(path)
    return path


@pytest.fixture(scope="session")
def depth(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("depth") / "depth.png"
    Image.linear_gradient("L").resize((SIDE, SIDE)).convert("RGB").save(path)
    return path


@pytest.fixture(scope="session")
def pipelines():
    """diffusers' text, image and inpaint pipelines on one set of weights."""
    return all_pipelines(MODEL)


@pytest.fixture(scope="session")
def pipeline():
    return stock_pipeline()


@pytest.fixture
def stock(pipeline):
    """Paint with plain diffusers, the noise drawn as we draw it."""
    import torch

    from daemon.engine.sdxl.schedulers import build_scheduler

    original = pipeline.scheduler
    config = {"_class_name": type(original).__name__, **original.config}

    def paint(wanted: Render, **more) -> np.ndarray:
        pipeline.scheduler = build_scheduler(
            config, wanted.sampling.sampler, wanted.sampling.schedule
        )
        said = wanted.sampling
        generator = torch.Generator("cpu").manual_seed(wanted.seed)
        shape = (1, 4, wanted.height // 8, wanted.width // 8)
        if (steps := timesteps_of(said.sampler, said.schedule, said.steps)) is not None:
            more["timesteps"] = steps
        noise = torch.randn(shape, generator=generator)
        size = wanted.sampling.original_size
        return np.asarray(
            pipeline(
                prompt=wanted.sampling.prompt,
                prompt_2=wanted.sampling.prompt_2,
                negative_prompt=wanted.sampling.negative_prompt or None,
                negative_prompt_2=wanted.sampling.negative_prompt_2,
                width=wanted.width,
                height=wanted.height,
                num_inference_steps=wanted.sampling.steps,
                guidance_scale=wanted.sampling.guidance_scale,
                clip_skip=wanted.sampling.clip_skip,
                generator=generator,
                latents=noise,
                original_size=size and (size[1], size[0]),
                eta=eta_of(said),
                **more,
            ).images[0]
        )

    yield paint
    pipeline.scheduler = original
