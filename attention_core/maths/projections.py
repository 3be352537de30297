"""Queries, keys and values out of vectors, and projections that make attention do something one can name.

Vectors are rows: q = x · W_q + b_q, with x (N, D), W_q (D, d), b_q (d).
"""

from __future__ import annotations

import math

import torch
from torch import Tensor

STRENGTH = 4.0
"""Scaled score by which the key that is meant to win leads the others; with five keys it then weighs 0.93."""

PENALTY = 0.1
"""On the squares of the solved numbers: it keeps them as small as the vectors' own."""


def project(x: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """x (..., N, D) · weight (D, d) + bias (d) → (..., N, d). Raises ValueError where the widths differ."""
    if x.shape[-1] != weight.shape[-2]:
        raise ValueError(f"x has a width of {x.shape[-1]}, so the matrix needs as many rows; received {tuple(weight.shape)}")
    return x @ weight if bias is None else x @ weight + bias


def attend_to_previous(x: Tensor, k: Tensor, strength: float = STRENGTH, penalty: float = PENALTY) -> tuple[Tensor, Tensor]:
    """W_q (D, d) and b_q (d) with which the i-th query looks at the key before the i-th, and the first at the first.

    x (N, D) gives the queries, k (M, d) are the keys. Solved, not learned: row i of q·kᵀ shall be `strength`·√d at the one key
    and equal at all others. That has a solution where the x, and the k, are affinely independent, which needs at most one more
    of them than they are wide; elsewhere, and where it would need huge numbers, it is met as nearly as ridge regression can.
    """
    num_tokens, num_keys = len(x), len(k)
    wanted = torch.zeros(num_tokens, num_keys, dtype=x.dtype)
    before = (torch.arange(num_tokens) - 1).clamp(0, num_keys - 1)
    wanted[torch.arange(num_tokens), before] = strength * math.sqrt(k.shape[1])
    # A constant added to a row is nothing to softmax, so each query may come with one: hence the keys' column of ones too.
    x_left, x_sizes, x_right = torch.linalg.svd(_with_ones(x), full_matrices=False)
    k_left, k_sizes, k_right = torch.linalg.svd(_with_ones(k), full_matrices=False)
    sizes = x_sizes[:, None] * k_sizes
    solution = x_right.T @ (x_left.T @ wanted @ k_left * sizes / (sizes**2 + penalty)) @ k_right  # (D + 1, d + 1)
    return solution[:-1, :-1], solution[-1, :-1]


def attend_to_most_different(dim: int, head_dim: int, strength: float = STRENGTH) -> Tensor:
    """W_q (D, d) = -strength · I: with W_k = I the key with the most negative dot product has the largest score."""
    return -strength * torch.eye(dim, head_dim, dtype=torch.float64)


def _with_ones(rows: Tensor) -> Tensor:
    return torch.cat([rows, torch.ones(len(rows), 1, dtype=rows.dtype)], dim=1)
