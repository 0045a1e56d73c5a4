"""Changes worn by a layer: its own weights stay as they are, and its `forward` is another one while
it wears anything.

Low rank goes beside the layer, on what goes through it, as peft has it: little to compute, nothing
to keep. Every other change is added to the weights for the call, and the sum kept for the next one
as far as a budget goes. Taken off, the layer is the very one that was loaded.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from daemon.engine.sdxl.lora.changes import LayerChange
from daemon.engine.sdxl.lora.methods import LowRank

if TYPE_CHECKING:
    from daemon.engine.sdxl.networks import Network

LayerChanges = Mapping[str, Sequence[tuple[LayerChange, float]]]
"""Changes of the layers of one network by path, each with its scale."""

BUDGET_BYTES = 1024 * 1024 * 1024
"""What the changed weights of one network may take while they are worn."""


@dataclass
class Budget:
    """Bytes that are left for changed weights."""

    left: int = BUDGET_BYTES

    def takes(self, size: int) -> bool:
        """Whether there is room for `size` bytes, which are then gone."""
        if size > self.left:
            return False
        self.left -= size
        return True


@dataclass(frozen=True, slots=True)
class Beside:
    """A low-rank change: (rank, inputs, ...) and (outputs, rank) on the layer's device, in its
    type."""

    down: Tensor
    up: Tensor
    scale: float

    def added(self, layer: nn.Module, given: Tensor) -> Tensor:
        """What it adds to what `layer` makes of `given`."""
        down, up = (
            self.down.to(given.device),
            self.up.to(given.device),
        )  # a streamed layer's are not
        if isinstance(layer, nn.Conv2d):
            low = layer._conv_forward(given, down, None)
            return F.conv2d(low, up[:, :, None, None]) * self.scale
        return F.linear(F.linear(given, down), up) * self.scale


class Worn:
    """The `forward` of a layer that wears changes, each with its scale."""

    def __init__(
        self, layer: nn.Module, changes: Sequence[tuple[LayerChange, float]], budget: Budget
    ) -> None:
        self._layer = layer
        self._budget = budget
        own = layer.weight
        assert isinstance(own, Tensor)
        self._beside = [
            Beside(
                change.weight.down.to(own), change.weight.up.to(own), change.weight.scale * scale
            )
            for change, scale in changes
            if isinstance(change.weight, LowRank)
        ]
        self._within = [
            (change.weight, scale)
            for change, scale in changes
            if change.weight is not None and not isinstance(change.weight, LowRank)
        ]
        self._bias = self._changed_bias(own, changes)
        self._kept: Tensor | None = None

    def put_on(self) -> None:
        """From now on the layer wears this."""
        self._layer.forward = self

    def __call__(self, given: Tensor) -> Tensor:
        weight, bias = self._weight(), self._bias
        made = _run(self._layer, given, weight, None if bias is None else bias.to(given.device))
        for change in self._beside:
            made = made + change.added(self._layer, given)
        return made

    def _weight(self) -> Tensor:
        own = self._layer.weight
        assert isinstance(own, Tensor)
        if not self._within:
            return own
        if self._kept is not None:
            return self._kept
        whole = own.float()
        for change, scale in self._within:
            whole = whole + change.of(own) * scale
        changed = whole.to(own.dtype)
        if self._budget.takes(changed.nbytes):
            self._kept = changed
        return changed

    def _changed_bias(
        self, own: Tensor, changes: Sequence[tuple[LayerChange, float]]
    ) -> Tensor | None:
        bias = self._layer.bias
        assert bias is None or isinstance(bias, Tensor)
        added = [change.bias.to(own.device) * scale for change, scale in changes
                 if change.bias is not None]  # fmt: skip
        if not added:
            return bias
        start = torch.zeros_like(added[0]) if bias is None else bias.detach().float()
        return sum(added, start).to(own.dtype)


class Dress:
    """What one network wears, from now on until it is taken off.

    Meanwhile no parameter is marked as trainable, as with peft: torch's linear layers take another
    path then for some inputs, which the last bit can tell.
    """

    def __init__(self, network: Network, changes: LayerChanges) -> None:
        self._layers = [network.get_submodule(path) for path in changes]
        self._trainable = [one for one in network.parameters() if one.requires_grad]
        budget = Budget()
        pairs = zip(self._layers, changes.values(), strict=True)
        # All of it is at hand before any of it is put on: whoever runs out of memory wears nothing.
        ready = [Worn(layer, each, budget) for layer, each in pairs]
        for worn in ready:
            worn.put_on()
        for parameter in self._trainable:
            parameter.requires_grad_(False)

    def take_off(self) -> None:
        """The network as it was loaded."""
        for layer in self._layers:
            del layer.forward
        for parameter in self._trainable:
            parameter.requires_grad_(True)


def _run(layer: nn.Module, given: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
    if isinstance(layer, nn.Linear):
        return F.linear(given, weight, bias)
    if isinstance(layer, nn.Conv2d):
        return layer._conv_forward(given, weight, bias)
    if isinstance(layer, nn.GroupNorm):
        return F.group_norm(given, layer.num_groups, weight, bias, layer.eps)
    assert isinstance(layer, nn.LayerNorm)
    return F.layer_norm(given, layer.normalized_shape, weight, bias, layer.eps)
