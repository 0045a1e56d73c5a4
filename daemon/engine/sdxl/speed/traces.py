"""Calls traced by TorchScript: the same kernels on the same numbers, without Python between them.

On a processor a call of a small UNet spends some 15 ms in Python, of 80 with one thread: modules,
hooks, arguments. A trace keeps which kernels ran on what, and runs them again; nothing is fused,
folded or ordered anew, so the bits are the plain call's. It holds the UNet's weights by reference,
and what depends on shapes as it was, so it is for one shape alone. Tracing takes about as long as
ten calls. Knows nothing of when that pays: see `recorded`.
"""

from __future__ import annotations

import threading
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor
from torch.nn.modules.module import register_module_forward_pre_hook

from daemon.engine.sdxl.device import Device
from daemon.engine.sdxl.speed.calls import Call, rebuilt
from daemon.engine.sdxl.speed.recorded import RecordedUnet

if TYPE_CHECKING:
    from daemon.engine.sdxl.networks import Unet


def traced(unet: Unet, device: Device) -> RecordedUnet | None:
    """The UNet by traces of its calls, where that was measured: on processors, in float32."""
    if device.kind != "cpu" or device.dtype != torch.float32:
        return None
    return RecordedUnet(unet, Traces(), device.effort)


class _WantedError(Exception):
    """A picture is wanted: tracing is left off."""


class Trace:
    """One shape's; takes latents, times and lasting inputs as they come, and the network's own
    tensors as they were."""

    def __init__(self, traced: Callable[..., Tensor], own: Sequence[Tensor]) -> None:
        self._traced = traced
        self._own = own

    def replay(self, call: Call) -> Tensor:
        # As it is: no kernel may be another one.
        with torch.jit.optimized_execution(False):  # type: ignore[attr-defined]
            return self._traced(call.sample, call.timesteps, *call.lasting.tensors, *self._own)

    def let_go(self) -> None:
        """It holds nothing."""


class Traces:
    """Records when nobody waits, or once a shape's calls have lost as much as tracing takes."""

    most = 3
    """Each takes some 20 MB, which are the stack of every kernel's caller."""
    patience = 60
    longest = 0.5

    def record(self, unet: Unet, call: Call, is_wanted: Callable[[], bool]) -> Trace | None:
        lasting, own = call.lasting, _own_tensors(unet)

        def act(sample: Tensor, timesteps: Tensor, *given: Tensor) -> Any:
            return unet(sample, timesteps, **rebuilt(lasting.named, iter(given)))[0]

        # What is an input is no constant, wherever the network finds it: weights that could be
        # trained, and those laid out for oneDNN, can't be constants.
        given = call.sample, call.timesteps, *lasting.tensors, *own
        with _left_off(is_wanted), _without_advice():
            try:
                traced = torch.jit.trace(act, given, check_trace=False)
            except _WantedError:
                return None
        return Trace(traced, own)

    def forget(self) -> None:
        """They share nothing."""


def _own_tensors(unet: Unet) -> list[Tensor]:
    """All that the network holds, registered or not, each once."""
    found: dict[int, Tensor] = {}
    for module in unet.modules():
        for held in (module._parameters, module._buffers, vars(module)):
            for each in held.values():
                parts = each if isinstance(each, tuple) else (each,)
                found |= {id(part): part for part in parts if isinstance(part, Tensor)}
    return list(found.values())


@contextmanager
def _left_off(is_wanted: Callable[[], bool]) -> Iterator[None]:
    """Each layer asks first whether a picture waits; those of other threads are not meant."""
    here = threading.get_ident()

    def ask(*_: object) -> None:
        if threading.get_ident() == here and is_wanted():
            raise _WantedError

    hook = register_module_forward_pre_hook(ask)
    try:
        yield
    finally:
        hook.remove()


@contextmanager
def _without_advice() -> Iterator[None]:
    """torch warns of every shape that becomes a constant, which is meant, and of its own plans."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
