"""What kind of head it is, in numbers: how spread out its weights are, how far away, how much lies on prefix tokens."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

import torch
from torch import Tensor

from attention_core.capture.layer_record import LayerRecord
from attention_core.capture.workspace import Workspace
from attention_core.images.patch_grid import PatchGrid

OnWeights = Callable[[slice, Tensor], None]


@dataclass(frozen=True, eq=False)
class LayerStatistics:
    """Every number is a mean over queries, (B, H); NaN where no query has a weight to count.

    entropy: of a query's weights, in bits; 0 where one key has all, log2(Nk) where all keys have the same.
    mean_distance: in patches, from the centre of a patch to those it attends to, weighted by the weights; None without a grid.
    prefix_share: the share of a patch's weight that lies on the tokens before the first patch; 0–1.
    """

    entropy: Tensor
    mean_distance: Tensor | None
    prefix_share: Tensor


@torch.no_grad()
def layer_statistics(
    layer: LayerRecord,
    grid: PatchGrid | None = None,
    num_prefix: int = 0,
    on_weights: OnWeights | None = None,
    workspace: Workspace | None = None,
) -> LayerStatistics:
    """What every head of `layer` does on average; computed in blocks of queries, O(N²·d) time and O(N·d) memory.

    mean_distance is the mean attention distance of Dosovitskiy et al. 2021 (figure 7) and Raghu et al. 2021 (figure 1), in
    patches; times grid.patch_size it is in pixels. It goes from patches to patches. A patch's weights on patches are first made
    to sum to 1, so that a head that attends to the prefix does not count as one that attends nearby: weight on the prefix is
    counted in prefix_share. Prefix tokens are queries in the entropy alone. Fully masked queries are left out.

    Args:
        layer: a recorded layer.
        grid: of its patches; None leaves mean_distance out.
        num_prefix: the number of tokens before the first patch. With as many queries as keys they come first in both; else
            every query counts as a patch.
        on_weights: given the queries of each block and their weights (B, H, n, Nk), which are written over afterwards; for
            what else is computed of all weights.
        workspace: for the blocks of more layers than this one, where there are any.

    Raises:
        ValueError: where tokens and grid do not match, or num_prefix leaves no patch.
    """
    _check(layer, grid, num_prefix)
    first = num_prefix if layer.num_queries == layer.num_keys else 0
    entropy, distance, share = _Mean(), _Mean(), _Mean()
    blocks = list(layer.query_slices())
    workspace = workspace or Workspace()
    layer = layer.with_dense_keys() if len(blocks) > 1 else replace(layer, k=workspace.dense("keys", layer.k))
    for block in blocks:
        scores = layer.scores(block, workspace=workspace)
        weights, nats, seen = _weights_and_nats(scores, layer.follows_from_qk, workspace)
        entropy.add(nats, seen)
        skipped = min(max(first - block.start, 0), block.stop - block.start)
        of_patches = weights[:, :, skipped:]
        share.add(of_patches[..., :num_prefix].sum(-1), None if seen is None else seen[..., skipped:])
        if grid is not None:
            to_patches = of_patches[..., num_prefix:]
            on_patches = to_patches.sum(-1)
            patches = slice(block.start + skipped - num_prefix, block.stop - num_prefix)
            far = scores[:, :, skipped:, num_prefix:]  # which are no longer needed, and still in the processor's cache
            torch.mul(to_patches, _distances_from(patches, grid, weights.device), out=far)
            distance.add(far.sum(-1) / on_patches.masked_fill(on_patches == 0, 1), on_patches > 0)
        if on_weights is not None:
            on_weights(block, weights)
    bits = entropy.value() / math.log(2)
    return LayerStatistics(bits, None if grid is None else distance.value(), share.value())


def even_statistics(grid: PatchGrid, num_prefix: int = 0) -> LayerStatistics:
    """What `layer_statistics` says of a head that attends to all tokens alike, (1, 1), to compare others with."""
    tokens = num_prefix + grid.num_patches
    numbers = (math.log2(tokens), _mean_distance_apart(grid), num_prefix / tokens)
    entropy, distance, share = (torch.tensor([[number]]) for number in numbers)
    return LayerStatistics(entropy, distance, share)


def _mean_distance_apart(grid: PatchGrid) -> float:
    """Of all pairs of patches, itself and itself among them; how often each step down and to the side occurs is counted."""
    down, aside = (_steps(length) for length in (grid.rows, grid.cols))
    apart = torch.hypot(torch.arange(grid.rows).double()[:, None], torch.arange(grid.cols).double())
    return float(down @ apart @ aside) / grid.num_patches**2


def _steps(length: int) -> Tensor:
    """How many pairs of `length` places are 0, 1, … apart."""
    pairs = 2.0 * torch.arange(length, 0, -1).double()
    pairs[0] = length
    return pairs


def _weights_and_nats(scores: Tensor, all_seen: bool, workspace: Workspace) -> tuple[Tensor, Tensor, Tensor | None]:
    """Weights (B, H, n, Nk), their entropy (B, H, n), and which rows have any weight, None for all; a row without is all 0.

    With s the scores less the largest of their row, and w the weights, log w = s + log max w; so the entropy
    -Σ w · log w = -log max w - Σ w · s needs no logarithm of a matrix. all_seen: nothing is masked.
    """
    peak = scores.amax(-1, keepdim=True)
    out = workspace.empty("weights", scores)
    if all_seen:
        weights = torch.softmax(scores.sub_(peak), -1, out=out)
        return weights, weights.amax(-1).log_().add_(scores.mul_(weights).sum(-1)).neg_(), None
    seen = peak[..., 0] != -torch.inf
    below = scores.sub_(peak.masked_fill(peak == -torch.inf, 0.0))
    weights = torch.softmax(below, -1, out=out)
    if not seen.all():
        weights.masked_fill_(~seen[..., None], 0.0)
    below = below.clamp_min_(torch.finfo(below.dtype).min)  # 0 · -inf would be NaN
    nats = -weights.amax(-1).log() - below.mul_(weights).sum(-1)
    return weights, nats.masked_fill(~seen, 0.0), seen


class _Mean:
    """Over all queries, of values (B, H, n) that arrive a block at a time with what counts of them; the others are 0."""

    def __init__(self) -> None:
        self._sum: Tensor | float = 0.0
        self._count: Tensor | float = 0.0

    def add(self, values: Tensor, counted: Tensor | None) -> None:
        """counted (B, H, n): None where all are."""
        self._sum = self._sum + values.sum(-1)
        self._count = self._count + (values.shape[-1] if counted is None else counted.sum(-1))

    def value(self) -> Tensor:
        return torch.as_tensor(self._sum / self._count)


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


def _check(layer: LayerRecord, grid: PatchGrid | None, num_prefix: int) -> None:
    if not 0 <= num_prefix < layer.num_keys:
        raise ValueError(f"num_prefix must be 0–{layer.num_keys - 1} with {layer.num_keys} keys, received {num_prefix}")
    if grid is None:
        return
    tokens = num_prefix + grid.num_patches
    if (layer.num_queries, layer.num_keys) != (tokens, tokens):
        raise ValueError(
            f"expected {tokens} queries and keys for {grid} after {num_prefix} prefix tokens, "
            f"received {layer.num_queries} and {layer.num_keys}"
        )
