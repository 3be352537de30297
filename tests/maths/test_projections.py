from __future__ import annotations

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from attention_core import attention
from attention_core.maths.projections import PENALTY, STRENGTH, attend_to_most_different, attend_to_previous, project


def independent(tokens: int, dim: int) -> Tensor:
    """Return vectors (N, D). None of them is near a combination of the others."""
    return torch.eye(tokens, dim, dtype=torch.float64) * 2 + torch.randn(tokens, dim, dtype=torch.float64) * 0.1


def test_projecting_is_torchs_linear() -> None:
    x, weight, bias = torch.randn(2, 5, 4), torch.randn(4, 3), torch.randn(3)
    torch.testing.assert_close(project(x, weight, bias), F.linear(x, weight.T, bias))
    torch.testing.assert_close(project(x, weight), F.linear(x, weight.T))


def test_a_matrix_of_another_height_is_refused() -> None:
    with pytest.raises(ValueError, match=r"x has a width of 4, so the matrix needs as many rows; received \(3, 4\)"):
        project(torch.randn(5, 4), torch.randn(3, 4))


@pytest.mark.parametrize(("tokens", "dim"), [(5, 4), (4, 4), (5, 8), (2, 2)])
def test_every_query_attends_to_the_previous_token(tokens: int, dim: int) -> None:
    x, k = independent(tokens, dim), independent(tokens, dim)
    weights = attention(project(x, *attend_to_previous(x, k)), k, k).weights
    before = [max(0, i - 1) for i in range(tokens)]
    assert weights.argmax(-1).tolist() == before
    assert weights[range(tokens), before].min() > 0.8


def test_without_a_penalty_the_lead_is_exactly_the_strength() -> None:
    x = independent(5, 4)
    scaled = attention(project(x, *attend_to_previous(x, x, penalty=0.0)), x, x).scaled
    lead = scaled - scaled.amin(-1, keepdim=True)
    wanted = torch.zeros(5, 5, dtype=x.dtype)
    wanted[range(5), [0, 0, 1, 2, 3]] = STRENGTH
    torch.testing.assert_close(lead, wanted, atol=1e-6, rtol=0)


def test_the_penalty_keeps_numbers_small_for_nearly_dependent_vectors() -> None:
    x = independent(5, 4)
    x[4] = x[:4].mean(0) + 1e-4
    free, penalised = (attend_to_previous(x, x, penalty=penalty)[0].abs().max() for penalty in (0.0, PENALTY))
    assert free > 1000 > 50 > penalised


def test_the_most_different_key_wins() -> None:
    x = torch.randn(6, 4, dtype=torch.float64)
    weights = attention(project(x, attend_to_most_different(4, 4)), x, x).weights
    assert weights.argmax(-1).equal((x @ x.T).argmin(-1))
