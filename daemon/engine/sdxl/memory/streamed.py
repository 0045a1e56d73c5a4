"""Weights that stay in main memory: each layer's come to the device for its call and are let go.

For cards that hold less than the UNet. The numbers are those of a UNet that lies on the card, since
copies change no bit. Hooks around the layers, not in place of their `forward`, which LoRAs replace
as well (diffusers' group offloading does, and each would undo the other). While one layer computes,
the next one's weights are on their way. Never run on a card: tests stream from main memory to
main memory.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

if TYPE_CHECKING:
    from daemon.engine.sdxl.networks import Network

Weights = list[Tensor]
"""Of one layer, in the order of its parameters."""


class Streamed:
    """One network whose weights are streamed to `place`, from now on until `undo`."""

    def __init__(self, network: Network, place: torch.device) -> None:
        self._network = network
        self._place = place
        self._stream = torch.cuda.Stream() if place.type == "cuda" else None
        self._host: dict[nn.Module, Weights] = {}
        self._after: dict[nn.Module, nn.Module] = {}  # which layer's turn comes after which
        self._last: nn.Module | None = None
        self._ahead: tuple[nn.Module, Weights] | None = None
        self._hooks: list[Any] = []
        for layer in network.modules():
            if own := list(layer.parameters(recurse=False)):
                self._host[layer] = [self._kept(parameter.data) for parameter in own]
                self._put(layer, self._host[layer])
                self._hooks.append(layer.register_forward_pre_hook(self._fetch_before))
                after = layer.register_forward_hook(self._let_go, always_call=True)
                self._hooks.append(after)

    def undo(self) -> None:
        """The whole network lies on the device again. Raises what the device says if it does not
        fit; the weights are then streamed as before."""
        self._ahead = None
        try:
            for layer, weights in self._host.items():
                self._put(layer, [weight.to(self._place) for weight in weights])
        except Exception:
            for layer, weights in self._host.items():
                self._put(layer, weights)
            raise
        for hook in self._hooks:
            hook.remove()
        self._host.clear()

    # --- around a layer's call ------------------------------------------------------------------

    def _fetch_before(self, layer: nn.Module, _given: object) -> None:
        ahead, self._ahead = self._ahead, None
        weights = ahead[1] if ahead is not None and ahead[0] is layer else self._fetched(layer)
        if self._stream is not None:
            here = torch.cuda.current_stream()
            here.wait_stream(self._stream)
            for weight in weights:
                weight.record_stream(here)
        self._put(layer, weights)
        if self._last is not None:
            self._after[self._last] = layer
        self._last = layer
        following = self._after.get(layer)
        if following is not None and following is not layer:
            self._ahead = following, self._fetched(following)

    def _let_go(self, layer: nn.Module, _given: object, _made: object) -> None:
        self._put(layer, self._host[layer])

    def _fetched(self, layer: nn.Module) -> Weights:
        """A layer's weights on their way to the device."""
        with torch.inference_mode(False), torch.no_grad():
            if self._stream is None:
                return [weight.clone() for weight in self._host[layer]]
            with torch.cuda.stream(self._stream):
                return [weight.to(self._place, non_blocking=True) for weight in self._host[layer]]

    def _kept(self, weight: Tensor) -> Tensor:
        host = weight.to("cpu")
        if self._stream is None:
            return host
        try:
            return host.pin_memory()
        except RuntimeError:  # main memory is short, too: copied more slowly then
            return host

    @staticmethod
    def _put(layer: nn.Module, weights: Weights) -> None:
        for parameter, weight in zip(layer.parameters(recurse=False), weights, strict=True):
            parameter.data = weight
