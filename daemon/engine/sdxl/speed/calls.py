"""What a call of the UNet is given: what changes at every step, and what lasts while the same
pictures fly; its shape, and copies of it.

Knows neither the UNet nor what is done with a call.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from typing import Any

import torch
from torch import Tensor


class Lasting:
    """What a call is given beside latents and times, the same while the same pictures fly."""

    def __init__(self, named: Mapping[str, Any]) -> None:
        self.named = dict(named)
        self.tensors = list(_tensors(self.named))
        self.key = _shape_of(self.named)

    def is_still(self, named: Mapping[str, Any]) -> bool:
        return named.keys() == self.named.keys() and all(
            each is self.named[name] for name, each in named.items()
        )


class Call:
    """What the UNet is called with: latents, times, and what is `lasting`; `usual` is another form
    of the UNet that would be called now, if there is one."""

    def __init__(
        self, sample: Tensor, timesteps: Tensor, lasting: Lasting, usual: Any = None
    ) -> None:
        self.sample, self.timesteps, self.lasting = sample, timesteps, lasting
        self.usual = usual

    @property
    def key(self) -> Hashable:
        """What a call's kernels depend on: every shape in it, and where something is not; and
        whether it could be made another way, which a recording is measured by."""
        shapes = _shape_of(self.sample), _shape_of(self.timesteps), self.lasting.key
        return *shapes, self.usual is None

    def copied(self) -> Call:
        """The same call on tensors of its own."""
        copies = iter([_buffer(tensor) for tensor in self.lasting.tensors])
        lasting = Lasting(rebuilt(self.lasting.named, copies))
        return Call(_buffer(self.sample), _buffer(self.timesteps), lasting, self.usual)


def _buffer(tensor: Tensor) -> Tensor:
    """A tensor that lies in memory as this one does, where that is possible, with its numbers."""
    return torch.empty_like(tensor, memory_format=torch.preserve_format).copy_(tensor)


def _tensors(given: object) -> Iterator[Tensor]:
    if isinstance(given, Tensor):
        yield given
    elif isinstance(given, Mapping):
        for each in given.values():
            yield from _tensors(each)
    elif isinstance(given, tuple):
        for each in given:
            yield from _tensors(each)


def rebuilt(given: Any, tensors: Iterator[Tensor]) -> Any:
    """`given` with these tensors in the places of its own, in the order of `_tensors`."""
    if isinstance(given, Tensor):
        return next(tensors)
    if isinstance(given, Mapping):
        return {name: rebuilt(each, tensors) for name, each in given.items()}
    if isinstance(given, tuple):
        parts = [rebuilt(each, tensors) for each in given]
        return type(given)._make(parts) if hasattr(given, "_make") else tuple(parts)
    return given


def _shape_of(given: Any) -> Hashable:
    if isinstance(given, Tensor):
        return tuple(given.shape), given.dtype
    if isinstance(given, Mapping):
        return tuple((name, _shape_of(each)) for name, each in given.items())
    if isinstance(given, tuple):
        return tuple(_shape_of(each) for each in given)
    return given if isinstance(given, bool | int | float | str) else type(given).__name__
