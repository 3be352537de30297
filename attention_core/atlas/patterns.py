"""A head's pattern on one coarse grid for all pictures, its mean over pictures, and how near a picture's pattern is to that."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import torch
from torch import Tensor

from attention_core.images.patch_grid import PatchGrid

CELLS: Final = 8
"""Cells a side, whatever the grid: patterns of pictures of any shape can be compared."""


class Cells:
    """M cells for the N tokens of one grid: prefix tokens, then CELLS × CELLS equal parts of the image.

    A patch that lies in several cells counts in each for the share of its area that lies there.
    """

    def __init__(self, grid: PatchGrid, num_prefix: int, device: torch.device, dtype: torch.dtype) -> None:
        down, aside = (_overlaps(length) for length in (grid.rows, grid.cols))
        cells = torch.kron(down, aside)  # (CELLS², patches): which share of a patch lies in the cell
        shares = cells.new_zeros(num_prefix + len(cells), num_prefix + grid.num_patches)  # (M, N)
        shares[:num_prefix, :num_prefix].fill_diagonal_(1.0)
        shares[num_prefix:, num_prefix:] = cells
        self.shares = shares.to(device, dtype)
        self.keys = self.shares.T.contiguous()
        self.sizes = self.shares.sum(1)  # (M,), in tokens
        self._grid, self._num_prefix = grid, num_prefix

    def rows(self, queries: Tensor, weights: Tensor) -> Tensor:
        """What these queries (n,), of weights (B, H, n, N), add to the sums of their cells, (B, H, M, N)."""
        grid = self._grid
        if len(queries) == weights.shape[-1] and grid.rows % CELLS == grid.cols % CELLS == 0:
            return self._folded(weights)
        return self.shares[:, queries] @ weights

    def _folded(self, weights: Tensor) -> Tensor:
        """The same where each cell has whole patches: a tenth of the time, by sums of neighbours."""
        (batch, heads, _, keys), prefix, cols = weights.shape, self._num_prefix, self._grid.cols
        patches = weights[:, :, prefix:].view(batch, heads, CELLS, -1, cols * keys)
        lines = weights.new_empty(batch, heads, CELLS, cols * keys)
        _sum_into(lines, patches.unbind(3))
        summed = weights.new_empty(batch, heads, len(self.sizes), keys)
        summed[:, :, :prefix] = weights[:, :, :prefix]
        cells = summed[:, :, prefix:].view(batch, heads, CELLS, CELLS, keys)
        _sum_into(cells, lines.view(batch, heads, CELLS, CELLS, -1, keys).unbind(4))
        return summed


class PooledPattern:
    """The pattern of every head, (B, H, M, M), on cells, from weights block by block.

    A row is the mean over the queries of its cell, an entry the sum over the keys of its cell, so that rows sum to 1.
    """

    def __init__(self, cells: Cells) -> None:
        self._cells = cells
        self._rows: Tensor | None = None

    def add(self, queries: Tensor, weights: Tensor) -> None:
        """weights (B, H, n, N) of these queries (n,)."""
        rows = self._cells.rows(queries, weights)
        self._rows = rows if self._rows is None else self._rows.add_(rows)

    def value(self) -> Tensor:
        """Once all queries were added."""
        if self._rows is None:
            raise ValueError("no weights were added")
        pooled: Tensor = self._rows @ self._cells.keys
        return pooled.div_(self._cells.sizes[:, None])


def _sum_into(out: Tensor, parts: Sequence[Tensor]) -> None:
    """The sum of a few tensors, each in one piece; torch's own sum over a short axis takes ten times as long."""
    torch.add(parts[0], parts[1], out=out) if len(parts) > 1 else out.copy_(parts[0])
    for part in parts[2:]:
        out.add_(part)


def _overlaps(length: int) -> Tensor:
    """(CELLS, length): which share of each of `length` places lies in each of CELLS equal parts; columns sum to 1."""
    places = torch.arange(length + 1).double() / length
    parts = torch.arange(CELLS + 1).double() / CELLS
    ends = torch.minimum(parts[1:, None], places[1:])
    starts = torch.maximum(parts[:-1, None], places[:-1])
    return (ends - starts).clamp_min(0) * length


@dataclass(frozen=True)
class MeanPatterns:
    """Of every layer that has one, the mean pattern of its heads over pictures, (H, M, M); rows sum to 1."""

    layers: dict[int, Tensor]

    @classmethod
    def over(cls, pictures: Sequence[dict[int, Tensor]]) -> MeanPatterns:
        """The mean of the patterns of pictures, by layer. Raises ValueError where there is no picture."""
        if not pictures:
            raise ValueError("a mean pattern needs at least one picture")
        summed: dict[int, Tensor] = {}
        for patterns in pictures:
            for layer, pattern in patterns.items():
                summed[layer] = summed.get(layer, 0.0) + pattern.double()
        return cls({layer: (total / len(pictures)).float() for layer, total in summed.items()})

    def similarity(self, layer: int, pattern: Tensor) -> Tensor | None:
        """How near each image's pattern (B, H, M, M) is to the head's mean, (B, H); None where the layer has none.

        1 less the Jensen-Shannon divergence (Lin 1991) in bits between the two rows of a cell, mean over rows: 1 where they are
        the same, 0 where no key has weight in both.
        """
        mean = self.layers.get(layer)
        if mean is None or mean.shape != pattern.shape[1:]:
            return None
        mean = mean.to(pattern)
        apart = _bits((pattern + mean) / 2) - (_bits(pattern) + _bits(mean)) / 2  # (B, H, M)
        near: Tensor = (1 - apart.mean(-1)).clamp(0, 1)
        return near


def _bits(rows: Tensor) -> Tensor:
    """Entropy along the last axis, in bits."""
    bits: Tensor = torch.special.entr(rows).sum(-1) / math.log(2)
    return bits
