"""Why the dot products are divided by √d."""

from __future__ import annotations

import torch

from attention_core.maths.attention import attention

NUM_KEYS = 5
DRAWS = 256


def mean_largest_weight(dim: int, scale: float | None = None, seed: int = 0) -> float:
    """The largest of five weights, a mean over 256 draws of a query and five keys from the standard normal.

    The dot product of two such vectors has variance d (Vaswani et al. 2017, section 3.2.1, note 4), so without 1/√d the
    softmax saturates as d grows.

    Args:
        dim: the width d of query and keys.
        scale: as in `attention`.
        seed: of the draws.
    """
    generator = torch.Generator().manual_seed(seed)
    q = torch.randn(DRAWS, 1, dim, generator=generator)
    k = torch.randn(DRAWS, NUM_KEYS, dim, generator=generator)
    return float(attention(q, k, k, scale=scale).weights.amax(-1).mean())
