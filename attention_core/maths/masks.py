"""Masks as small predicates of (query index, key index), in the manner of FlexAttention; they compose with & and |."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

Predicate = Callable[[Tensor, Tensor], Tensor]


def causal(q_idx: Tensor, kv_idx: Tensor) -> Tensor:
    """A query attends to itself and to the keys before it (Vaswani et al. 2017, section 3.2.3)."""
    return kv_idx <= q_idx


def before(q_idx: Tensor, kv_idx: Tensor) -> Tensor:
    """A query attends to the keys before it, not to itself; the first one attends to nothing."""
    return kv_idx < q_idx


def window(radius: int) -> Predicate:
    """A query attends to keys at most `radius` places away (Beltagy et al. 2020). Raises ValueError on a radius below 0."""
    if radius < 0:
        raise ValueError(f"radius must be 0 or more, received {radius}")
    return lambda q_idx, kv_idx: (kv_idx - q_idx).abs() <= radius


def mask_matrix(predicate: Predicate, num_queries: int, num_keys: int) -> Tensor:
    """The boolean mask (Nq, Nk) of a predicate; True where the query may attend to the key."""
    q_idx = torch.arange(num_queries)[:, None]
    kv_idx = torch.arange(num_keys)[None, :]
    return predicate(q_idx, kv_idx).expand(num_queries, num_keys)
