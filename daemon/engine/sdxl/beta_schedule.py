"""The beta schedule: steps spaced by the quantiles of a Beta(0.6, 0.6) distribution.

More steps near both ends, where most happens to a picture (arXiv 2407.12173). scipy would answer
this with one call and a second of import time; the distribution is tame enough to do without.
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
import torch

SHAPE = 0.6


def beta_quantile(share: float) -> float:
    """Where a symmetric Beta(0.6, 0.6) has `share` of its mass to the left; good to 1e-10.

    Its density goes as x**-0.4 at the ends; with x = sin(a)**2 the mass up to `a` is an integral
    of 2 (sin a cos a)**0.2, and with a = b**p it is smooth enough for Gauss's rule.
    """
    if share <= 0.0 or share >= 1.0:
        return min(max(share, 0.0), 1.0)
    if share > 0.5:
        return 1.0 - beta_quantile(1.0 - share)
    whole = math.gamma(SHAPE) ** 2 / math.gamma(2 * SHAPE)
    low, high = 0.0, math.pi / 4
    for _ in range(60):
        middle = (low + high) / 2
        if _mass(middle) / whole < share:
            low = middle
        else:
            high = middle
    return math.sin((low + high) / 2) ** 2


@lru_cache(maxsize=1)
def _nodes() -> tuple[np.ndarray, np.ndarray]:
    return np.polynomial.legendre.leggauss(40)


def _mass(angle: float) -> float:
    nodes, weights = _nodes()
    power = 1.0 / (2 * SHAPE)  # makes the integrand finite and smooth at zero
    top = angle ** (1.0 / power)
    points = (nodes + 1.0) * top / 2
    angles = points**power
    slope = power * points ** (power - 1.0)
    density = 2.0 * (np.sin(angles) * np.cos(angles)) ** (2 * SHAPE - 1.0)
    return float(np.sum(weights * density * slope) * top / 2)


def beta_spaced(
    in_sigmas: torch.Tensor,
    num_inference_steps: int,
    *,
    sigma_max: float | None = None,
    sigma_min: float | None = None,
) -> np.ndarray:
    """Noise levels from `sigma_max` to `sigma_min`, spaced so; where these are not given, from the
    first of `in_sigmas` to the last."""
    first = float(in_sigmas[0]) if sigma_max is None else sigma_max
    last = float(in_sigmas[-1]) if sigma_min is None else sigma_min
    shares = 1.0 - np.linspace(0.0, 1.0, num_inference_steps)
    return np.array([last + beta_quantile(share) * (first - last) for share in shares])
