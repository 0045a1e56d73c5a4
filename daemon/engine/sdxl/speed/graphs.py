"""Calls recorded as CUDA graphs: one launch instead of two thousand.

A graph reads its inputs from buffers of its own and writes one result. What does not change while
the same pictures fly on (keys and values, which are the most) is copied into the buffers once for
them. Knows no CUDA but in `CudaCapture`; never run there: tests hand it a capture of their own.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

import torch
from torch import Tensor

from daemon.engine.sdxl.speed.calls import Call, Lasting

if TYPE_CHECKING:
    from daemon.engine.sdxl.networks import Unet


class Capture(Protocol):
    """Records what a function does on the device."""

    def record(self, act: Callable[[], Tensor]) -> tuple[Callable[[], None], Tensor]:
        """Run `act`, recording it; gives what does it again, and where the result then is."""

    def forget(self) -> None:
        """What was recorded is gone, and so may be what it shared."""


class CudaCapture:
    """CUDA graphs that share one pool of memory: each result is copied before another is
    replayed, so none needs its own."""

    def __init__(self) -> None:
        self._pool: Any = None

    def record(self, act: Callable[[], Tensor]) -> tuple[Callable[[], None], Tensor]:
        here, beside = torch.cuda.current_stream(), torch.cuda.Stream()
        beside.wait_stream(here)
        with torch.cuda.stream(beside):
            act()  # libraries choose their kernels and set memory aside, which can't be recorded
        here.wait_stream(beside)
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph, pool=self._pool, capture_error_mode="thread_local"):
            result = act()
        self._pool = graph.pool()
        return graph.replay, result

    def forget(self) -> None:
        self._pool = None


class Graph:
    """One shape's: a call on buffers of its `own`, which hold the lasting inputs of `_holds`."""

    def __init__(self, capture: Capture, unet: Unet, call: Call) -> None:
        self.own = own = call.copied()
        self._holds: Lasting | None = call.lasting
        self._again, self._result = capture.record(
            lambda: unet(own.sample, own.timesteps, **own.lasting.named)[0]
        )

    def replay(self, call: Call) -> Tensor:
        self.own.sample.copy_(call.sample)
        self.own.timesteps.copy_(call.timesteps)
        if self._holds is not call.lasting:
            given = zip(self.own.lasting.tensors, call.lasting.tensors, strict=True)
            for buffer, tensor in given:
                buffer.copy_(tensor)
            self._holds = call.lasting
        self._again()
        return self._result.clone()  # the next replay writes there

    def let_go(self) -> None:
        self._holds = None


class Graphs:
    """Records at once: a graph is made in the time of a few calls."""

    most = 6
    patience = 0
    longest = float("inf")

    def __init__(self, capture: Capture) -> None:
        self._capture = capture

    def record(self, unet: Unet, call: Call, _: Callable[[], bool]) -> Graph:
        return Graph(self._capture, unet, call)

    def forget(self) -> None:
        self._capture.forget()
