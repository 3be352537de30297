import math
import signal
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import torch
from hypothesis import assume, given
from hypothesis import strategies as st
from torch import Tensor

from attention_core import LayerRecord, PatchGrid, pooled_weights

HEADS, WIDTH = 3, 4


def layer_of(tokens: int, batch: int = 1, key_heads: int = HEADS) -> LayerRecord:
    return LayerRecord(torch.randn(batch, HEADS, tokens, WIDTH), torch.randn(batch, key_heads, tokens, WIDTH), None, 0.7)


def by_loops(weights: Tensor, grid: PatchGrid, num_prefix: int, factor: int) -> Tensor:
    """Return the mean over a cell's queries of the sum over a cell's keys, for weights (H, N, N)."""
    cells = [[token] for token in range(num_prefix)]
    for top in range(0, grid.rows, factor):
        for left in range(0, grid.cols, factor):
            block = [(row, col) for row in range(top, top + factor) for col in range(left, left + factor)]
            cells.append([num_prefix + grid.index(*p) for p in block if p[0] < grid.rows and p[1] < grid.cols])
    rows = [[weights[:, queries][:, :, keys].sum(-1).mean(-1) for keys in cells] for queries in cells]
    return torch.stack([torch.stack(row, -1) for row in rows], -2)


@given(rows=st.integers(1, 9), cols=st.integers(1, 9), num_prefix=st.integers(0, 3), max_patches=st.integers(1, 30))
def test_pooled_weights_equal_loops_over_cells(rows: int, cols: int, num_prefix: int, max_patches: int) -> None:
    assume(rows != cols)
    grid = PatchGrid(rows, cols, 14)
    layer = layer_of(num_prefix + grid.num_patches)
    pooled = pooled_weights(layer, grid, num_prefix, max_patches)
    factor = pooled.factor
    assert pooled.grid == PatchGrid(math.ceil(rows / factor), math.ceil(cols / factor), 14 * factor)
    torch.testing.assert_close(pooled.weights, by_loops(layer.weights()[0], grid, num_prefix, factor))
    torch.testing.assert_close(pooled.weights.sum(-1), torch.ones(HEADS, num_prefix + pooled.grid.num_patches))


@given(rows=st.integers(1, 64), cols=st.integers(1, 64), max_patches=st.integers(1, 400))
def test_the_factor_is_the_smallest_possible(rows: int, cols: int, max_patches: int) -> None:
    assume(rows * cols <= 600)
    grid = PatchGrid(rows, cols, 8)
    pooled = pooled_weights(layer_of(grid.num_patches), grid, max_patches=max_patches)
    assert pooled.grid.num_patches <= max_patches
    finer = pooled.factor - 1
    assert not finer or math.ceil(rows / finer) * math.ceil(cols / finer) > max_patches


def test_a_small_grid_keeps_its_weights() -> None:
    grid = PatchGrid(3, 5, 14)
    layer = layer_of(16)
    pooled = pooled_weights(layer, grid, num_prefix=1, max_patches=15)
    assert (pooled.factor, pooled.grid) == (1, grid)
    torch.testing.assert_close(pooled.weights, layer.weights()[0])


@pytest.mark.parametrize("max_patches", [100, 6])
def test_blocks_of_queries_give_the_same_weights(max_patches: int, monkeypatch: pytest.MonkeyPatch) -> None:
    grid = PatchGrid(5, 7, 14)
    layer = layer_of(37)
    whole = pooled_weights(layer, grid, 2, max_patches)
    monkeypatch.setattr("attention_core.capture.layer_record.BLOCK_ELEMENTS", 4 * HEADS * 37)
    assert len(list(layer.query_blocks())) > 2
    torch.testing.assert_close(pooled_weights(layer, grid, 2, max_patches).weights, whole.weights)


def test_temperature_and_grouped_keys_are_respected() -> None:
    grid = PatchGrid(5, 3, 14)
    layer = layer_of(15, key_heads=1)
    pooled = pooled_weights(layer, grid, max_patches=6, temperature=0.3)
    torch.testing.assert_close(pooled.weights, by_loops(layer.weights(temperature=0.3)[0], grid, 0, pooled.factor))


def test_the_first_image_of_a_batch_is_pooled() -> None:
    grid = PatchGrid(5, 3, 14)
    layer = layer_of(15, batch=2)
    torch.testing.assert_close(pooled_weights(layer, grid, max_patches=6).weights, by_loops(layer.weights()[0], grid, 0, 2))


@pytest.mark.parametrize("num_prefix", [0, 2])
def test_tokens_that_do_not_fit_the_grid_are_refused(num_prefix: int) -> None:
    with pytest.raises(ValueError, match=f"expected {15 + num_prefix} queries and keys .*received 16 and 16"):
        pooled_weights(layer_of(16), PatchGrid(5, 3, 14), num_prefix)


def test_layers_whose_keys_differ_from_queries_are_refused() -> None:
    layer = LayerRecord(torch.randn(1, HEADS, 15, WIDTH), torch.randn(1, HEADS, 4, WIDTH), None, 0.7)
    with pytest.raises(ValueError, match=r"expected 15 queries and keys .*received 15 and 4"):
        pooled_weights(layer, PatchGrid(5, 3, 14))


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    def give_up(*_: object) -> None:
        pytest.fail(f"not done in {seconds} s")

    before = signal.signal(signal.SIGALRM, give_up)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@pytest.mark.parametrize("max_patches", [0, -1])
def test_room_for_no_patch_is_refused(max_patches: int) -> None:
    with at_most(60), pytest.raises(ValueError, match=f"max_patches must be 1 or more, received {max_patches}"):
        pooled_weights(layer_of(15), PatchGrid(5, 3, 14), max_patches=max_patches)
