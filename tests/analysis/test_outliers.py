from __future__ import annotations

import pytest
import torch
from torch import Tensor

from attention_core import PatchGrid
from attention_core.analysis.outliers import norm_threshold, outlying_norms

GRID, PREFIX = PatchGrid(6, 9, 14), 2


def clean(spread: float = 0.15) -> Tensor:
    """Return norms of tokens as they are without registers in the background. CLS has a larger norm."""
    torch.manual_seed(0)
    norms = 40 * torch.exp(spread * torch.randn(PREFIX + GRID.num_patches))
    norms[0] = 900.0
    return norms


@pytest.mark.parametrize("spread", [0.0, 0.05, 0.15, 0.3])
def test_clean_maps_have_no_outliers_whatever_the_prefix(spread: float) -> None:
    assert outlying_norms(clean(spread), GRID, PREFIX) == []


def test_planted_outliers_are_found_largest_first() -> None:
    norms = clean()
    for (row, col), norm in {(2, 3): 400.0, (5, 8): 520.0}.items():
        norms[PREFIX + GRID.index(row, col)] = norm
    found = outlying_norms(norms, GRID, PREFIX)
    assert [(each.row, each.col, each.norm) for each in found] == [(5, 8, 520.0), (2, 3, 400.0)]
    assert found[0].times == pytest.approx(520 / norms[PREFIX:].median().item())


def test_a_fifth_of_all_patches_moves_the_threshold_little() -> None:
    norms = clean()
    before = norm_threshold(norms[PREFIX:])
    norms[PREFIX : PREFIX + GRID.num_patches // 5] *= 10
    assert len(outlying_norms(norms, GRID, PREFIX)) == GRID.num_patches // 5
    assert norm_threshold(norms[PREFIX:]) < 1.3 * before


def test_wide_maps_need_more_than_a_multiple_of_the_median() -> None:
    norms = torch.linspace(1, 30, 50)
    norms[-1] = 60.0
    assert 3 * norms.median() < 60 and outlying_norms(norms, PatchGrid(5, 10, 14)) == []


def test_tokens_outside_the_grid_are_refused() -> None:
    with pytest.raises(ValueError, match="expected 56 norms"):
        outlying_norms(torch.ones(55), GRID, PREFIX)
    with pytest.raises(ValueError, match="norms of one layer"):
        norm_threshold(torch.ones(0))


def test_norms_that_are_not_finite_are_not_outliers() -> None:
    norms = clean()
    norms[PREFIX:] = torch.nan
    assert outlying_norms(norms, GRID, PREFIX) == []
