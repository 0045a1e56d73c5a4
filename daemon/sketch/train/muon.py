"""An optimizer for short runs: orthogonalised momentum for matrices, AdamW for the rest.

Every weight that acts as a matrix (linear layers, and convolutions flattened) is moved along
its momentum with all singular values made alike; biases, norms and the outermost layers keep
AdamW.  It knows nothing of what is being trained.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from daemon.sketch import precision

MATRIX_RATE = 0.02
REST_RATE = 1.5e-3
OUTERMOST = ("conv_in", "conv_out")
#: Queries and keys multiply each other, and text states share much that is the same for every
#: text: at any higher rate their logits run away until each attention looks at one token that
#: says nothing, and the text is never heard.
QUERY_KEY = ("to_q", "to_k", "q_proj", "k_proj")
QUERY_KEY_FACTOR = 0.2


def orthogonal(g: Tensor, rounds: int = 5) -> Tensor:
    """An approximation of U V^T of each matrix in the batch, by Newton-Schulz iteration in bf16."""
    a, b, c = 3.4445, -4.7750, 2.0315
    x = g.to(precision.quickest(g.device))
    turn = x.shape[-2] > x.shape[-1]
    if turn:
        x = x.mT
    x = x / (x.norm(dim=(-2, -1), keepdim=True) + 1e-7)
    for _ in range(rounds):
        s = x @ x.mT
        x = a * x + (b * s + c * s @ s) @ x
    return (x.mT if turn else x).float()


class Muon:
    """Both optimizers behind one rate: 1.0 is full speed."""

    def __init__(
        self,
        model: nn.Module,
        momentum: float = 0.95,
        decay: float = 0.05,
        query_key: float = QUERY_KEY_FACTOR,
    ) -> None:
        self.momentum, self.decay, self.rate = momentum, decay, 1.0
        self.matrices: list[Tensor] = []
        rest: list[Tensor] = []
        gentle: list[Tensor] = []
        for name, p in model.named_parameters():
            if any(part in name for part in QUERY_KEY):
                gentle.append(p)
            elif p.ndim < 2 or set(OUTERMOST) & set(name.split(".")) or "embedding" in name:
                rest.append(p)
            else:
                self.matrices.append(p)
        self.buffers = [torch.zeros_like(p) for p in self.matrices]
        groups: list[dict[str, Any]] = [
            {"params": rest},
            {"params": gentle, "factor": query_key},
        ]
        self.rest = torch.optim.AdamW(
            groups, lr=REST_RATE, betas=(0.9, 0.99), weight_decay=1e-3, fused=True
        )

    def set_rate(self, rate: float) -> None:
        """A share of full speed."""
        self.rate = rate
        for group in self.rest.param_groups:
            group["lr"] = REST_RATE * rate * group.get("factor", 1.0)

    def zero_grad(self) -> None:
        self.rest.zero_grad(set_to_none=True)
        for p in self.matrices:
            p.grad = None

    @torch.no_grad()
    def step(self) -> None:
        """Move everything once; matrices of one shape are orthogonalised together."""
        self.rest.step()
        groups: dict[tuple[int, int], list[tuple[Tensor, Tensor]]] = {}
        for p, buffer in zip(self.matrices, self.buffers, strict=True):
            if p.grad is None:
                continue
            buffer.lerp_(p.grad, 1 - self.momentum)
            ahead = p.grad.lerp(buffer, self.momentum)
            flat = ahead.reshape(len(p), -1)
            groups.setdefault((flat.shape[0], flat.shape[1]), []).append((p, flat))
        for (rows, columns), members in groups.items():
            moves = orthogonal(torch.stack([flat for _, flat in members]))
            rate = MATRIX_RATE * self.rate * max(1.0, rows / columns) ** 0.5
            for (p, _), move in zip(members, moves, strict=True):
                p.mul_(1 - rate * self.decay)
                p.add_(move.reshape(p.shape), alpha=-rate)

    def state_dict(self) -> dict[str, Any]:
        return {"buffers": self.buffers, "rest": self.rest.state_dict()}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self.buffers = [b.to(p) for b, p in zip(state["buffers"], self.matrices, strict=True)]
        self.rest.load_state_dict(state["rest"])
