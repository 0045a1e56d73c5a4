"""Second networks for shared pictures on a processor: the same weights, laid out for oneDNN.

torch hands float32 matrix products to MKL, which on a processor not made by Intel leaves half of
its vector units idle, and lays out a convolution's weights anew at every call; diffusers lays out
every picture anew between its convolutions and its attentions. oneDNN, which torch
brings along, multiplies more than twice as fast there once the weights are laid out for it. Its
sums are taken in another order, so the last bits differ: a picture that is alone in its call keeps
the plain modules and stays equal to diffusers', and pictures that share a call, which batching has
made inexact anyway, take these where the calls themselves have shown that it pays.
"""

from __future__ import annotations

import copy
import os
from collections.abc import Hashable
from typing import TYPE_CHECKING

import torch
from diffusers.models.transformers.transformer_2d import Transformer2DModel
from torch import Tensor, nn

if TYPE_CHECKING:
    from daemon.engine.sdxl.networks import Network

#: A twin must be faster by this much to be taken.
WORTHWHILE = 1.02

#: Calls of a kind that each form is given before one is chosen; the first of a twin lays weights
#: out, so the quickest counts.
TRIES = 3

#: The most of this machine's memory that the second copy may take.
SHARE_OF_MEMORY = 0.1


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
    """nn.Conv2d by oneDNN, its weights laid out once instead of at every call.

    Which layout a convolution wants depends on what it is given: laid out for a guess, its weights
    are laid out anew in every call (on AVX2 for 19 of 51 convolutions, 119 ms of a UNet call). So
    they are laid out for the height and width of the last input; rows don't matter.
    """

    bias: Tensor | None

    def __init__(self, plain: nn.Conv2d) -> None:
        super().__init__()
        self.in_channels, self.out_channels = plain.in_channels, plain.out_channels
        _share(self, bias=plain.bias, _plain=plain.weight.detach())
        self._shape = (list(plain.padding), list(plain.stride), list(plain.dilation), plain.groups)
        self._laid_out: tuple[torch.Size, Tensor] | None = None

    def forward(self, states: Tensor) -> Tensor:
        return torch.ops.mkldnn._convolution_pointwise(
            states, self._weight(states), self.bias, *self._shape, "none", [], ""
        )

    def _weight(self, states: Tensor) -> Tensor:
        size, known = states.shape[2:], self._laid_out
        if known is None or known[0] != size:
            plain = self._plain
            assert isinstance(plain, Tensor)
            laid_out = torch.ops.mkldnn._reorder_convolution_weight(
                plain, *self._shape, list(states.shape)
            )
            known = self._laid_out = size, laid_out
        return known[1]


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
    """The packed networks of one engine, each made for the first shared picture that may need it.

    Whether a twin is the faster one is told from the calls themselves, for each kind of call (its
    size and rows): the first ones go to both in turn.
    """

    def __init__(self) -> None:
        self._able: dict[int, bool] = {}
        self._made: dict[int, tuple[Network, int]] = {}
        self._seconds: dict[tuple[int, Hashable], dict[bool, list[float]]] = {}

    def choose(self, network: Network, call: Hashable) -> Network:
        """Its twin or itself, for a call of this kind; `took` is to be told how long it took."""
        if not self._able.setdefault(id(network), able(network)):
            return network
        known = self._seconds.setdefault((id(network), call), {False: [], True: []})
        tried = {packed: len(seconds) for packed, seconds in known.items()}
        is_tried = min(tried.values()) >= TRIES
        packed = _pays(known) if is_tried else tried[True] < tried[False]
        return self._of(network) if packed else network

    def took(self, network: Network, used: Network, call: Hashable, seconds: float) -> None:
        """A call of this kind to `network` or its twin took so long."""
        known = self._seconds.get((id(network), call))
        if known is None:
            return
        mine = known[used is not network]
        mine.append(seconds)
        del mine[: -2 * TRIES]
        if not any(_pays(each) for (of, _), each in self._seconds.items() if of == id(network)):
            self._is_of_no_use(network)

    def anew(self, network: Network) -> None:
        """Its own calls take another time now: every kind is to be tried again."""
        for key in [key for key in self._seconds if key[0] == id(network)]:
            del self._seconds[key]

    def _is_of_no_use(self, network: Network) -> None:
        """Its twin is the faster one for no kind of call that was tried to the end: it is not kept,
        unless one is being tried."""
        trying = any(
            of == id(network) and 0 < len(each[True]) < TRIES
            for (of, _), each in self._seconds.items()
        )
        if not trying:
            self._made.pop(id(network), None)

    def _of(self, network: Network) -> Network:
        # Another thread that is short of memory may have it forgotten meanwhile.
        made = self._made.get(id(network))
        if made is None:
            made = self._made[id(network)] = pack(network), _packed_bytes(network)
        return made[0]

    @property
    def held(self) -> int:
        """Bytes of weights that are here a second time."""
        return sum(size for _, size in list(self._made.values()))

    def forget(self) -> None:
        """Let go of their memory; they can be made again."""
        self._made.clear()


def _pays(known: dict[bool, list[float]]) -> bool:
    """Whether calls of a kind that was tried to the end are faster by the twin."""
    if min(map(len, known.values())) < TRIES:
        return False
    return min(known[True]) * WORTHWHILE < min(known[False])


def _packed_bytes(network: Network) -> int:
    layers = (one for one in network.modules() if isinstance(one, nn.Linear | nn.Conv2d))
    return sum(layer.weight.nbytes for layer in layers)


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


def able(network: Network) -> bool:
    """Whether this network can have a twin on this machine, and there is room for one."""
    first = next(network.parameters())
    if first.device.type != "cpu" or first.dtype != torch.float32:
        return False
    if not torch.backends.mkldnn.is_available() or not torch.backends.mkldnn.enabled:
        return False
    size = sum(tensor.nbytes for tensor in network.parameters())
    return size <= SHARE_OF_MEMORY * os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
