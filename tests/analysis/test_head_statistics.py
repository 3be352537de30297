import math
from typing import Any

import pytest
import torch
from torch import Tensor

from attention_core import LayerRecord, PatchGrid
from attention_core.analysis.head_statistics import even_statistics, layer_statistics
from tests.recording.test_record import LargestTensor

BATCH, HEADS, WIDTH = 2, 3, 4
GRID, PREFIX = PatchGrid(3, 5, 14), 2
TOKENS = PREFIX + GRID.num_patches


def layer(queries: int = TOKENS, keys: int = TOKENS, **options: Any) -> LayerRecord:
    q, k = 2 * torch.randn(BATCH, HEADS, queries, WIDTH), 2 * torch.randn(BATCH, HEADS, keys, WIDTH)
    return LayerRecord(**{"q": q, "k": k, "v": None, "scale": 0.5} | options)


def in_the_open(weights: Tensor) -> LayerRecord:
    empty = weights.new_empty(*weights.shape[:3], 0)
    return LayerRecord(empty, empty, None, 1.0, softmaxed=weights)


def by_loops(weights: list[list[float]]) -> tuple[float, float, float]:
    """Return entropy, mean distance and prefix share of one head, computed number by number."""
    entropies, distances, shares = [], [], []
    for query, row in enumerate(weights):
        if sum(row) == 0:
            continue
        entropies.append(sum(-weight * math.log2(weight) for weight in row if weight > 0))
        if query < PREFIX:
            continue
        shares.append(sum(row[:PREFIX]))
        here = divmod(query - PREFIX, GRID.cols)
        far = sum(weight * math.dist(here, divmod(key, GRID.cols)) for key, weight in enumerate(row[PREFIX:]))
        if sum(row[PREFIX:]) > 0:
            distances.append(far / sum(row[PREFIX:]))
    return tuple(sum(each) / len(each) for each in (entropies, distances, shares))  # type: ignore[return-value]


def masked() -> LayerRecord:
    mask = torch.rand(BATCH, HEADS, TOKENS, TOKENS) > 0.5
    mask[:, :, 5] = False  # attends to nothing
    mask[0, 1, 7, PREFIX:] = False  # attends to the prefix only
    mask[0, 1, 7, 0] = True
    return layer(mask=mask)


@pytest.mark.parametrize("make", [layer, masked], ids=["all", "masked"])
@pytest.mark.parametrize("block", [1 << 21, 1, 10 * BATCH * HEADS * TOKENS])
def test_statistics_equal_plain_loops(make: Any, block: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("attention_core.capture.layer_record.BLOCK_ELEMENTS", block)
    it = make()
    found = layer_statistics(it, GRID, PREFIX)
    for image in range(BATCH):
        for head in range(HEADS):
            expected = by_loops(it.weights()[image, head].tolist())
            numbers = [each[image, head].item() for each in (found.entropy, found.mean_distance, found.prefix_share)]
            assert numbers == pytest.approx(expected, abs=1e-5)


def test_even_attention_has_the_entropy_of_all_keys() -> None:
    found = layer_statistics(in_the_open(torch.full((1, 1, TOKENS, TOKENS), 1 / TOKENS)), GRID, PREFIX)
    assert found.entropy.item() == pytest.approx(math.log2(TOKENS), abs=1e-5)
    assert found.prefix_share.item() == pytest.approx(PREFIX / TOKENS, abs=1e-6)


@pytest.mark.parametrize("grid", [GRID, PatchGrid(1, 1, 14), PatchGrid(4, 4, 8)])
@pytest.mark.parametrize("prefix", [0, PREFIX])
def test_statistics_of_even_weights_need_no_weights(grid: PatchGrid, prefix: int) -> None:
    zeros = torch.zeros(1, 1, prefix + grid.num_patches, WIDTH)
    measured, known = layer_statistics(LayerRecord(zeros, zeros, None, 1.0), grid, prefix), even_statistics(grid, prefix)
    assert measured.mean_distance is not None and known.mean_distance is not None
    torch.testing.assert_close(known.entropy, measured.entropy)
    torch.testing.assert_close(known.mean_distance, measured.mean_distance)
    torch.testing.assert_close(known.prefix_share, measured.prefix_share)


def test_self_attention_has_no_distance_and_no_entropy() -> None:
    found = layer_statistics(in_the_open(torch.eye(TOKENS)[None, None]), GRID, PREFIX)
    assert (found.entropy.item(), found.mean_distance.item(), found.prefix_share.item()) == (0, 0, 0)


def test_attention_one_row_down_has_distance_1_on_a_non_square_grid() -> None:
    """Row 2 wraps to row 0, two patches away. This concerns a third of all patches."""
    weights = torch.eye(GRID.num_patches).roll(GRID.cols, 1)[None, None]
    assert layer_statistics(in_the_open(weights), GRID).mean_distance.item() == pytest.approx((1 + 1 + 2) / 3)


def test_a_head_that_attends_to_the_prefix_is_not_local() -> None:
    weights = torch.zeros(1, 1, TOKENS, TOKENS)
    weights[..., 0] = 0.75
    weights[..., TOKENS - 1] = 0.25  # the last patch, (2, 4)
    found = layer_statistics(in_the_open(weights), GRID, PREFIX)
    far = sum(math.dist((row, col), (2, 4)) for row in range(3) for col in range(5)) / 15
    assert found.mean_distance.item() == pytest.approx(far) and found.prefix_share.item() == pytest.approx(0.75)


def test_without_a_grid_there_is_no_distance() -> None:
    it = layer()
    found, with_grid = layer_statistics(it, None, PREFIX), layer_statistics(it, GRID, PREFIX)
    assert found.mean_distance is None and with_grid.mean_distance is not None
    assert torch.equal(found.entropy, with_grid.entropy) and torch.equal(found.prefix_share, with_grid.prefix_share)


def test_shapes_and_ranges() -> None:
    found = layer_statistics(layer(), GRID, PREFIX)
    assert found.mean_distance is not None
    assert found.entropy.shape == found.mean_distance.shape == found.prefix_share.shape == (BATCH, HEADS)
    assert (found.entropy > 0).all() and (found.entropy < math.log2(TOKENS)).all()
    assert (found.mean_distance > 0).all() and (found.mean_distance < math.hypot(2, 4)).all()


def test_without_a_prefix_its_share_is_0() -> None:
    assert (layer_statistics(layer()).prefix_share == 0).all()


def test_every_query_of_a_pooling_layer_counts() -> None:
    it = layer(queries=1)
    found = layer_statistics(it, num_prefix=PREFIX)
    torch.testing.assert_close(found.prefix_share, it.weights()[:, :, 0, :PREFIX].sum(-1))


def test_half_precision_is_computed_in_single() -> None:
    it = layer()
    half = layer_statistics(LayerRecord(it.q.half(), it.k.half(), None, 0.5), GRID, PREFIX)
    assert half.entropy.dtype == torch.float32
    torch.testing.assert_close(half.entropy, layer_statistics(it).entropy, atol=1e-2, rtol=0)


def test_a_layer_recorded_in_inference_mode_is_left_as_it_was() -> None:
    with torch.inference_mode():
        weights = torch.randn(1, 2, 5, 5).softmax(-1)
        q, k = torch.randn(2, 1, 2, 5, 4).unbind(0)
    for it in (in_the_open(weights), LayerRecord(q, k, None, 0.5), LayerRecord(q, k, None, 0.5, is_causal=True)):
        before = it.weights().clone()
        layer_statistics(it)
        assert torch.equal(it.weights(), before)


def test_the_small_entropy_of_a_sharp_head_is_exact() -> None:
    scores = torch.tensor([90.0, 80.0, -200.0]).expand(1, 1, 3, 3)
    it = LayerRecord(torch.ones(1, 1, 3, 1), scores[0, 0, 0].view(1, 1, 3, 1), None, 1.0)
    exact = scores.double().softmax(-1)[0, 0, 0]
    expected = -(exact * exact.clamp_min(1e-300).log2()).sum().item()
    assert layer_statistics(it).entropy.item() == pytest.approx(expected, rel=1e-3) and 0 < expected < 1e-3


def test_a_fully_masked_layer_has_no_statistics() -> None:
    found = layer_statistics(layer(mask=torch.zeros(1, 1, 1, TOKENS, dtype=torch.bool)), GRID, PREFIX)
    assert found.mean_distance is not None
    assert all(each.isnan().all() for each in (found.entropy, found.mean_distance, found.prefix_share))


def test_no_whole_matrix_is_computed() -> None:
    tokens, grid = 6400, PatchGrid(80, 80, 8)
    with LargestTensor() as largest:
        layer_statistics(LayerRecord(torch.randn(1, 1, tokens, 8), torch.randn(1, 1, tokens, 8), None, 0.3), grid)
    assert 0 < largest.elements < tokens**2 / 10


@pytest.mark.parametrize("grid", [PatchGrid(3, 4, 14), PatchGrid(3, 6, 14)])
def test_a_grid_that_does_not_fit_is_refused(grid: PatchGrid) -> None:
    tokens = PREFIX + grid.num_patches
    with pytest.raises(
        ValueError, match=f"expected {tokens} queries and keys for .* after 2 prefix tokens, received 17 and 17"
    ):
        layer_statistics(layer(), grid, PREFIX)
    with pytest.raises(ValueError, match=r"expected 17 queries and keys .* received 1 and 17"):
        layer_statistics(layer(queries=1), GRID, PREFIX)


@pytest.mark.parametrize("num_prefix", [-1, TOKENS])
def test_a_prefix_that_leaves_no_patch_is_refused(num_prefix: int) -> None:
    with pytest.raises(ValueError, match=f"num_prefix must be 0–16 with 17 keys, received {num_prefix}"):
        layer_statistics(layer(), num_prefix=num_prefix)
