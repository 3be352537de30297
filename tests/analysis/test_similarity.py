from __future__ import annotations

import numpy as np
import pytest
import torch

from attention_core import PatchGrid
from attention_core.analysis.similarity import HOW, How, cleaned, cosine_similarity, outliers

GRID, WIDTH = PatchGrid(5, 8, 14), 7


def features() -> torch.Tensor:
    return torch.randn(GRID.num_patches, WIDTH)


def test_cosines_are_those_of_a_loop() -> None:
    a, b = features(), torch.randn(11, WIDTH)
    expected = [[float(np.dot(x, y) / np.sqrt(np.dot(x, x) * np.dot(y, y))) for y in b.numpy()] for x in a.numpy()]
    torch.testing.assert_close(cosine_similarity(a, b), torch.tensor(expected))


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32])
def test_a_patch_equals_itself_whatever_its_length_and_precision(dtype: torch.dtype) -> None:
    a = (100 * features()).to(dtype)
    torch.testing.assert_close(cosine_similarity(a, a).diagonal(), torch.ones(len(a)))
    torch.testing.assert_close(cosine_similarity(a, -2 * a).diagonal(), -torch.ones(len(a)))
    assert cosine_similarity(a, a).abs().max() <= 1


def test_a_zero_patch_is_similar_to_no_patch() -> None:
    a = features()
    a[3] = 0
    found = cosine_similarity(a, a)
    assert not found[3].any() and not found[:, 3].any() and found.isfinite().all()


def test_cleaning_by_the_mean_removes_the_common_part() -> None:
    a, shared = features(), 50 * torch.randn(WIDTH)
    found = cleaned(a + shared, GRID, "mean")
    torch.testing.assert_close(found, a - a.mean(0), rtol=0, atol=1e-5)
    assert cosine_similarity(a + shared, a + shared).min() > 0.9 and cosine_similarity(found, found).min() < 0


def test_cleaning_by_position_leaves_the_residual_of_least_squares() -> None:
    a = features()
    row, col = np.divmod(np.arange(GRID.num_patches), GRID.cols)
    r, c = 2 * (row + 0.5) / GRID.rows - 1, 2 * (col + 0.5) / GRID.cols - 1
    design = np.stack([np.ones_like(r), r, c, r**2, c**2, r * c], 1)
    fitted = design @ np.linalg.lstsq(design, a.double().numpy(), rcond=None)[0]
    torch.testing.assert_close(cleaned(a, GRID, "position"), (a - torch.from_numpy(fitted)).float())
    trend = torch.from_numpy(design @ np.random.default_rng(0).normal(size=(6, WIDTH)) * 20)
    torch.testing.assert_close(cleaned(a + trend, GRID, "position").float(), cleaned(a, GRID, "position"), rtol=0, atol=1e-4)


def test_no_cleaning_changes_nothing() -> None:
    a = features()
    assert torch.equal(cleaned(a, GRID), a) and cleaned(a.half(), GRID).dtype == torch.float32


@pytest.mark.parametrize("how", HOW)
@pytest.mark.parametrize("grid", [PatchGrid(1, 1, 14), PatchGrid(1, 5, 14), PatchGrid(2, 2, 14), PatchGrid(9, 2, 14)])
def test_grey_and_tiny_pictures_give_numbers(how: How, grid: PatchGrid) -> None:
    grey = torch.randn(WIDTH).expand(grid.num_patches, WIDTH)
    found = cosine_similarity(cleaned(grey, grid, how), cleaned(grey, grid, how))
    expected = torch.ones_like(found) if how == "as it is" else torch.zeros_like(found)
    torch.testing.assert_close(found, expected, msg="a grey picture has no similarities made of rounding")
    assert cleaned(torch.randn(grid.num_patches, WIDTH), grid, how).isfinite().all()


def test_outliers_are_the_long_patches() -> None:
    a = torch.nn.functional.normalize(features()) * torch.linspace(0.8, 1.2, GRID.num_patches)[:, None]
    assert not outliers(a).any()
    a[[4, 17]] *= 10
    assert outliers(a).nonzero()[:, 0].tolist() == [4, 17]
    assert not outliers(torch.zeros(6, WIDTH)).any()


def test_inputs_that_do_not_fit_give_a_sentence() -> None:
    with pytest.raises(ValueError, match=r"of one width D.*\(40, 7\), \(3, 6\)"):
        cosine_similarity(features(), torch.randn(3, 6))
    with pytest.raises(ValueError, match=r"expected features \(40, D\)"):
        cleaned(features()[1:], GRID, "mean")
    with pytest.raises(ValueError, match="as it is, mean, position; received 'median'"):
        cleaned(features(), GRID, "median")  # type: ignore[arg-type]
