"""The measures of heads that follow from rows of weights: a number for each query, whose mean over queries is the head's.

A new one is a function here, an entry of `ROW_MEASURES`, and its description in assets/data/measures.json under that name.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import torch
from torch import Tensor

from attention_core.images.patch_grid import PatchGrid


@dataclass(frozen=True, eq=False)
class WeightRows:
    """The weights of some queries.

    Attributes:
        weights: (B, H, n, Nk); a row without any weight is all 0.
        nats: the entropy of each row, (B, H, n), which comes with the softmax.
        seen: which rows have any weight, (B, H, n); None for all.
        queries: the numbers of these queries.
        skipped: how many of them come before the first patch.
        num_prefix: tokens before the first patch, among the keys.
        grid: the patches; None if keys are not the patches of one grid.
        spare: as large as `weights`; any measure may write over it.
    """

    weights: Tensor
    nats: Tensor
    seen: Tensor | None
    queries: slice
    skipped: int
    num_prefix: int
    grid: PatchGrid | None
    spare: Tensor

    @property
    def of_patches(self) -> Tensor:
        """The rows of patches alone."""
        return self.weights[:, :, self.skipped :]

    @property
    def seen_of_patches(self) -> Tensor | None:
        """As `seen`, of the rows of patches."""
        return None if self.seen is None else self.seen[..., self.skipped :]

    @property
    def patches(self) -> slice:
        """The numbers of the rows of patches on the grid."""
        return slice(self.queries.start + self.skipped - self.num_prefix, self.queries.stop - self.num_prefix)


PerQuery = tuple[Tensor, Tensor | None]
"""Values (B, H, m) of m queries, and which of them count; None for all. Values that do not count are 0."""


@dataclass(frozen=True)
class RowMeasure:
    """How a measure is computed.

    Attributes:
        of_rows: the number of each query; None if it cannot be measured, which depends on the layer alone.
        even: what a head has that attends to all tokens alike, with this grid and so many prefix tokens; None if it is unknown.
        per: divides the mean, to convert its unit once.
    """

    of_rows: Callable[[WeightRows], PerQuery | None]
    even: Callable[[PatchGrid, int], float] | None = None
    per: float = 1.0


def entropy(rows: WeightRows) -> PerQuery:
    """Return the entropy of each row: 0 if one key has all the weight, log Nk if all keys have the same."""
    return rows.nats, rows.seen


def mean_distance(rows: WeightRows) -> PerQuery | None:
    """Return how far each patch looks: from its centre to those of patches, weighted by the weights on them, in patches.

    The mean attention distance of Dosovitskiy et al. 2021 (figure 7) and Raghu et al. 2021 (figure 1). A patch's weights on
    patches are first made to sum to 1, so that a head that attends to the prefix does not count as one that attends nearby.
    """
    if rows.grid is None:
        return None
    to_patches = rows.of_patches[..., rows.num_prefix :]
    on_patches = to_patches.sum(-1)
    far = rows.spare[:, :, rows.skipped :, rows.num_prefix :]
    torch.mul(to_patches, _distances_from(rows.patches, rows.grid, to_patches.device), out=far)
    return far.sum(-1) / on_patches.masked_fill(on_patches == 0, 1), on_patches > 0


def prefix_share(rows: WeightRows) -> PerQuery:
    """Return the share of each patch's weight that lies on the tokens before the first patch, 0–1."""
    return rows.of_patches[..., : rows.num_prefix].sum(-1), rows.seen_of_patches


def _mean_distance_apart(grid: PatchGrid, num_prefix: int) -> float:
    """Return the mean over all pairs of patches, each with itself as well; counts how often each step down and aside occurs."""
    down, aside = (_steps(length) for length in (grid.rows, grid.cols))
    apart = torch.hypot(torch.arange(grid.rows).double()[:, None], torch.arange(grid.cols).double())
    return float(down @ apart @ aside) / grid.num_patches**2


def _steps(length: int) -> Tensor:
    """How many pairs of `length` places are 0, 1, … apart."""
    pairs = 2.0 * torch.arange(length, 0, -1).double()
    pairs[0] = length
    return pairs


_KEPT_PATCHES: Final = 1600
"""Distances between all of so many are kept, 10 MB: they are the same for every layer and picture."""


def _distances_from(patches: slice, grid: PatchGrid, device: torch.device) -> Tensor:
    """(patches, grid.num_patches)."""
    if grid.num_patches > _KEPT_PATCHES:
        return _distances(torch.arange(patches.start, patches.stop, device=device), grid)
    return _all_distances(grid, device)[patches]


@lru_cache(maxsize=4)
def _all_distances(grid: PatchGrid, device: torch.device) -> Tensor:
    return _distances(torch.arange(grid.num_patches, device=device), grid)


def _distances(patches: Tensor, grid: PatchGrid) -> Tensor:
    """Euclidean, between the centres of these patches and of all, (n, grid.num_patches), in patches."""
    index = torch.arange(grid.num_patches, device=patches.device)
    rows = patches[:, None] // grid.cols - index // grid.cols
    cols = patches[:, None] % grid.cols - index % grid.cols
    return torch.hypot(rows.float(), cols.float())


ROW_MEASURES: Final[dict[str, RowMeasure]] = {
    "entropy": RowMeasure(entropy, lambda grid, num_prefix: math.log2(num_prefix + grid.num_patches), per=math.log(2)),
    "mean_distance": RowMeasure(mean_distance, _mean_distance_apart),
    "prefix_share": RowMeasure(prefix_share, lambda grid, num_prefix: num_prefix / (num_prefix + grid.num_patches)),
}
