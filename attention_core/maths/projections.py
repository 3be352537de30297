"""Queries, keys and values out of vectors, and projections that make attention do something one can name.

Vectors are rows: q = x · W_q + b_q, with x (N, D), W_q (D, d), b_q (d).
"""

from __future__ import annotations

import math

import torch
from torch import Tensor

STRENGTH = 4.0
"""The scaled score by which the key that is meant leads the others; among five keys its weight is then 0.93."""

PENALTY = 0.1
"""On the squares of the solved numbers: it keeps them as small as the vectors' own."""


def project(x: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """x (..., N, D) · weight (D, d) + bias (d) → (..., N, d). Raises ValueError where the widths differ."""
    if x.shape[-1] != weight.shape[-2]:
        raise ValueError(f"x has a width of {x.shape[-1]}, so the matrix needs as many rows; received {tuple(weight.shape)}")
    return x @ weight if bias is None else x @ weight + bias


def attend_to_previous(x: Tensor, k: Tensor, strength: float = STRENGTH, penalty: float = PENALTY) -> tuple[Tensor, Tensor]:
    """W_q and b_q with which query i attends to key i - 1, and the first query to the first key.

    They are solved, not learned: row i of q·kᵀ shall be `strength`·√d at that key and equal at all others. An exact solution
    exists where the x, and the k, are affinely independent, which needs at most one more of them than they are wide.
    Elsewhere, and where the exact solution has huge numbers, ridge regression comes as near as it can.

    Args:
        x: (N, D), the vectors that become queries.
        k: (M, d), the keys.
        strength: the scaled score by which the key that is meant leads.
        penalty: of the ridge regression.

    Returns:
        W_q (D, d) and b_q (d).
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
