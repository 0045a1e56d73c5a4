"""Levers that only a graphics card can judge, each held against the plain call: its time, its bits.

Works on our engine's own networks and on pictures in flight, so that what is timed is what a
picture is made with. Every order answers with findings: seconds before and after, and how far apart
the numbers are, 0 for the same bits. On a processor it runs in small; what needs CUDA says so.
"""

from __future__ import annotations

import copy
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional
from torch.nn.attention import SDPBackend, sdpa_kernel

from daemon.bench.scripts.answer_lines import answer
from daemon.bench.scripts.ask_engine import load_engine, render_of
from daemon.engine.sdxl.denoising.step import UnetBatch
from daemon.engine.sdxl.memory.streamed import Streamed
from daemon.engine.sdxl.speed.graphs import CudaCapture
from daemon.engine.sdxl.vae import decode
from daemon.protocol.json_object import JsonObject

ROUNDS = 5
HEADS = ((10, 4096), (20, 1024))
"""Heads and places of SDXL's self attention at 1024x1024."""
HEAD_WIDTH = 64
KERNELS = ("FLASH_ATTENTION", "EFFICIENT_ATTENTION", "CUDNN_ATTENTION", "MATH")


class Call:
    """One call of the UNet for so many pictures, as the engine would make it."""

    def __init__(self, given: JsonObject, shot: JsonObject, pictures: int) -> None:
        self.engine: Any = load_engine(given, pictures)
        self.unet = self.engine._model.unet
        self.vae = self.engine._model.vae
        self.device = self.engine._device
        renders = [render_of({**shot, "seed": shot["seed"] + n}) for n in range(pictures)]
        self.flights = [self.engine.board(render, lambda *_: None) for render in renders]
        self.batch = UnetBatch(self.flights)
        look = shot["look"]
        self.shape = f"{pictures} x {look['width']}x{look['height']}"

    def made(self, network: Any = None) -> Tensor:
        return torch.cat(self.batch.predict(self.unet if network is None else network))

    def seconds(self, act: Callable[[], object]) -> float:
        """Of the quickest of some rounds, the first apart."""
        act()
        taken = []
        for _ in range(ROUNDS):
            began = self.device.effort()
            act()
            taken.append(self.device.effort() - began)
        return min(taken)

    def finding(self, lever: str, before: float, after: float, apart: float, **more: Any) -> Any:
        return {"lever": lever, "shape": self.shape, "before": before, "after": after,
                "apart": apart, **more}  # fmt: skip


def call(given: JsonObject, shot: JsonObject, pictures: list[int]) -> JsonObject:
    """A plain call of 1, 2, 4 … pictures: its seconds, and those its kernels compute in."""
    found = []
    for count in pictures:
        with _quietly():
            made = Call(given, shot, count)
            seconds = made.seconds(made.made)
            kernels = _kernel_seconds(made.made) if made.device.kind == "cuda" else None
        per = seconds / count
        found.append(made.finding("plain call", seconds, seconds, 0.0, kernels=kernels, each=per))
    return {"findings": found}


def graphs(given: JsonObject, shot: JsonObject, pictures: list[int]) -> JsonObject:
    """The same call recorded as a CUDA graph."""
    if not torch.cuda.is_available():
        raise RuntimeError("CUDA graphs need a CUDA card")
    found = []
    for count in pictures:
        with _quietly():
            made = Call(given, shot, count)
            wanted, before = made.made(), made.seconds(made.made)
            replay, result = CudaCapture().record(made.made)
            after = made.seconds(replay)
            found.append(made.finding("CUDA graph", before, after, _apart(wanted, result)))
    return {"findings": found}


def channels_last(given: JsonObject, shot: JsonObject, pictures: list[int]) -> JsonObject:
    found = []
    for count in pictures:
        with _quietly():
            made = Call(given, shot, count)
            wanted, before = made.made(), made.seconds(made.made)
            made.unet.to(memory_format=torch.channels_last)
            after = made.seconds(made.made)
            found.append(made.finding("channels_last", before, after, _apart(wanted, made.made())))
    return {"findings": found}


def attention(given: JsonObject, rows: int) -> JsonObject:
    """Each of torch's kernels beside the one that torch takes by itself."""
    device = given["device"]
    dtype = getattr(torch, given["dtype"])
    found = []
    for heads, places in HEADS if device == "cuda" else ((2, 256),):
        shape = (rows, heads, places, HEAD_WIDTH)
        query, key, value = (torch.randn(shape, device=device, dtype=dtype) for _ in range(3))
        look = partial(functional.scaled_dot_product_attention, query, key, value)
        with torch.inference_mode():
            wanted, before = look(), _seconds(look, device)
            for name in KERNELS:
                try:
                    with sdpa_kernel(getattr(SDPBackend, name)):
                        got, after = look(), _seconds(look, device)
                except RuntimeError:  # not for this card, or this type
                    continue
                found.append(
                    {"lever": f"attention: {name.lower()}", "shape": f"{rows}x{heads}x{places}",
                     "before": before, "after": after, "apart": _apart(wanted, got)}
                )  # fmt: skip
    return {"findings": found}


def decoder(given: JsonObject, shot: JsonObject) -> JsonObject:
    """The decoder in half precision against single."""
    with _quietly():
        made = Call(given, shot, 1)
        latents, vae = made.flights[0].latents, made.vae.to(torch.float32)
        wanted, before = decode(vae, latents), made.seconds(partial(decode, vae, latents))
        half = torch.float16 if made.device.kind == "cuda" else torch.bfloat16
        vae = vae.to(half)
        got, after = decode(vae, latents), made.seconds(partial(decode, vae, latents))
    return {"findings": [made.finding(f"decoder in {half}", before, after, _apart(wanted, got))]}


def compiled(
    given: JsonObject, shot: JsonObject, pictures: int, *, whole: bool, precise: bool
) -> JsonObject:
    """The whole UNet compiled for one shape, or its blocks alone; `precise` rounds as eager code
    does."""
    import torch._inductor.config

    torch._inductor.config.emulate_precision_casts = precise
    with _quietly():
        made = Call(given, shot, pictures)
        wanted, before = made.made(), made.seconds(made.made)
        if whole:
            network = torch.compile(made.unet, dynamic=False)
        else:
            network = copy.copy(made.unet)
            network.compile_repeated_blocks(dynamic=False)
        began = time.perf_counter()
        got = made.made(network)
        taken = time.perf_counter() - began
        after = made.seconds(partial(made.made, network))
        name = f"compiled: {'whole' if whole else 'blocks'}{', precise casts' if precise else ''}"
        found = [made.finding(name, before, after, _apart(wanted, got), compiling=taken)]
        if made.device.kind == "cuda":
            replay, result = CudaCapture().record(partial(made.made, network))
            found.append(made.finding(f"{name}, as a graph", before, made.seconds(replay),
                                      _apart(wanted, result)))  # fmt: skip
    return {"findings": found}


def streamed(given: JsonObject, shot: JsonObject, cap: int) -> JsonObject:
    """The UNet's weights streamed from main memory; on a card under a cap of so many bytes."""
    made = Call(given, shot, 1)  # loaded as a worker loads it: not in inference mode
    with _quietly():
        wanted, before = made.made(), made.seconds(made.made)
        stream = Streamed(made.unet, made.device.place)
        peak = None
        if made.device.kind == "cuda":
            torch.cuda.empty_cache()
            torch.cuda.set_per_process_memory_fraction(min(1.0, cap / made.device.memory))
            torch.cuda.reset_peak_memory_stats()
        got, after = made.made(), made.seconds(made.made)
        if made.device.kind == "cuda":
            peak = torch.cuda.max_memory_allocated()
        stream.undo()
    return {"findings": [made.finding("streamed", before, after, _apart(wanted, got), peak=peak)]}


# --- how ------------------------------------------------------------------------------------------


@contextmanager
def _quietly() -> Iterator[None]:
    with torch.inference_mode():
        yield
    if torch.cuda.is_available():
        torch.cuda.empty_cache()


def _apart(wanted: Tensor, got: Tensor) -> float:
    """The largest difference, of the largest number."""
    wanted, got = wanted.float(), got.float()
    return float((wanted - got).abs().max() / wanted.abs().max().clamp_min(1e-12))


def _seconds(act: Callable[[], object], device: str) -> float:
    def clock() -> float:
        if device == "cuda":
            torch.cuda.synchronize()
        return time.thread_time() if device == "cpu" else time.perf_counter()

    act()
    taken = []
    for _ in range(ROUNDS):
        began = clock()
        act()
        taken.append(clock() - began)
    return min(taken)


def _kernel_seconds(act: Callable[[], object]) -> float:
    """What the card computes in one call, by its own clock."""
    activities = [torch.profiler.ProfilerActivity.CUDA]
    with torch.profiler.profile(activities=activities) as profile:
        act()
        torch.cuda.synchronize()
    return sum(event.self_device_time_total for event in profile.key_averages()) / 1e6


if __name__ == "__main__":
    answer(
        {
            "call": call,
            "graphs": graphs,
            "channels_last": channels_last,
            "attention": attention,
            "decoder": decoder,
            "compiled": compiled,
            "streamed": streamed,
        }
    )
