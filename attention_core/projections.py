"""Queries, keys and values out of vectors, and projections that make attention do something one can name.

Vectors are rows: q = x · W_q + b_q, with x (N, D), W_q (D, d), b_q (d).
"""

from __future__ import annotations

import math

import torch
from torch import Tensor

STRENGTH = 4.0
"""Scaled score by which the key that is meant to win leads the others; with five keys it then weighs 0.93."""


def project(x: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """x (..., N, D) · weight (D, d) + bias (d) → (..., N, d). Raises ValueError where the widths differ."""
    if x.shape[-1] != weight.shape[-2]:
        raise ValueError(f"x has a width of {x.shape[-1]}, so the matrix needs as many rows; received {tuple(weight.shape)}")
    return x @ weight if bias is None else x @ weight + bias


def look_at_previous(x: Tensor, strength: float = STRENGTH) -> tuple[Tensor, Tensor]:
    """W_q (D, D) and b_q (D) with which x_i, keys being the x themselves, looks at x_{i-1}, and x_1 at itself.

    x (N, D). Solved, not learned: row i of q·kᵀ shall be `strength`·√D at the one key and equal at all others. That has a
    solution where the x are affinely independent, which needs N ≤ D + 1; elsewhere it is met as nearly as least squares can.
    """
    num_tokens, dim = x.shape
    wanted = torch.zeros(num_tokens, num_tokens, dtype=x.dtype)
    wanted[torch.arange(num_tokens), (torch.arange(num_tokens) - 1).clamp_min(0)] = strength * math.sqrt(dim)
    return _solve(x, wanted)


def look_at_most_different(dim: int, strength: float = STRENGTH) -> Tensor:
    """W_q (D, D) = -strength · I: the key with the most negative dot product has the largest score."""
    return -strength * torch.eye(dim, dtype=torch.float64)


def _solve(x: Tensor, wanted: Tensor) -> tuple[Tensor, Tensor]:
    """W_q and b_q such that q·xᵀ is `wanted` but for a constant in each row, which softmax does not see."""
    ones = torch.ones(len(x), 1, dtype=x.dtype)
    extended = torch.cat([x, ones], dim=1)  # (N, D + 1): the x, and a place for the constant
    pseudo_inverse = torch.linalg.pinv(extended)
    q = (pseudo_inverse @ wanted.T).T[:, :-1]  # (N, D)
    solution = pseudo_inverse @ q  # (D + 1, D)
    return solution[:-1], solution[-1]
