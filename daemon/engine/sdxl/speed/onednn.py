"""Second networks for shared pictures on a processor: the same weights, laid out for oneDNN.

torch hands float32 matrix products to MKL, which on a processor not made by Intel leaves half of
its vector units idle, and lays out a convolution's weights anew at every call; diffusers lays out
every picture anew between its convolutions and its attentions. oneDNN, which torch
brings along, multiplies more than twice as fast there once the weights are laid out for it. Its
sums are taken in another order, so the last bits differ: a picture that is alone in its call keeps
the plain modules and stays equal to diffusers', and pictures that share a call, which batching has
made inexact anyway, take these. A probe of a few milliseconds decides whether it pays here.
"""

from __future__ import annotations

import copy
import os
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import torch
from diffusers.models.transformers.transformer_2d import Transformer2DModel
from torch import Tensor, nn
from torch.nn import functional as F

if TYPE_CHECKING:
    from daemon.engine.sdxl.networks import Network

#: oneDNN must be faster by this much to be worth a second copy of the weights.
WORTHWHILE = 1.2

#: The most of this machine's memory that the second copy may take.
SHARE_OF_MEMORY = 0.1

_SAMPLE = (512, 128, 512)  # rows, inputs, outputs: an ordinary layer of a small UNet
_LOOKS = 9


def _share(module: nn.Module, **tensors: Tensor | None) -> None:
    """Give a module tensors of another one, unregistered.

    While a network is loaded, accelerate sends every parameter that is registered anywhere in the
    process to the meta device; packing goes on in another thread.
    """
    for name, tensor in tensors.items():
        object.__setattr__(module, name, tensor)


class PackedLinear(nn.Module):
    """nn.Linear by oneDNN."""

    bias: Tensor | None

    def __init__(self, plain: nn.Linear) -> None:
        super().__init__()
        self.in_features, self.out_features = plain.in_features, plain.out_features
        _share(self, bias=plain.bias)
        self._packed = torch.ops.mkldnn._reorder_linear_weight(plain.weight.detach(), None)

    def forward(self, states: Tensor) -> Tensor:
        return torch.ops.mkldnn._linear_pointwise(states, self._packed, self.bias, "none", [], "")


class PackedConv2d(nn.Module):
    """nn.Conv2d by oneDNN, its weights laid out once instead of at every call."""

    bias: Tensor | None

    def __init__(self, plain: nn.Conv2d) -> None:
        super().__init__()
        self.in_channels, self.out_channels = plain.in_channels, plain.out_channels
        _share(self, bias=plain.bias)
        self._shape = (list(plain.padding), list(plain.stride), list(plain.dilation), plain.groups)
        self._packed = torch.ops.mkldnn._reorder_convolution_weight(
            plain.weight.detach(), *self._shape, []
        )

    def forward(self, states: Tensor) -> Tensor:
        return torch.ops.mkldnn._convolution_pointwise(
            states, self._packed, self.bias, *self._shape, "none", [], ""
        )


class UnmovedTransformer(Transformer2DModel):  # type: ignore[misc]
    """Hands its pictures on as they lie in memory, which is as the next convolution wants them."""

    def _get_output_for_continuous_inputs(
        self,
        hidden_states: Tensor,
        residual: Tensor,
        batch_size: int,
        height: int,
        width: int,
        inner_dim: int,
    ) -> Tensor:
        shape = batch_size, height, width, inner_dim
        return self.proj_out(hidden_states).reshape(shape).permute(0, 3, 1, 2) + residual


class PackedNetworks:
    """The packed networks of one engine, each made for the first shared picture that needs it."""

    def __init__(self) -> None:
        self._pay: dict[int, bool] = {}
        self._made: dict[int, Network] = {}

    def pay(self, network: Network) -> bool:
        """Whether its twin is the faster one here; measured once."""
        if id(network) not in self._pay:
            self._pay[id(network)] = pays(network)
        return self._pay[id(network)]

    def of(self, network: Network) -> Network:
        """Its twin. Another thread that is short of memory may have it forgotten meanwhile."""
        twin = self._made.get(id(network))
        if twin is None:
            twin = self._made[id(network)] = pack(network)
        return twin

    def forget(self) -> None:
        """Let go of their memory; they can be made again."""
        self._made.clear()


def pack(network: Network) -> Network:
    """The same network with packed layers; everything else, hooks included, is shared with it."""
    shared = {id(tensor): tensor for tensor in (*network.parameters(), *network.buffers())}
    twin = copy.deepcopy(network, shared)
    for module in list(twin.modules()):
        if type(module) is Transformer2DModel and module.use_linear_projection:
            module.__class__ = UnmovedTransformer
        for name, layer in list(module.named_children()):
            if type(layer) is nn.Linear:
                setattr(module, name, PackedLinear(layer))
            elif type(layer) is nn.Conv2d and layer.padding_mode == "zeros":
                setattr(module, name, PackedConv2d(layer))
    return twin


def pays(network: Network) -> bool:
    """Whether packing this network would make calls faster on this machine, and there is room."""
    first = next(network.parameters())
    if first.device.type != "cpu" or first.dtype != torch.float32:
        return False
    if not torch.backends.mkldnn.is_available() or not torch.backends.mkldnn.enabled:
        return False
    size = sum(tensor.nbytes for tensor in network.parameters())
    if size > SHARE_OF_MEMORY * os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"):
        return False
    return _gain() > WORTHWHILE


def _gain() -> float:
    """How many times faster oneDNN multiplies than what torch takes by itself."""
    rows, inputs, outputs = _SAMPLE
    with torch.inference_mode():  # on bare tensors: see `_share`
        states, bias = torch.ones(rows, inputs), torch.zeros(outputs)
        weight = torch.ones(outputs, inputs)
        packed = torch.ops.mkldnn._reorder_linear_weight(weight, None)
        usual = _quickest(lambda: F.linear(states, weight, bias))
        return usual / _quickest(
            lambda: torch.ops.mkldnn._linear_pointwise(states, packed, bias, "none", [], "")
        )


def _quickest(call: Callable[[], Tensor]) -> float:
    call()
    seconds = []
    for _ in range(_LOOKS):
        began = time.thread_time()  # what other programs take of the processor doesn't count
        for _ in range(4):
            call()
        seconds.append(time.thread_time() - began)
    return min(seconds)
