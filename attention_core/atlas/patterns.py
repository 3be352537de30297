"""A head's pattern on one coarse grid for all pictures, its mean over pictures, and how near a picture's pattern is to that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import torch
from torch import Tensor

from attention_core.capture.workspace import Workspace
from attention_core.images.patch_grid import PatchGrid

CELLS: Final = 8
"""Cells a side, whatever the grid: patterns of pictures of any shape can be compared."""


class Cells:
    """M cells for the N tokens of one grid: prefix tokens, then CELLS × CELLS equal parts of the image.

    A patch that lies in several cells counts in each for the share of its area that lies there. workspace: for sums on the way.
    """

    def __init__(
        self, grid: PatchGrid, num_prefix: int, device: torch.device, dtype: torch.dtype, workspace: Workspace
    ) -> None:
        down, aside = (_overlaps(length) for length in (grid.rows, grid.cols))
        cells = torch.kron(down, aside)  # (CELLS², patches): which share of a patch lies in the cell
        shares = cells.new_zeros(num_prefix + len(cells), num_prefix + grid.num_patches)  # (M, N)
        shares[:num_prefix, :num_prefix].fill_diagonal_(1.0)
        shares[num_prefix:, num_prefix:] = cells
        self.shares = shares.to(device, dtype)
        self.keys = self.shares.T.contiguous()
        self.sizes = self.shares.sum(1)  # (M,), in tokens
        self._down, self._aside = (overlaps.to(device, dtype) for overlaps in (down, aside))  # (CELLS, rows), (CELLS, cols)
        self._grid, self._num_prefix = grid, num_prefix
        self._workspace = workspace

    def rows(self, queries: slice, weights: Tensor) -> Tensor:
        """What these queries, of weights (B, H, n, N), add to the sums of their cells, (B, H, M, N).

        With all queries these lie in the workspace, until the next are asked for.
        """
        if weights.shape[2] < weights.shape[3]:
            return self.shares[:, queries] @ weights
        prefix = self._num_prefix
        summed = self._workspace.empty("rows of cells", weights, *weights.shape[:2], len(self.sizes), weights.shape[3])
        summed[:, :, :prefix] = weights[:, :, :prefix]
        add = self._fold if self._has_whole_patches else self._multiply
        add(weights[:, :, prefix:], summed[:, :, prefix:])
        return summed

    def columns(self, rows: Tensor, out: Tensor) -> Tensor:
        """The sums over the keys of each cell, into `out` (B, H, M, M), of rows (B, H, M, N)."""
        if not self._has_whole_patches:
            return torch.matmul(rows, self.keys, out=out)
        lead, prefix, cols = rows.shape[:3], self._num_prefix, self._grid.cols
        lines = rows[..., prefix:].view(*lead, CELLS, self._grid.rows // CELLS, cols).unbind(-2)
        out[..., :prefix] = rows[..., :prefix]
        summed = _sum(lines, self._workspace.empty("lines of columns", rows, *lead, CELLS, cols))
        parts = torch.matmul(summed, self._aside.T, out=self._workspace.empty("parts of columns", rows, *lead, CELLS, CELLS))
        out[..., prefix:] = parts.flatten(-2)
        return out

    @property
    def _has_whole_patches(self) -> bool:
        return self._grid.rows % CELLS == self._grid.cols % CELLS == 0

    def _fold(self, patches: Tensor, cells: Tensor) -> None:
        """(B, H, CELLS², N) from (B, H, patches, N), where each cell has whole patches: by sums of neighbours."""
        batch, heads, _, keys = patches.shape
        by_row = patches.view(batch, heads, CELLS, -1, self._grid.cols * keys).unbind(3)
        lines = _sum(by_row, self._workspace.empty("lines of rows", patches, batch, heads, CELLS, self._grid.cols * keys))
        parts = lines.view(batch, heads, CELLS, CELLS, -1, keys).unbind(4)
        _sum(parts, cells.view(batch, heads, CELLS, CELLS, keys))

    def _multiply(self, patches: Tensor, cells: Tensor) -> None:
        """The same of any grid: rows of patches first, for a product with both at once has five times the terms."""
        batch, heads, _, keys = patches.shape
        (rows, cols), every = (self._grid.rows, self._grid.cols), batch * heads
        by_row = patches.view(batch, heads, rows, cols * keys).flatten(0, 1)
        lines = self._workspace.empty("lines of rows", patches, every, CELLS, cols * keys)
        torch.bmm(self._down.expand(every, -1, -1), by_row, out=lines)
        parts = self._workspace.empty("parts of lines", patches, every * CELLS, CELLS, keys)
        torch.bmm(self._aside.expand(len(parts), -1, -1), lines.view(-1, cols, keys), out=parts)
        cells.copy_(parts.view_as(cells))


class PooledPattern:
    """The pattern of every head, (B, H, M, M), on cells, from weights block by block.

    A row is the mean over the queries of its cell, an entry the sum over the keys of its cell, so that rows sum to 1.
    """

    def __init__(self, cells: Cells) -> None:
        self._cells = cells
        self._rows: Tensor | None = None

    def add(self, queries: slice, weights: Tensor) -> None:
        """weights (B, H, n, N) of these queries."""
        rows = self._cells.rows(queries, weights)
        self._rows = rows if self._rows is None else self._rows.add_(rows)

    def value(self, out: Tensor) -> Tensor:
        """Once all queries were added, into `out` (B, H, M, M)."""
        if self._rows is None:
            raise ValueError("no weights were added")
        return self._cells.columns(self._rows, out).div_(self._cells.sizes[:, None])


def _sum(parts: Sequence[Tensor], out: Tensor | None = None) -> Tensor:
    """The sum of a few tensors, each in one piece; torch's own sum over a short axis takes ten times as long."""
    if len(parts) == 1:
        return parts[0] if out is None else out.copy_(parts[0])
    summed: Tensor = torch.add(parts[0], parts[1], out=out)
    for part in parts[2:]:
        summed.add_(part)
    return summed


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

    def similarity(self, layer: int, pattern: Tensor, workspace: Workspace | None = None) -> Tensor | None:
        """How near each image's pattern (B, H, M, M) is to the head's mean, (B, H); None where the layer has none.

        1 less the Jensen-Shannon divergence (Lin 1991) in bits between the two rows of a cell, mean over rows: 1 where they are
        the same, 0 where no key has weight in both. workspace: for what is computed on the way.
        """
        mean = self.layers.get(layer)
        if mean is None or mean.shape != pattern.shape[1:]:
            return None
        mean, workspace = mean.to(pattern), workspace or Workspace()
        between = workspace.empty("between patterns", pattern)
        torch.add(pattern, mean, out=between).div_(2)
        apart = _bits(between, workspace) - (_bits(pattern, workspace) + _bits(mean, workspace)) / 2  # (B, H, M)
        near: Tensor = (1 - apart.mean(-1)).clamp(0, 1)
        return near


def _bits(rows: Tensor, workspace: Workspace) -> Tensor:
    """Entropy along the last axis, in bits. By log2: of torch's own entr a processor computes one number at a time."""
    logs = workspace.empty("logs of patterns", rows)
    torch.clamp_min(rows, torch.finfo(rows.dtype).tiny, out=logs)
    return -logs.log2_().mul_(rows).sum(-1)
