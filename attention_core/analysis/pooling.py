"""Large patterns, the matrices of weights of heads, pooled so that rows still sum to 1."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from attention_core.capture.layer_record import LayerRecord
from attention_core.images.patch_grid import PatchGrid, cell_of_token
from attention_core.maths.attention import softmax


@dataclass(frozen=True)
class PooledWeights:
    """weights (H, M, M) over prefix tokens and then `grid`, whose cells cover `factor` × `factor` patches each.

    A row is the mean over the queries of its cell, an entry the sum over the keys of its cell: rows still sum to 1.
    counts (M): the tokens in each cell, fewer at the right and bottom edge where the factor does not divide the grid.
    """

    weights: Tensor
    grid: PatchGrid
    factor: int
    counts: Tensor

    @property
    def means(self) -> Tensor:
        """(H, M, M): the mean weight with which a query of one cell attends to a key of another."""
        return self.weights / self.counts


def pooled_weights(
    layer: LayerRecord, grid: PatchGrid, num_prefix: int = 0, max_patches: int = 400, temperature: float = 1.0
) -> PooledWeights:
    """The patterns of the first image in `layer`, pooled over square blocks of patches.

    They are computed in blocks of queries, in O(H·N·M) memory. On a grid that is small enough they are exact, with a factor
    of 1.

    Args:
        layer: whose queries and keys are `num_prefix` tokens and the patches of `grid`.
        grid: of the layer's patches.
        num_prefix: the number of tokens before the first patch.
        max_patches: the most cells that remain.
        temperature: as in `maths.attention.softmax`.

    Raises:
        ValueError: where tokens and grid do not match, or max_patches is below 1.
    """
    if max_patches < 1:
        raise ValueError(f"max_patches must be 1 or more, received {max_patches}")
    tokens = num_prefix + grid.num_patches
    if (layer.num_queries, layer.num_keys) != (tokens, tokens):
        raise ValueError(f"expected {tokens} queries and keys for {grid}, received {layer.num_queries} and {layer.num_keys}")
    factor = _smallest_factor(grid, max_patches)
    coarse = PatchGrid(math.ceil(grid.rows / factor), math.ceil(grid.cols / factor), grid.patch_size * factor)
    cell = cell_of_token(grid, coarse, factor, num_prefix, layer.q.device)  # (N,)
    count = num_prefix + coarse.num_patches
    pooled = torch.zeros(layer.num_heads, count, count, device=layer.q.device)
    for index in layer.query_blocks():
        rows = softmax(layer.scores(index)[0], temperature).float()  # (H, n, N)
        if factor == 1:
            pooled[:, index] = rows
        else:
            summed = torch.zeros(*rows.shape[:2], count, device=rows.device).index_add_(2, cell, rows)
            pooled.index_add_(1, cell[index], summed)
    counts = cell.bincount(minlength=count)
    return PooledWeights(pooled / counts[None, :, None], coarse, factor, counts)


def _smallest_factor(grid: PatchGrid, max_patches: int) -> int:
    factor = 1
    while math.ceil(grid.rows / factor) * math.ceil(grid.cols / factor) > max_patches:
        factor += 1
    return factor
