"""Attention by oneDNN's own graph compiler: products and softmax in one go.

torch's attention on a processor multiplies by MKL, which leaves half of some processors idle. What
oneDNN makes of the same formula takes about half of the time there, and its sums are taken in
another order: for shared pictures. It is reached through TorchScript, and holds for one shape.
Knows nothing of networks.
"""

from __future__ import annotations

import threading
import warnings
from collections import OrderedDict
from collections.abc import Hashable

import torch
from torch import Tensor
from torch.nn import functional as F

from daemon.engine.sdxl.attention import Attend

MOST_SHAPES = 64
"""Shapes that are held; each is some kilobytes, and milliseconds to make."""

LARGEST = 2**24
"""Products of queries and keys at once: until a shape is compiled they are all in memory, twice."""

FUSED = "oneDNNFusionGroup"
"""What TorchScript calls that which oneDNN has taken."""

#: One at a time: whether oneDNN may take anything is asked for the whole process.
_compiling = threading.Lock()


class FusedAttention:
    """F.scaled_dot_product_attention of queries, keys and values, but for the last bits."""

    def __init__(self) -> None:
        self._known: OrderedDict[Hashable, Attend] = OrderedDict()

    def __call__(self, query: Tensor, key: Tensor, value: Tensor) -> Tensor:
        rows, heads, places, _ = query.shape
        at_once = LARGEST // (heads * places * key.shape[2])
        if at_once == 0:
            return F.scaled_dot_product_attention(query, key, value)
        if rows > at_once:
            parts = zip(*(each.split(at_once) for each in (query, key, value)), strict=True)
            return torch.cat([self(*part) for part in parts])
        return self._of_shape(query, key, value)(query, key, value)

    def _of_shape(self, *given: Tensor) -> Attend:
        shape = tuple((each.shape, each.stride()) for each in given)
        known = self._known.get(shape)
        if known is None:
            known = self._known[shape] = _compiled(*given)
            while len(self._known) > MOST_SHAPES:
                self._known.popitem(last=False)
        self._known.move_to_end(shape)
        return known


def _formula(width: int) -> Attend:
    root = width**0.5  # of a number that is traced oneDNN can make nothing

    def attend(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
        products = torch.matmul(query, key.transpose(-1, -2)) / root
        return torch.matmul(torch.softmax(products, -1), value)

    return attend


def _compiled(*given: Tensor) -> Attend:
    """For tensors that lie in memory as these do; torch's own where oneDNN does not take it."""
    with _compiling, warnings.catch_warnings(), torch.inference_mode(False), torch.no_grad():
        warnings.simplefilter("ignore")  # torch's plans for TorchScript
        # Tensors made in inference mode can't be traced outside of it.
        like = [torch.empty_strided(each.shape, each.stride()).zero_() for each in given]
        torch.jit.enable_onednn_fusion(True)
        try:
            traced = torch.jit.trace(_formula(like[0].shape[-1]), like, check_trace=False)
            for _ in range(2):  # looks at the shapes, compiles
                traced(*like)
            taken = FUSED in str(torch._C._last_executed_optimized_graph())
        except RuntimeError:
            taken = False
        finally:
            torch.jit.enable_onednn_fusion(False)
    return traced if taken else F.scaled_dot_product_attention
