"""The browser's arithmetic equals torch's."""

from __future__ import annotations

from typing import Any, Final

import pytest
import torch
from torch import Tensor

from attention_core import attention
from attention_core.export.colour_maps import COLOUR_MAPS, SCALES, colour_domain, coloured
from tests.js.node import called

HEADS, TOKENS, WIDTH = 3, 7, 6  # a width that is not a multiple of four
SCALE: Final = 0.3
MATHS: Final = "maths/attention_math.js"
COLOURS: Final = "figures/colour_maps.js"


@pytest.fixture(scope="module")
def q_and_k() -> tuple[Tensor, Tensor]:
    """Return q and k, (H, N, d) each."""
    torch.manual_seed(5)
    return torch.randn(HEADS, TOKENS, WIDTH), torch.randn(HEADS, TOKENS, WIDTH)


def given(values: Tensor) -> dict[str, list[float]]:
    return {"float32": values.flatten().tolist()}


def record(q: Tensor, k: Tensor) -> dict[str, Any]:
    return {"q": given(q), "k": given(k), "numTokens": TOKENS, "headDim": WIDTH, "scale": SCALE}


@pytest.mark.parametrize("temperature", [1.0, 0.25])
def test_a_row_is_torchs(q_and_k: tuple[Tensor, Tensor], temperature: float) -> None:
    row = called(MATHS, "attentionRow", record(*q_and_k), 2, 5, temperature, given(torch.zeros(TOKENS)))
    expected = attention(*q_and_k, q_and_k[1], scale=SCALE, temperature=temperature).weights[2, 5]
    torch.testing.assert_close(torch.tensor(row), expected, atol=1e-6, rtol=1e-5)


@pytest.mark.parametrize("temperature", [1.0, 0.25])
def test_a_column_is_torchs(q_and_k: tuple[Tensor, Tensor], temperature: float) -> None:
    q, k = q_and_k
    logsumexp = (q @ k.mT * SCALE / temperature).logsumexp(-1)
    column = called(MATHS, "attentionColumn", record(q, k), given(logsumexp), 1, 4, temperature, given(torch.zeros(TOKENS)))
    expected = attention(q, k, k, scale=SCALE, temperature=temperature).weights[1, :, 4]
    torch.testing.assert_close(torch.tensor(column), expected, atol=1e-6, rtol=1e-5)


def test_rows_and_columns_are_exact_where_scores_are_large_and_the_temperature_is_low() -> None:
    torch.manual_seed(7)
    q = 20 * torch.randn(HEADS, TOKENS, WIDTH)
    k = 20 * torch.randn(HEADS, 1, WIDTH) + 0.02 * torch.randn(HEADS, TOKENS, WIDTH)  # all very similar
    scores = q.double() @ k.double().mT * SCALE / 0.05
    assert scores.abs().max() > 5e3 and scores.softmax(-1)[0, 2].max() < 0.99
    row = called(MATHS, "attentionRow", record(q, k), 0, 2, 0.05, given(torch.zeros(TOKENS)))
    torch.testing.assert_close(torch.tensor(row, dtype=torch.float32), scores.softmax(-1)[0, 2].float(), atol=1e-6, rtol=1e-5)
    sums = {"float64": scores.logsumexp(-1).flatten().tolist()}
    column = called(MATHS, "attentionColumn", record(q, k), sums, 0, 2, 0.05, given(torch.zeros(TOKENS)))
    torch.testing.assert_close(
        torch.tensor(column, dtype=torch.float32), scores.softmax(-1)[0, :, 2].float(), atol=1e-6, rtol=1e-5
    )


@pytest.mark.parametrize("temperature", [1.0, 0.25, 2.5])
def test_the_sums_of_rows_are_torchs_in_any_slices(q_and_k: tuple[Tensor, Tensor], temperature: float) -> None:
    q, k = q_and_k
    expected = (q.double() @ k.double().mT * SCALE / temperature).logsumexp(-1)
    found = {"float64": [0.0] * expected.numel()}
    for head in range(HEADS):
        for rows in ((0, 3), (3, TOKENS)):
            asked = (record(q, k), head, *rows, temperature, found)
            found = {"float64": called(MATHS, "logSumExpOfRows", *asked)}
    torch.testing.assert_close(
        torch.tensor(found["float64"], dtype=torch.float64).view(HEADS, TOKENS), expected, rtol=1e-6, atol=1e-6
    )


def test_heads_are_combined_as_torch_does(q_and_k: tuple[Tensor, Tensor]) -> None:
    rows = attention(*q_and_k, q_and_k[1]).weights[:, 0]
    for how, expected in (("mean", rows.mean(0)), ("max", rows.amax(0))):
        combined = called(MATHS, "combineHeads", list(map(given, rows)), how, given(torch.zeros(TOKENS)))
        torch.testing.assert_close(torch.tensor(combined), expected)


def test_entropy_and_the_largest_are_torchs(q_and_k: tuple[Tensor, Tensor]) -> None:
    weights = attention(*q_and_k, q_and_k[1]).weights[0, 1]
    expected = -(weights * weights.log2()).sum().item()
    assert called(MATHS, "entropyBits", given(weights)) == pytest.approx(expected, abs=1e-6)
    assert called(MATHS, "largest", given(weights), 4) == weights.topk(4).indices.tolist()


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("colour_map", COLOUR_MAPS)
def test_weights_have_the_colours_of_files(colour_map: str, scale: str) -> None:
    torch.manual_seed(6)
    weights = (torch.randn(300) * 3).softmax(0)
    domain = called(COLOURS, "colourDomain", given(weights), scale)
    assert (domain["low"], domain["high"]) == pytest.approx(colour_domain(weights, scale), rel=1e-5)
    pixels = torch.tensor(called("../tests/js/painted.js", "painted", given(weights), domain, scale, colour_map))
    rgb = torch.stack([pixels & 255, pixels >> 8 & 255, pixels >> 16 & 255], 1)
    different = (rgb != coloured(weights, scale, colour_map)).any(1)
    assert (pixels >> 24 == 255).all()
    assert different.sum() <= 3  # of 300: 32 and 64 bits may round to different steps
