"""What an attention call turned out to be: q and k that meet, weights of an explicit softmax, or a reason why neither."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor


class SeenQK(NamedTuple):
    """q (B, H, Nq, d), k (B, Hk, Nk, d), v (B, Hk, Nk, dv), as they meet; scale=None means 1/√d.

    mask: None, boolean (True: may attend) or added, four axes that broadcast to (B, H, Nq, Nk). extra_keys: what the last keys
    are that stand for no token.
    """

    q: Tensor
    k: Tensor
    v: Tensor
    mask: Tensor | None = None
    scale: float | None = None
    is_causal: bool = False
    extra_keys: tuple[str, ...] = ()

    def without_values(self, heads: Tensor) -> SeenQK:
        """With values of 0 where heads (B, H, 1); every head gets keys and values of its own."""
        groups = self.q.shape[1] // self.k.shape[1]
        k, v = (each if groups == 1 else each.repeat_interleave(groups, 1) for each in (self.k, self.v))
        return self._replace(k=k, v=torch.where(heads[..., None], v.new_zeros(()), v))


class SeenWeights(NamedTuple):
    """weights (B, H, Nq, Nk) of an explicit softmax. extra_keys: what the last keys are that stand for no token.

    values (B, H, Nk, dv), output (B, H, Nq, dv): what the weights multiplied, and gave; None where that is not known, or where
    what multiplied the values is no longer these weights.
    """

    weights: Tensor
    extra_keys: tuple[str, ...] = ()
    values: Tensor | None = None
    output: Tensor | None = None

    def without_values(self, heads: Tensor) -> SeenWeights:
        """With values of 0 where heads (B, H, 1)."""
        values = self.values
        return self if values is None else self._replace(values=torch.where(heads[..., None], values.new_zeros(()), values))


class Unseen(NamedTuple):
    """Attention that was noticed and is no heads × queries × keys of tokens: where, and why.

    over_channels: whether it weighs channels (XCiT: El-Nouby et al. 2021).
    """

    path: str
    reason: str
    over_channels: bool = False
