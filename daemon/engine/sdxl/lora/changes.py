"""What a layer's matrices in a LoRA file mean: a change of that layer's weight and bias.

Each method is told by the names of its matrices. With W the layer's weight and s = alpha / rank
(1 where a layer has no alpha of its own, which is to say alpha = rank):

=======  ===========================================================================================
LoRA     s * up @ down; with `lora_mid`, its core, s * (mid contracted with up and down)  (LoCon)
LoHa     s * (w1_a @ w1_b) o (w2_a @ w2_b), o by element; with t1, t2 both are contracted
LoKr     s * kron(w1, w2), each whole or a product of two; whole ones have no rank, so s = 1
GLoRA    s * (b2 @ b1 + W @ a2 @ a1)
IA3      W * weight, by row, or by column where `on_input` is 1
diff     the change itself, as is that of norms (w_norm, b_norm) and biases (diff_b, b_norm)
DoRA     any of the first three, D, with magnitudes m: m * (W + D) / |W + D| - W
=======  ===========================================================================================

Several methods on one layer add up.

Sources: LyCORIS (lycoris/modules), whose names these are; DoRA arXiv:2402.09353. The rows of m are
outputs if it has one for each (peft's always has), inputs otherwise (LyCORIS' first way). Several
files on one layer each change W as it is without any: the order does not matter.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor

from daemon.engine.sdxl.lora.methods import (
    Change,
    Dense,
    DoesNotFitError,
    Matrices,
    like,
    plain_change,
    scale_of,
)


@dataclass(frozen=True, slots=True)
class LayerChange:
    """All that a file changes of one layer."""

    weight: Change | None = None
    bias: Tensor | None = None


def change_of(matrices: Matrices, shape: torch.Size) -> LayerChange:
    """The change that `matrices` (by role) are of a layer whose weight has `shape`. Raises
    DoesNotFitError for matrices of other sizes and for incomplete sets."""
    weight, bias = _weight_change(matrices, shape), _bias_change(matrices, shape)
    if weight is None and bias is None:
        raise DoesNotFitError
    return LayerChange(weight, bias)


def _bias_change(matrices: Matrices, shape: torch.Size) -> Tensor | None:
    found = [matrices[role].float().flatten() for role in ("diff_b", "b_norm") if role in matrices]
    if "up_bias" in matrices:
        rank = matrices["down"].shape[0] if "down" in matrices else None
        found.append(matrices["up_bias"].float().flatten() * scale_of(matrices, rank))
    if any(len(change) != shape[0] for change in found):
        raise DoesNotFitError
    return torch.stack(found).sum(0) if found else None


def _weight_change(matrices: Matrices, shape: torch.Size) -> Change | None:
    magnitude = _first(matrices, "magnitude", "dora_scale")
    change = plain_change(matrices, shape)
    if magnitude is None:
        return change
    if change is None or len(shape) < 2 or not magnitude.dim():
        raise DoesNotFitError
    return _decomposed(change, magnitude, shape, peft="magnitude" in matrices)


def _first(matrices: Matrices, *roles: str) -> Tensor | None:
    return next((matrices[role] for role in roles if role in matrices), None)


def _decomposed(change: Change, magnitude: Tensor, shape: torch.Size, *, peft: bool) -> Change:
    by_output = peft or (magnitude.shape[0] == shape[0] and magnitude[0].numel() == 1)
    if magnitude.numel() != shape[0 if by_output else 1]:
        raise DoesNotFitError
    return Dense(partial(_of_decomposed, change, magnitude.flatten(), by_output))


def _of_decomposed(change: Change, magnitude: Tensor, by_output: bool, weight: Tensor) -> Tensor:
    whole = weight + change.of(weight)
    kept = 0 if by_output else 1
    others = [dimension for dimension in range(weight.dim()) if dimension != kept]
    length = torch.linalg.vector_norm(whole, dim=others, keepdim=True)
    (magnitude,) = like(weight, magnitude)
    # A row of zeros has no direction that could be given a length: it stays.
    factor = torch.where(length > 0, magnitude.reshape(length.shape) / length, 0.0)
    return whole * factor - weight
