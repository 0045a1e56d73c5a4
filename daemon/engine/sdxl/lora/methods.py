"""The methods by which a layer's matrices in a LoRA file say a change of its weight.

Each is told by the names of its matrices, which are LyCORIS' (lycoris/modules); `changes` has them
as formulas. Knows no layer but the shape of its weight.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Protocol

import torch
from torch import Tensor

Matrices = Mapping[str, Tensor]


class DoesNotFitError(ValueError):
    """The matrices are not a change of this layer."""


class Change(Protocol):
    """A change of one layer's weight, at scale 1."""

    def of(self, weight: Tensor) -> Tensor:
        """The change of `weight`: float32, its shape, on its device."""


@dataclass(frozen=True, slots=True)
class LowRank:
    """up @ down * scale: (outputs, rank) and (rank, inputs, ...)."""

    down: Tensor
    up: Tensor
    scale: float

    def of(self, weight: Tensor) -> Tensor:
        down, up = self.down.to(weight.device).float(), self.up.to(weight.device).float()
        return (up @ down.flatten(1)).view(weight.shape) * self.scale


@dataclass(frozen=True, slots=True)
class Dense:
    """Any other method: `compute` gives the change of a float32 weight."""

    compute: Compute

    def of(self, weight: Tensor) -> Tensor:
        return self.compute(weight.float())


class Compute(Protocol):
    def __call__(self, weight: Tensor, /) -> Tensor: ...


def plain_change(matrices: Matrices, shape: torch.Size) -> Change | None:
    """The change, the sum of all where there are several, or None if there are no matrices of any
    method. Raises DoesNotFitError, for half of a method as well."""
    found = []
    for build, roles in _METHODS:
        if any(role in matrices for role in roles):
            try:
                found.append(build(matrices, shape))
            except (KeyError, IndexError) as error:
                raise DoesNotFitError from error
    if len(found) > 1:
        return Dense(partial(_of_several, found))
    return found[0] if found else None


def _of_several(changes: Sequence[Change], weight: Tensor) -> Tensor:
    return sum((change.of(weight) for change in changes), torch.zeros_like(weight))


def scale_of(matrices: Matrices, rank: int | None) -> float:
    """alpha / rank, times the `scalar` that early LyCORIS learnt beside a layer's matrices."""
    learnt = float(matrices.get("scalar", 1.0))
    if "scale" in matrices:
        return float(matrices["scale"]) * learnt
    if rank is None or "alpha" not in matrices:
        return learnt
    return float(matrices["alpha"]) / rank * learnt


def _lora(matrices: Matrices, shape: torch.Size) -> Change:
    down, up = matrices["down"], matrices["up"]
    rank = down.shape[0]
    scale = scale_of(matrices, rank)
    if "mid" in matrices:
        return _tucker(up.flatten(1), down.flatten(1), matrices["mid"], scale, shape)
    up = up.flatten(1)
    inputs = math.prod(shape[1:])
    if len(shape) < 2 or down[0].numel() != inputs or tuple(up.shape) != (shape[0], rank):
        raise DoesNotFitError
    return LowRank(down.reshape(rank, *shape[1:]), up, scale)


def _tucker(up: Tensor, down: Tensor, mid: Tensor, scale: float, shape: torch.Size) -> Change:
    if (up.shape[1], down.shape[0]) != tuple(mid.shape[:2]):
        raise DoesNotFitError
    _must_be(shape, (up.shape[0], down.shape[1], *mid.shape[2:]))
    return Dense(partial(_of_tucker, up, down, mid, scale))


def _of_tucker(up: Tensor, down: Tensor, mid: Tensor, scale: float, weight: Tensor) -> Tensor:
    up, down, mid = like(weight, up, down, mid)
    whole = torch.einsum("n m ..., i n, m j -> i j ...", mid, up, down)
    return whole.reshape(weight.shape) * scale


def _loha(matrices: Matrices, shape: torch.Size) -> Change:
    first = matrices["hada_w1_a"], matrices["hada_w1_b"], matrices.get("hada_t1")
    second = matrices["hada_w2_a"], matrices["hada_w2_b"], matrices.get("hada_t2")
    for factors in (first, second):
        _must_be(shape, _product_shape(*factors))
    return Dense(partial(_of_loha, first, second, scale_of(matrices, first[1].shape[0])))


Factors = tuple[Tensor, Tensor, Tensor | None]


def _of_loha(first: Factors, second: Factors, scale: float, weight: Tensor) -> Tensor:
    one, two = _product(weight, *first), _product(weight, *second)
    return (one.reshape(weight.shape) * two.reshape(weight.shape)) * scale


def _product_shape(left: Tensor, right: Tensor, core: Tensor | None) -> tuple[int, ...]:
    """The shape of `_product`. Raises DoesNotFitError where there is none."""
    if core is None:
        if left.dim() != 2 or right.dim() < 2 or left.shape[1] != right.shape[0]:
            raise DoesNotFitError
        return left.shape[0], *right.shape[1:]
    if left.dim() != 2 or right.dim() != 2 or core.dim() < 3:
        raise DoesNotFitError
    if (left.shape[0], right.shape[0]) != tuple(core.shape[:2]):
        raise DoesNotFitError
    return left.shape[1], right.shape[1], *core.shape[2:]


def _product(weight: Tensor, left: Tensor, right: Tensor, core: Tensor | None) -> Tensor:
    if core is None:
        left, right = like(weight, left, right)
        return left @ right.flatten(1)
    left, right, core = like(weight, left, right, core)
    return torch.einsum("i j ..., j r, i p -> p r ...", core, right, left)


def _lokr(matrices: Matrices, shape: torch.Size) -> Change:
    small, its_rank = _whole_or_product(matrices, "lokr_w1")
    large, rank = _whole_or_product(matrices, "lokr_w2")
    one, two = _shape_of(small), _shape_of(large)
    if len(one) != 2 or len(two) < 2:
        raise DoesNotFitError
    _must_be(shape, (one[0] * two[0], one[1] * two[1], *two[2:]))
    scale = scale_of(matrices, rank or its_rank)
    return Dense(partial(_of_lokr, small, large, scale))


def _whole_or_product(matrices: Matrices, stem: str) -> tuple[Factors | Tensor, int | None]:
    """Factor `stem` of a LoKr and its rank, None if it is whole."""
    if stem in matrices:
        return matrices[stem], None
    left, right = matrices[f"{stem}_a"], matrices[f"{stem}_b"]
    return (left, right, matrices.get(stem.replace("_w", "_t"))), right.shape[0]


def _shape_of(factor: Factors | Tensor) -> tuple[int, ...]:
    return tuple(factor.shape) if isinstance(factor, Tensor) else _product_shape(*factor)


def _of_lokr(
    small: Factors | Tensor, large: Factors | Tensor, scale: float, weight: Tensor
) -> Tensor:
    one, two = (
        like(weight, factor)[0]
        if isinstance(factor, Tensor)
        else _product(weight, *factor).reshape(_shape_of(factor))
        for factor in (small, large)
    )
    one = one.reshape(*one.shape, *[1] * (two.dim() - 2))
    return torch.kron(one, two.contiguous()).reshape(weight.shape) * scale


def _glora(matrices: Matrices, shape: torch.Size) -> Change:
    a1, a2, b1, b2 = (matrices[role].flatten(1) for role in ("a1", "a2", "b1", "b2"))
    if math.prod(shape[2:]) != 1 or len(shape) < 2:
        raise DoesNotFitError
    outputs, inputs = shape[:2]
    for one, two, three, four in ((a1, a2, b1, b2), (a2, a1, b2, b1)):  # later files' order
        rank = three.shape[0]
        sizes = [tuple(each.shape) for each in (one, two, three, four)]
        if sizes == [(rank, inputs), (inputs, rank), (rank, inputs), (outputs, rank)]:
            return Dense(partial(_of_glora, one, two, three, four, scale_of(matrices, rank)))
    raise DoesNotFitError


def _of_glora(
    a1: Tensor, a2: Tensor, b1: Tensor, b2: Tensor, scale: float, weight: Tensor
) -> Tensor:
    a1, a2, b1, b2 = like(weight, a1, a2, b1, b2)
    flat = weight.flatten(1)
    return (b2 @ b1 + flat @ a2 @ a1).view(weight.shape) * scale


def _ia3(matrices: Matrices, shape: torch.Size) -> Change:
    factor = matrices["weight"].flatten()
    on_input = bool(matrices["on_input"].float().flatten()[0])
    if len(shape) < 2 or factor.numel() != shape[1 if on_input else 0]:
        raise DoesNotFitError
    view = (1, -1, *[1] * (len(shape) - 2)) if on_input else (-1, *[1] * (len(shape) - 1))
    return Dense(partial(_of_ia3, factor.reshape(view)))


def _of_ia3(factor: Tensor, weight: Tensor) -> Tensor:
    return weight * like(weight, factor)[0]


def _whole(role: str, matrices: Matrices, shape: torch.Size) -> Change:
    change = matrices[role]
    if change.numel() != math.prod(shape) or change.shape[0] != shape[0]:
        raise DoesNotFitError
    return Dense(partial(_of_whole, change))


def _of_whole(change: Tensor, weight: Tensor) -> Tensor:
    return like(weight, change)[0].reshape(weight.shape)


#: Each with the roles of its matrices, of which any one means it.
_METHODS: tuple[tuple[Callable[[Matrices, torch.Size], Change], tuple[str, ...]], ...] = (
    (_loha, ("hada_w1_a", "hada_w1_b", "hada_w2_a", "hada_w2_b", "hada_t1", "hada_t2")),
    (_lokr, ("lokr_w1", "lokr_w1_a", "lokr_w1_b", "lokr_w2", "lokr_w2_a", "lokr_w2_b", "lokr_t2")),
    (_glora, ("a1", "a2", "b1", "b2")),
    (_lora, ("down", "up", "mid", "up_bias")),
    (partial(_whole, "diff"), ("diff",)),
    (partial(_whole, "w_norm"), ("w_norm",)),
    (_ia3, ("weight", "on_input")),
)


def _must_be(shape: torch.Size, found: tuple[int, ...]) -> None:
    """A kernel of one place may be left out or written out."""
    wanted = tuple(shape)
    trimmed = tuple(wanted[:2]) if math.prod(wanted[2:]) == 1 else wanted
    if len(found) > 2 and math.prod(found[2:]) == 1:
        found = found[:2]
    if len(found) == 2 and len(trimmed) > 2:  # a convolution's inputs and places in one
        found = (found[0], *trimmed[1:]) if found[1] == math.prod(trimmed[1:]) else found
    if found != trimmed:
        raise DoesNotFitError


def like(weight: Tensor, *tensors: Tensor) -> tuple[Tensor, ...]:
    return tuple(tensor.to(weight.device).float() for tensor in tensors)
