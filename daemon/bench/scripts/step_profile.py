"""Inside a picture: how many operations a step takes, what a repeat encodes, what references cost.

Looks at our engine and at diffusers' pipeline side by side, on the same weights and shots.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import torch
from diffusers import StableDiffusionXLPipeline
from PIL import Image
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.flop_counter import FlopCounterMode
from transformers import CLIPVisionModelWithProjection

from daemon.bench.scripts.ask_engine import load_engine, render_of
from daemon.protocol.json_object import JsonObject

VIEWS = {
    *("alias", "as_strided", "chunk", "detach", "expand", "lift_fresh", "permute", "select"),
    *("slice", "split", "split_with_sizes", "squeeze", "t", "transpose", "unbind", "unsafe_view"),
    *("unsqueeze", "view"),
}
STEPS = 4


class Operations(TorchDispatchMode):
    """Counts what is dispatched, but for mere views, which launch nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.count = 0

    def __torch_dispatch__(self, call: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        self.count += call.__name__.partition(".")[0].strip("_") not in VIEWS
        return call(*args, **(kwargs or {}))


class Ours:
    """The engine, asked directly."""

    def __init__(self, given: JsonObject) -> None:
        self._engine = load_engine(given)

    def render(self, shot: JsonObject, on_step: Callable[[], None]) -> Image.Image:
        return self._engine.render(render_of(shot), lambda *_: on_step()).image


class Stock:
    """diffusers' pipeline. One with an adapter and one without share their networks' weights, but
    not their attention, which the adapter replaces."""

    def __init__(self, given: JsonObject) -> None:
        self._given = given
        self._dtype = getattr(torch, given["dtype"])
        self._pipe = StableDiffusionXLPipeline.from_pretrained(
            given["model"], dtype=self._dtype, variant=given["variant"], use_safetensors=True
        ).to(given["device"])
        self._pipe.set_progress_bar_config(disable=True)
        self._follows = False

    def follow(self, wanted: bool) -> None:
        given = self._given
        if wanted and not self._follows:
            self._pipe.image_encoder = CLIPVisionModelWithProjection.from_pretrained(
                given["image_encoder"], dtype=self._dtype
            ).to(given["device"])
            self._pipe.load_ip_adapter(
                given["adapter_folder"],
                subfolder="",
                weight_name=given["adapter"],
                image_encoder_folder=None,
            )
        elif self._follows and not wanted:
            self._pipe.unload_ip_adapter()
        self._follows = wanted

    def render(self, shot: JsonObject, on_step: Callable[[], None]) -> Image.Image:
        look = shot["look"]
        more: JsonObject = {}
        if shot["reference"]:
            self._pipe.set_ip_adapter_scale(shot["scale"])
            more["ip_adapter_image"] = Image.open(shot["reference"]).convert("RGB")

        def stepped(_: Any, __: int, ___: Any, kept: JsonObject) -> JsonObject:
            on_step()
            return kept

        drawn = torch.randn(
            (1, self._pipe.unet.config.in_channels, look["height"] // 8, look["width"] // 8),
            generator=torch.Generator("cpu").manual_seed(shot["seed"]),
        )
        with torch.inference_mode():
            image: Image.Image = self._pipe(
                prompt=shot["prompt"],
                negative_prompt=shot["negative_prompt"] or None,
                width=look["width"],
                height=look["height"],
                num_inference_steps=look["steps"],
                guidance_scale=look["guidance_scale"],
                latents=drawn.to(self._given["device"], self._pipe.unet.dtype),
                callback_on_step_end=stepped,
                **more,
            ).images[0]
        return image


def examine(given: JsonObject, shot: JsonObject, reference: str | None, rounds: int) -> JsonObject:
    """Operations per step and seconds per step with and without a reference, of both; FLOPs that
    a repeat of prompt and reference encodes; whether the pictures are equal."""
    plain = {**shot, "reference": None, "look": {**shot["look"], "steps": STEPS}}
    cases = {"plain": plain}
    if reference and given["adapter"]:
        cases["reference"] = {**plain, "reference": reference, "scale": 0.6}
    ours, stock = Ours(given), Stock(given)
    told: JsonObject = {"ours": {}, "stock": {}, "equal": {}}
    for name, case in cases.items():
        stock.follow(case["reference"] is not None)
        _warm(ours, stock, case)
        seconds: dict[str, list[float]] = {"ours": [], "stock": []}
        pictures = {}
        for _ in range(rounds):
            for side, maker in (("stock", stock), ("ours", ours)):
                picture, steps = _timed(maker, case, given["device"])
                pictures[side] = picture
                seconds[side].append(min(steps))
        told["equal"][name] = pictures["ours"].tobytes() == pictures["stock"].tobytes()
        for side, maker in (("stock", stock), ("ours", ours)):
            told[side][name] = {
                "operations": _operations(maker, case),
                "seconds": statistics.median(seconds[side]),
            }
    told["repeat_flop"] = _encoder_flop(ours, cases.get("reference", plain))
    fresh = {**cases.get("reference", plain), "prompt": "words that were never said here before"}
    told["fresh_flop"] = _encoder_flop(ours, fresh)
    return told


def _warm(ours: Ours, stock: Stock, case: JsonObject) -> None:
    for maker in (ours, stock):
        maker.render(case, lambda: None)


def _timed(maker: Ours | Stock, case: JsonObject, device: str) -> tuple[Image.Image, list[float]]:
    """The picture, and the seconds of each step but the first; on a processor of this thread's
    work, which other programs don't change."""
    ends: list[float] = []

    def stepped() -> None:
        if device == "cuda":
            torch.cuda.synchronize()
        elif device == "mps":
            torch.mps.synchronize()
        ends.append(time.thread_time() if device == "cpu" else time.perf_counter())

    picture = maker.render(case, stepped)
    return picture, [after - before for before, after in pairwise(ends)]


def _operations(maker: Ours | Stock, case: JsonObject) -> int:
    """What one step in the middle of a picture dispatches."""
    counts: list[int] = []
    with Operations() as operations:
        maker.render(case, lambda: counts.append(operations.count))
    return counts[-2] - counts[-3]


def _encoder_flop(ours: Ours, case: JsonObject) -> float:
    """FLOPs beyond those of the steps and the decoder, as torch counts them: with no steps' and
    no decoder's share, what is left is encoders, projections, keys and values."""
    with FlopCounterMode(display=False) as counter:
        ours.render(case, lambda: None)
    counts = counter.get_flop_counts()
    return float(
        sum(
            sum(by_operation.values())
            for name, by_operation in counts.items()
            if name.partition(".")[0] in ENCODERS and "." not in name
        )
    )


ENCODERS = (
    "CLIPTextModel",
    "CLIPTextModelWithProjection",
    "CLIPVisionModelWithProjection",
    "ImageProjection",
    "IPAdapterPlusImageProjection",
)
