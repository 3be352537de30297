"""The browser's results about patches equal torch's."""

from __future__ import annotations

from typing import Any, Final

import pytest
import torch
from torch import Tensor
from torch.nn.functional import normalize

from tests.js.node import called

ROWS, COLS, WIDTH = 4, 5, 7
SIMILARITY: Final = "compare/similarity.js"
COLOURS: Final = "compare/colours.js"
GRID: Final = {"rows": ROWS, "cols": COLS}


@pytest.fixture(scope="module")
def features() -> Tensor:
    """Return features (N, D) with a large common part and a drift over the picture."""
    torch.manual_seed(11)
    r, c = torch.meshgrid(torch.linspace(-1, 1, ROWS), torch.linspace(-1, 1, COLS), indexing="ij")
    drift = torch.stack([r * r, c, r * c], -1).view(-1, 3) @ torch.randn(3, WIDTH)
    return torch.randn(ROWS * COLS, WIDTH) + 5 * torch.randn(WIDTH) + 2 * drift


def given(values: Tensor) -> dict[str, list[float]]:
    return {"float32": values.flatten().tolist()}


def cleaned(features: Tensor, how: str, rows: int = ROWS, cols: int = COLS) -> Tensor:
    found = called(SIMILARITY, "cleaned", given(features), {"rows": rows, "cols": cols}, how)
    return torch.tensor(found).view(features.shape)


def residual(features: Tensor, rows: int, cols: int) -> Tensor:
    """Return the residual of least squares by torch's own solver."""
    r = (2 * (torch.arange(rows).double() + 0.5) / rows - 1).repeat_interleave(cols)
    c = (2 * (torch.arange(cols).double() + 0.5) / cols - 1).repeat(rows)
    places = torch.stack([torch.ones_like(r), r, c, r * r, c * c, r * c], 1)
    fit = torch.linalg.lstsq(places, features.double(), driver="gelsd").solution
    return (features.double() - places @ fit).float()


def test_cosines_are_torchs(features: Tensor) -> None:
    units = torch.tensor(called(SIMILARITY, "unitRows", given(features), WIDTH)).view(-1, WIDTH)
    torch.testing.assert_close(units, normalize(features, dim=1))
    others = normalize(torch.randn(9, WIDTH, generator=torch.Generator().manual_seed(2)), dim=1)
    found = called(SIMILARITY, "cosines", given(units), 13, given(others), WIDTH, given(torch.zeros(9)))
    torch.testing.assert_close(torch.tensor(found), others @ units[13], atol=1e-6, rtol=1e-6)


def test_a_patch_equals_itself_and_no_patch_is_similar_to_zeros(features: Tensor) -> None:
    features = features.clone()
    features[3] = 0
    units = given(torch.tensor(called(SIMILARITY, "unitRows", given(features), WIDTH)))
    zeros = given(torch.zeros(ROWS * COLS))
    assert called(SIMILARITY, "cosines", units, 6, units, WIDTH, zeros)[6] == pytest.approx(1, abs=1e-6)
    assert called(SIMILARITY, "cosines", units, 3, units, WIDTH, zeros) == [0] * ROWS * COLS


def test_cleaning_removes_the_mean_and_the_positions_part(features: Tensor) -> None:
    torch.testing.assert_close(cleaned(features, "as-is"), features)
    torch.testing.assert_close(cleaned(features, "mean"), features - features.mean(0), atol=1e-5, rtol=1e-5)
    torch.testing.assert_close(cleaned(features, "position"), residual(features, ROWS, COLS), atol=1e-5, rtol=1e-4)


@pytest.mark.parametrize(("rows", "cols"), [(1, 6), (2, 9), (6, 1)])
def test_a_grid_of_few_rows_leaves_less_and_no_nan(rows: int, cols: int) -> None:
    features = torch.randn(rows * cols, WIDTH, generator=torch.Generator().manual_seed(rows))
    torch.testing.assert_close(cleaned(features, "position", rows, cols), residual(features, rows, cols), atol=1e-5, rtol=1e-4)


@pytest.mark.parametrize("how", ["mean", "position"])
def test_a_grey_picture_has_no_similarities_from_rounding(how: str) -> None:
    grey = torch.full((ROWS * COLS, WIDTH), 0.1) * torch.arange(1, WIDTH + 1)
    assert (cleaned(grey, how) == 0).all()


def test_the_best_two_and_lowes_ratio() -> None:
    values = torch.tensor([0.2, 0.7, -0.3, 0.7, 0.9, 0.1])
    assert called(SIMILARITY, "bestTwo", given(values)) == pytest.approx({"patch": 4, "similarity": 0.9, "second": 0.7})
    assert called(SIMILARITY, "bestTwo", given(values[:4]))["patch"] == 1  # the first of equals
    assert called(SIMILARITY, "bestTwo", given(values[:1]))["second"] == -1
    assert called(SIMILARITY, "ratioOf", 0.9, 0.7) == pytest.approx((0.2 / 0.6) ** 0.5)
    assert called(SIMILARITY, "ratioOf", 1, 1) == 1


def test_components_have_the_colours_of_their_percentiles() -> None:
    torch.manual_seed(4)
    scores, count = torch.randn(60, 8), 8
    scores[:, 2] = 0.5  # without any spread
    mask = torch.arange(60) % 3 > 0
    for kept in (None, mask):
        of = scores if kept is None else scores[kept]
        low, high = torch.quantile(of[:, :3].double(), torch.tensor([0.01, 0.99]).double(), dim=0)
        shares = ((scores[:, :3] - low) / (high - low).masked_fill(high == low, 1)).clamp(0, 1)
        expected = (255 * shares).round().masked_fill(high == low, 128)
        if kept is not None:
            expected = expected.masked_fill(~kept[:, None], 0)
        found = called(COLOURS, "componentColours", given(scores), count, None if kept is None else kept.int().tolist())
        pixels = torch.tensor(found)
        rgb = torch.stack([pixels & 255, pixels >> 8 & 255, pixels >> 16 & 255], 1)
        assert (pixels >> 24 == 255).all()
        assert (rgb - expected).abs().max() <= 1  # 32 and 64 bits may round to different steps


def test_the_ends_of_scales_are_torchs_quantiles() -> None:
    lists = [torch.randn(70), torch.randn(33)]
    found: dict[str, Any] = called(COLOURS, "similarityDomain", [given(each) for each in lists], "robust")
    low, high = torch.quantile(torch.cat(lists), torch.tensor([0.01, 0.995]))
    assert (found["low"], found["high"]) == pytest.approx((low.item(), high.item()), rel=1e-5)
    assert called(COLOURS, "similarityDomain", [given(lists[0])], "linear") == {"low": 0, "high": 1}
    ends = called(COLOURS, "differenceDomain", given(lists[0]))
    assert ends["high"] == -ends["low"] == pytest.approx(lists[0].abs().quantile(0.995).item(), rel=1e-5)


def test_numbers_in_16_bits_are_torchs() -> None:
    values = torch.tensor([0.0, -0.0, 1.0, -2.5, 65504.0, 6e-8, 5.96e-6, 0.1, float("inf"), -float("inf")]).half()
    found = called("maths/halves.js", "fromHalves", values.view(torch.int16).int().bitwise_and(0xFFFF).tolist())
    assert torch.equal(torch.tensor([float(each) for each in found]), values.float())
