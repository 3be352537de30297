from __future__ import annotations

import math

import pytest
import torch

from attention_core import attention
from attention_core.maths.positions import sinusoidal


@pytest.mark.parametrize("dim", [1, 4, 7])
def test_every_entry_is_the_papers(dim: int) -> None:
    encoding = sinusoidal(6, dim)
    assert encoding.shape == (6, dim)
    for position in range(6):
        for i in range(dim):
            angle = position / 10_000 ** (2 * (i // 2) / dim)
            assert float(encoding[position, i]) == pytest.approx((math.cos if i % 2 else math.sin)(angle), abs=1e-6)


def test_positions_break_the_equivariance() -> None:
    x, order = torch.randn(5, 8), torch.tensor([4, 2, 0, 1, 3])

    def attend(tokens: torch.Tensor) -> torch.Tensor:
        return attention(tokens, tokens, tokens).output

    torch.testing.assert_close(attend(x[order]), attend(x)[order])
    moved = attend(x[order] + sinusoidal(5, 8)) - attend(x + sinusoidal(5, 8))[order]
    assert moved.abs().max() > 0.05
