"""Pictures alone and in shared calls of the UNet, and plain diffusers with the same references."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from support import warm_engine
from support.warm_engine import ADAPTERS, DEVICE, LOAD, MODEL, no_step

from daemon.protocol.render import Render

MANY = replace(LOAD, max_batch=16)


def render(index: int = 1, **changes) -> Render:
    return warm_engine.render(**{"index": index, "seed": 11 + index, **changes})


def pixels(done) -> np.ndarray:
    return np.asarray(done.image)


def alone(engine, wanted: Render) -> np.ndarray:
    done = engine.render(wanted, no_step)
    assert done.exact
    return pixels(done)


def together(engine, wanted: list[Render], *, joining: dict[int, int] | None = None) -> list:
    """Every picture of `wanted`, made in shared calls; those in `joining` (index -> call) come
    later."""
    joining = joining or {}
    flights = {}
    calls = 0
    while len(flights) < len(wanted) or not all(f.is_over for f in flights.values()):
        for number, each in enumerate(wanted):
            if number not in flights and joining.get(number, 0) <= calls:
                flights[number] = engine.board(each, no_step)
        flying = [flight for flight in flights.values() if not flight.is_over]
        if flying:
            engine.step(flying)
        calls += 1
    failures = [flight.failure for flight in flights.values() if flight.failure]
    assert not failures
    return [engine.land(flights[number])() for number in range(len(wanted))]


def assert_alike(ours: np.ndarray, single: np.ndarray) -> None:
    """Within 1/255 on at least 99.9 % of the values, and never more than 2/255 apart."""
    apart = np.abs(ours.astype(int) - single.astype(int))
    assert apart.max() <= 2
    assert (apart <= 1).mean() >= 0.999


def stock_with_references(dtype: str = "float32"):
    import torch
    from diffusers import StableDiffusionXLPipeline

    pipe = StableDiffusionXLPipeline.from_pretrained(
        MODEL, torch_dtype=getattr(torch, dtype), add_watermarker=False
    )
    pipe.set_progress_bar_config(disable=True)
    pipe.load_ip_adapter(
        str(ADAPTERS),
        subfolder="",
        weight_name="base.safetensors",
        image_encoder_folder="image_encoder",
    )
    return pipe.to(DEVICE)
