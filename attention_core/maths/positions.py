"""Encodings that tell attention where a token stands; without them its tokens are a set."""

from __future__ import annotations

import torch
from torch import Tensor


def sinusoidal(num_tokens: int, dim: int) -> Tensor:
    """Position encodings (N, D): sines in the even places, cosines in the odd (Vaswani et al. 2017, section 3.5).

    PE(pos, 2i) = sin(pos / 10000^(2i/D)), PE(pos, 2i + 1) = cos of the same. Any D, odd ones too.
    """
    position = torch.arange(num_tokens, dtype=torch.float64)[:, None]
    pair = torch.arange(dim, dtype=torch.float64) // 2
    angle = position / 10_000 ** (2 * pair / dim)  # (N, D)
    even = torch.arange(dim) % 2 == 0
    return torch.where(even, angle.sin(), angle.cos()).to(torch.get_default_dtype())
