"""The browser's measures of heads equal those of the core."""

from __future__ import annotations

from typing import Any, Final

import pytest
import torch
from torch import Tensor

from attention_core import PatchGrid
from attention_core.analysis.head_statistics import even_statistics, layer_statistics
from attention_core.analysis.row_measures import ROW_MEASURES
from attention_core.analysis.similar_heads import similar_heads
from attention_core.capture.layer_record import LayerRecord
from tests.js.node import called, called_each

GRID: Final = PatchGrid(4, 6, 8)
PREFIX, HEADS, WIDTH = 2, 3, 5
TOKENS: Final = PREFIX + GRID.num_patches
NUMBERS: Final = "maths/head_numbers.js"
MEASURES: Final = "maths/row_measures.js"
SHARES: Final = "maths/box_shares.js"
ON_GRID: Final = {"rows": GRID.rows, "cols": GRID.cols}


@pytest.fixture(scope="module")
def layer() -> LayerRecord:
    torch.manual_seed(3)
    q, k = 2 * torch.randn(2, 1, HEADS, TOKENS, WIDTH).unbind(0)[0], torch.randn(1, HEADS, TOKENS, WIDTH)
    return LayerRecord(q=q, k=k, v=None, scale=WIDTH**-0.5)


def given(values: Tensor) -> dict[str, list[float]]:
    return {"float32": values.flatten().tolist()}


def numbers(rows: list[Tensor], tokens: list[int]) -> list[dict[str, float]]:
    """Return every measure of the rows of these tokens."""
    patches = [token - PREFIX for token in tokens]
    apart = iter(called_each(NUMBERS, "distancesFrom", [(patch, ON_GRID) for patch in patches if patch >= 0]))
    distances = [None if patch < 0 else given(torch.tensor(next(apart))) for patch in patches]
    asked = [(given(row), PREFIX, each) for row, each in zip(rows, distances, strict=True)]
    found = [called_each(MEASURES, "ofRow", [(name, *each) for each in asked]) for name in ROW_MEASURES]
    return [dict(zip(ROW_MEASURES, each, strict=True)) for each in zip(*found, strict=True)]


def test_the_mean_over_queries_is_what_the_core_measures(layer: LayerRecord) -> None:
    expected = layer_statistics(layer, GRID, PREFIX)
    found = numbers(list(layer.weights(head=1)[0]), list(range(TOKENS)))
    assert found[0]["mean_distance"] == "NaN", "a token that is no patch looks from nowhere"
    for name, means in expected.means.items():
        counted = found if name == "entropy" else found[PREFIX:]
        mean = sum(each[name] for each in counted) / len(counted)
        assert mean == pytest.approx(means[0, 1].item(), rel=1e-5), name


def test_closed_forms_of_one_row() -> None:
    (even,) = numbers([torch.full((TOKENS,), 1 / TOKENS)], [PREFIX + 7])
    assert even["entropy"] == pytest.approx(torch.tensor(float(TOKENS)).log2().item(), abs=1e-6)
    assert even["prefix_share"] == pytest.approx(PREFIX / TOKENS)
    one = torch.zeros(TOKENS)
    one[PREFIX + GRID.index(3, 5)] = 1
    (found,) = numbers([one], [PREFIX + GRID.index(0, 1)])
    assert [found[name] for name in ("mean_distance", "entropy", "prefix_share")] == [5, 0, 0]
    on_prefix = torch.zeros(TOKENS)
    on_prefix[0] = 1
    assert numbers([on_prefix], [PREFIX])[0]["mean_distance"] == "NaN"


def test_measures_of_an_even_head_are_the_cores() -> None:
    expected = even_statistics(GRID, PREFIX)
    found = called_each(MEASURES, "evenOf", [(name, ON_GRID, PREFIX, None) for name in expected.means])
    assert found == pytest.approx([means.item() for means in expected.means.values()], rel=1e-6)
    assert called(MEASURES, "evenOf", "contribution", ON_GRID, PREFIX, None) is None
    distances = called(NUMBERS, "distancesFrom", 7, ON_GRID)
    for_query = called(MEASURES, "evenOf", "mean_distance", ON_GRID, PREFIX, given(torch.tensor(distances)))
    assert for_query == pytest.approx(sum(distances) / len(distances))


def test_likeness_is_1_minus_the_cores_divergence(layer: LayerRecord) -> None:
    expected = similar_heads([layer], 0, 2)[0]
    rows = [layer.weights(head=head)[0] for head in range(HEADS)]
    for head in range(HEADS):
        likeness = [called(NUMBERS, "likenessOf", given(rows[2][token]), given(rows[head][token])) for token in range(TOKENS)]
        assert 1 - sum(likeness) / TOKENS == pytest.approx(expected[head].item(), abs=1e-5)
    apart = torch.zeros(2, TOKENS)
    apart[0, 1] = apart[1, 3] = 1
    assert called(NUMBERS, "likenessOf", given(apart[0]), given(apart[1])) == pytest.approx(0)


@pytest.mark.parametrize("temperature", [1.0, 0.4])
@pytest.mark.parametrize("box", [(1, 2, 2, 3), (0, 0, 4, 5), (3, 5, 1, 1)])  # the second is the larger part of the picture
def test_the_share_of_a_box_over_all_queries_outside_is_the_mean_of_rows(
    layer: LayerRecord, box: tuple[int, int, int, int], temperature: float
) -> None:
    row, col, rows, cols = box
    inside = torch.zeros(GRID.rows, GRID.cols, dtype=torch.bool)
    inside[row : row + rows, col : col + cols] = True
    inside = torch.cat([torch.zeros(PREFIX, dtype=torch.bool), inside.flatten()])
    outside = ~inside
    outside[:PREFIX] = False
    task = called(SHARES, "boxTask", {"row": row, "col": col, "rows": rows, "cols": cols}, ON_GRID, PREFIX)
    assert len(task["keys"]) <= TOKENS / 2 and task["queries"] == outside.nonzero().flatten().tolist()
    record: dict[str, Any] = {"q": given(layer.q), "k": given(layer.k), "numTokens": TOKENS, "headDim": WIDTH}
    record["scale"] = layer.scale
    sums = layer.logsumexp(temperature)[0]
    weights = (layer.scores() / temperature).softmax(-1)[0]
    for head in range(HEADS):
        vectors = given(torch.tensor(called(SHARES, "gathered", record, head, task["keys"])))
        parts = ((0, 3), (3, len(task["queries"])))
        args = (record, given(sums), head, task, vectors)
        found = sum(called(SHARES, "sumOfWeights", *args, *part, temperature) for part in parts)
        share = called(SHARES, "shareOfBox", found, task)
        assert share == pytest.approx(weights[head][outside][:, inside].sum(-1).mean().item(), rel=1e-5)
