"""N1: the honest peer. One script, loaded once, a textbook loop, PNG saved where it stands.

Same weights, threads, dtype, device and inference mode as ours; everything else is diffusers as
it comes. Kept plain on purpose: whoever doubts a figure shall be able to read this in a minute.
"""

from __future__ import annotations

import resource
import sys
import time
from typing import Any

import torch
from diffusers import StableDiffusionXLPipeline
from PIL import Image
from transformers import CLIPVisionModelWithProjection

from daemon.bench.scripts.answer_lines import answer
from daemon.protocol.json_object import JsonObject


class NaiveLoop:
    """A warm pipeline."""

    def __init__(self) -> None:
        self._pipe: Any = None
        self._given: JsonObject = {}
        self._has_adapter = False

    def load(self, **given: Any) -> JsonObject:
        began = time.perf_counter()
        torch.set_num_threads(given["threads"])
        self._given = given
        self._pipe = StableDiffusionXLPipeline.from_pretrained(
            given["model"],
            dtype=getattr(torch, given["dtype"]),
            variant=given["variant"],
            use_safetensors=True,
        )
        self._pipe.to(given["device"])
        self._pipe.set_progress_bar_config(disable=True)
        return {"seconds": time.perf_counter() - began, "peak_bytes": peak_bytes()}

    def follow_references(self, wanted: bool) -> JsonObject:
        """Load the IP-Adapter, or take it out: a pipeline that has one insists on a reference."""
        if wanted and not self._has_adapter:
            self._pipe.image_encoder = CLIPVisionModelWithProjection.from_pretrained(
                self._given["image_encoder"], dtype=getattr(torch, self._given["dtype"])
            ).to(self._given["device"])
            self._pipe.load_ip_adapter(
                self._given["adapter_folder"],
                subfolder="",
                weight_name=self._given["adapter"],
                image_encoder_folder=None,
            )
        if self._has_adapter and not wanted:
            self._pipe.unload_ip_adapter()
        self._has_adapter = wanted
        return {}

    def render(self, shots: list[JsonObject], batch: int = 1) -> JsonObject:
        """Make every picture; with `batch`, several in one call of the pipeline."""
        ends, began, busy = [], time.perf_counter(), time.process_time()
        with torch.inference_mode():
            for first in range(0, len(shots), batch):
                some = shots[first : first + batch]
                for shot, image in zip(some, self._picture(some), strict=True):
                    image.save(shot["to"])
                    ends.append(time.perf_counter() - began)
        return {"seconds": ends[-1], "cpu": time.process_time() - busy, "ends": ends}

    def _picture(self, shots: list[JsonObject]) -> list[Image.Image]:
        first, look = shots[0], shots[0]["look"]
        more: JsonObject = {}
        if first["reference"]:
            self._pipe.set_ip_adapter_scale(first["scale"])
            more["ip_adapter_image"] = Image.open(first["reference"]).convert("RGB")
        pictures: list[Image.Image] = self._pipe(
            prompt=[shot["prompt"] for shot in shots],
            negative_prompt=[shot["negative_prompt"] for shot in shots]
            if first["negative_prompt"]
            else None,
            width=look["width"],
            height=look["height"],
            num_inference_steps=look["steps"],
            guidance_scale=look["guidance_scale"],
            latents=self._noise(shots),
            **more,
        ).images
        return pictures

    def _noise(self, shots: list[JsonObject]) -> torch.Tensor:
        """What the pipeline would draw from a CPU generator, in single precision on any device,
        so that both sides begin with the same noise."""
        look = shots[0]["look"]
        channels = self._pipe.unet.config.in_channels
        size = (1, channels, look["height"] // 8, look["width"] // 8)
        drawn = [
            torch.randn(size, generator=torch.Generator("cpu").manual_seed(shot["seed"]))
            for shot in shots
        ]
        return torch.cat(drawn).to(self._given["device"], self._pipe.unet.dtype)

    def peak(self) -> JsonObject:
        return {"peak_bytes": peak_bytes()}


def peak_bytes() -> int:
    if torch.cuda.is_available():
        return torch.cuda.max_memory_allocated()
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024


if __name__ == "__main__":
    loop = NaiveLoop()
    answer(
        {
            "load": loop.load,
            "follow_references": loop.follow_references,
            "render": loop.render,
            "peak": loop.peak,
        }
    )
