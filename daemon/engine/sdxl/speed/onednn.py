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
from collections.abc import Hashable
from typing import TYPE_CHECKING

import torch
from torch import nn

from daemon.engine.sdxl.speed.fused_attention import FusedAttention
from daemon.engine.sdxl.speed.packed_blocks import pack_in_place
from daemon.fs.memory import main_memory

if TYPE_CHECKING:
    from daemon.engine.sdxl.networks import Network

#: A twin must be faster by this much to be taken.
WORTHWHILE = 1.02

#: Calls of a kind that each form is given before one is chosen; the first of a twin lays weights
#: out, so the quickest counts.
TRIES = 3

#: The most of this process's memory that the second copy may take.
SHARE_OF_MEMORY = 0.1


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
        if not any(map(_pays, self._of_each_kind(network))):
            self._is_of_no_use(network)

    def anew(self, network: Network) -> None:
        """Its own calls take another time now: every kind is to be tried again."""
        for key in [key for key in list(self._seconds) if key[0] == id(network)]:
            del self._seconds[key]

    def _is_of_no_use(self, network: Network) -> None:
        """Its twin is the faster one for no kind of call that was tried to the end: it is not kept,
        unless one is being tried."""
        if not any(0 < len(each[True]) < TRIES for each in self._of_each_kind(network)):
            self._made.pop(id(network), None)

    def _of_each_kind(self, network: Network) -> list[dict[bool, list[float]]]:
        """The seconds of its calls, kind by kind; a picture may be decoded in another thread
        meanwhile, whose kind of call is a new one."""
        known = list(self._seconds.items())
        return [each for (of, _), each in known if of == id(network)]

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
    pack_in_place(twin, FusedAttention())
    return twin


def able(network: Network) -> bool:
    """Whether this network can have a twin on this machine, and there is room for one."""
    first = next(network.parameters())
    if first.device.type != "cpu" or first.dtype != torch.float32:
        return False
    if not torch.backends.mkldnn.is_available() or not torch.backends.mkldnn.enabled:
        return False
    size = sum(tensor.nbytes for tensor in network.parameters())
    return size <= SHARE_OF_MEMORY * main_memory()
