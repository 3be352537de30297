"""The movement of tokens by blocks, in closed form."""

import math

import pytest
import torch
from torch import Tensor

from attention_core import BlockMoves
from attention_core.analysis.depth import layer_depth, relative_to_stream


def moves_of(x: Tensor, attention: Tensor, mlp: Tensor) -> BlockMoves:
    """Return the moves of a stream (B, N, D) when these outputs are added to it."""
    between, after = x + attention, x + attention + mlp
    norms = [each.norm(dim=-1) for each in (x, between, after, attention, mlp)]
    cosines = [torch.cosine_similarity(*pair, dim=-1) for pair in ((x, between), (between, after))]
    return BlockMoves(*norms, *cosines)


def test_a_token_that_is_doubled_and_then_turned_by_a_right_angle() -> None:
    x = torch.tensor([[[3.0, 0.0], [0.0, 4.0], [5.0, 0.0]]])
    turned = torch.tensor([[[-6.0, 6.0], [8.0, -8.0], [-10.0, -10.0]]])
    moves = moves_of(x, x, turned)
    attention, mlp = relative_to_stream(moves)
    torch.testing.assert_close(attention, torch.ones(1, 3))
    torch.testing.assert_close(mlp, torch.full((1, 3), math.sqrt(2)))
    depth = layer_depth(moves)
    assert (depth.attention, depth.cos_attention, depth.norm) == pytest.approx((1, 1, 8))
    assert depth.mlp == pytest.approx(math.sqrt(2)) and depth.cos_mlp == pytest.approx(0, abs=1e-6)
    assert layer_depth(moves, [2]).norm == pytest.approx(10)


def test_a_token_of_zeros_moves_by_zero_or_infinity() -> None:
    attention, _ = relative_to_stream(
        moves_of(torch.zeros(1, 2, 3), torch.tensor([[[0.0] * 3, [1.0] * 3]]), torch.ones(1, 2, 3))
    )
    assert attention.tolist() == [[0, math.inf]]


@pytest.mark.parametrize("wrong", [[], [3], [-1]])
def test_missing_tokens_are_refused(wrong: list[int]) -> None:
    moves = moves_of(*torch.randn(3, 2, 3, 4).unbind())
    with pytest.raises(ValueError, match="tokens must be one or more of 0–2"):
        layer_depth(moves, wrong)
