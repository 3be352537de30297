from __future__ import annotations

import math
from pathlib import Path

import pytest
import torch

from attention_core import AttentionRecord, LayerRecord, PatchGrid, load_model
from attention_core.analysis.sinks import attention_sinks, outlying_patches, received_weights

PHOTOS = Path(__file__).parents[2] / "assets/photos"
BATCH, HEADS, WIDTH = 2, 3, 4
GRID, PREFIX = PatchGrid(6, 9, 14), 2
TOKENS = PREFIX + GRID.num_patches


def layer(batch: int = 1, tokens: int = TOKENS, mask: torch.Tensor | None = None) -> LayerRecord:
    q, k = torch.randn(2, batch, HEADS, tokens, WIDTH)
    return LayerRecord(q, k, None, 0.5, mask)


@pytest.mark.parametrize("block", [1 << 21, 1])
def test_received_weights_are_the_means_of_columns(block: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("attention_core.capture.layer_record.BLOCK_ELEMENTS", block)
    it = layer(BATCH)
    torch.testing.assert_close(received_weights(it), it.weights().mean(2))
    mask = torch.ones(BATCH, 1, TOKENS, TOKENS, dtype=torch.bool)
    mask[:, :, 7] = False
    torch.testing.assert_close(received_weights(layer(BATCH, mask=mask)).sum(-1), torch.full((BATCH, HEADS), 1 - 1 / TOKENS))


def test_even_weights_have_neither_sinks_nor_outliers() -> None:
    even = LayerRecord(torch.zeros(1, HEADS, TOKENS, WIDTH), torch.randn(1, HEADS, TOKENS, WIDTH), None, 0.5)
    assert attention_sinks(even, GRID, PREFIX) == []
    assert outlying_patches(received_weights(even)[0].mean(0), GRID, PREFIX) == []
    assert outlying_patches(torch.full((4,), 0.25), PatchGrid(2, 2, 14)) == [], "a quarter of the row, and no more than others"


def test_a_patch_with_all_weight_of_a_head_is_its_sink() -> None:
    it = layer()
    token = PREFIX + GRID.index(4, 7)
    it.q[:, 1] = 1.0
    it.k[:, 1, token] = 30.0
    it.k[:, 2, 0], it.q[:, 2] = 30.0, 1.0  # a prefix token that takes everything is not counted
    (sink,) = attention_sinks(it, GRID, PREFIX)
    assert (sink.row, sink.col, sink.head) == (4, 7, 1)
    assert sink.share == pytest.approx(it.weights()[0, 1, :, token].mean().item())


def test_outliers_have_their_share_and_their_multiple_of_the_median() -> None:
    weights = torch.full((TOKENS,), 0.5)
    weights[PREFIX + GRID.index(2, 3)] = 20.0
    weights[PREFIX + GRID.index(5, 8)] = 8.0
    weights[PREFIX + GRID.index(0, 1)] = 4.9  # 9.8 times the median
    weights[0] = 30.0
    first, second = outlying_patches(weights, GRID, PREFIX)
    assert ((first.row, first.col), (second.row, second.col)) == ((2, 3), (5, 8))
    assert first.times == pytest.approx(40) and first.share == pytest.approx(20 / weights.sum().item())
    assert outlying_patches(weights, GRID, PREFIX, query=PREFIX + GRID.index(2, 3)) == [second]
    assert outlying_patches(weights, GRID, PREFIX, query=1) == [first, second]
    weights[1] = 600.0
    assert [each.times for each in outlying_patches(weights, GRID, PREFIX)] == [first.times], "the other has 1.2 % now"


def test_only_the_share_counts_beside_patches_without_weight() -> None:
    weights = torch.zeros(GRID.num_patches)
    assert outlying_patches(weights, GRID) == []
    weights[3] = 1.0
    (outlier,) = outlying_patches(weights, GRID)
    assert (outlier.row, outlier.col, outlier.share, outlier.times) == (0, 3, 1.0, math.inf)


def test_other_tokens_are_refused() -> None:
    with pytest.raises(ValueError, match=r"expected \(56,\) for PatchGrid.*after 2 prefix tokens, received \(55,\)"):
        outlying_patches(torch.rand(55), GRID, PREFIX)
    with pytest.raises(ValueError, match=r"expected \(1, 56, 56\) for .*, received \(2, 56, 56\)"):
        attention_sinks(layer(BATCH), GRID, PREFIX)


PLACES = {"astronaut": [(27, 14)], "cat": [(15, 13)], "coffee": [(22, 2)], "rocket": [(10, 4), (21, 4)]}


@pytest.fixture(scope="module", params=PLACES)
def recorded(request: pytest.FixtureRequest) -> tuple[str, AttentionRecord, PatchGrid]:
    return request.param, *load_model("dinov2-small").record(PHOTOS / f"{request.param}.jpg", keep_v=False)


def test_the_photographs_rollouts_are_dominated_by_the_sinks_of_one_head(
    recorded: tuple[str, AttentionRecord, PatchGrid],
) -> None:
    photo, record, grid = recorded
    for query in (0, 1 + grid.index(grid.rows // 2, grid.cols // 2)):
        found = outlying_patches(record.rollout(query)[0], grid, 1, query)
        assert sorted((each.row, each.col) for each in found) == PLACES[photo]
        assert all(0.029 < each.share < 0.085 for each in found)
    sinks = [(at, sink) for at, layer in enumerate(record.layers) for sink in attention_sinks(layer, grid, 1)]
    assert sorted((sink.row, sink.col) for _, sink in sinks) == PLACES[photo]
    assert {(at, sink.head) for at, sink in sinks} == {(0, 5)}


def test_no_other_layer_is_dominated() -> None:
    record, grid = load_model("dinov2-small").record(PHOTOS / "cat.jpg", keep_v=False)
    found = [outlying_patches(received_weights(layer)[0].mean(0), grid, 1) for layer in record.layers]
    assert found[0] and not any(found[1:])


def test_random_heads_have_no_sinks() -> None:
    record, grid = load_model("random-heads").record(PHOTOS / "cat.jpg", keep_v=False)
    assert attention_sinks(record.layers[0], grid) == []
