"""What kind of head it is, in numbers: the measures of row_measures.py over all queries of a layer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from attention_core.analysis.row_measures import ROW_MEASURES, WeightRows
from attention_core.capture.layer_record import LayerRecord
from attention_core.capture.workspace import Workspace
from attention_core.images.patch_grid import PatchGrid

OnWeights = Callable[[slice, Tensor], None]


@dataclass(frozen=True, eq=False)
class LayerStatistics:
    """Every number is a mean over queries, (B, H); NaN where no query has a weight to count.

    means: by the name of the measure (`row_measures.ROW_MEASURES`). Without a grid there is no "mean_distance".
    """

    means: Mapping[str, Tensor]

    @property
    def entropy(self) -> Tensor:
        """Of a query's weights, in bits; 0 where one key has all, log2(Nk) where all keys have the same."""
        return self.means["entropy"]

    @property
    def mean_distance(self) -> Tensor | None:
        """In patches, from the centre of a patch to those it attends to, weighted by the weights; None without a grid."""
        return self.means.get("mean_distance")

    @property
    def prefix_share(self) -> Tensor:
        """The share of a patch's weight that lies on the tokens before the first patch; 0–1."""
        return self.means["prefix_share"]


@torch.no_grad()
def layer_statistics(
    layer: LayerRecord,
    grid: PatchGrid | None = None,
    num_prefix: int = 0,
    on_weights: OnWeights | None = None,
    workspace: Workspace | None = None,
) -> LayerStatistics:
    """Return what every head of `layer` does on average; computed in blocks of queries, O(N²·d) time and O(N·d) memory.

    Prefix tokens are queries in the entropy alone; all else is of patches. Fully masked queries are left out.

    Args:
        layer: a recorded layer.
        grid: of its patches; None leaves out what is measured on it, such as mean_distance.
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
    means = {name: _Mean() for name in ROW_MEASURES}
    blocks = list(layer.query_slices())
    workspace = workspace or Workspace()
    layer = layer.with_dense_keys() if len(blocks) > 1 else replace(layer, k=workspace.dense("keys", layer.k))
    for block in blocks:
        scores = layer.scores(block, workspace=workspace)
        weights, nats, seen = _weights_and_nats(scores, layer.follows_from_qk, workspace)
        skipped = min(max(first - block.start, 0), block.stop - block.start)
        spare = scores  # which are no longer needed, and still in the processor's cache
        rows = WeightRows(weights, nats, seen, block, skipped, num_prefix, grid, spare)
        for name, measure in ROW_MEASURES.items():
            if (found := measure.of_rows(rows)) is not None:
                means[name].add(*found)
        if on_weights is not None:
            on_weights(block, weights)
    return LayerStatistics({name: mean.value() / ROW_MEASURES[name].per for name, mean in means.items() if mean.begun})


def even_statistics(grid: PatchGrid, num_prefix: int = 0) -> LayerStatistics:
    """Return what `layer_statistics` says of a head that attends to all tokens alike, (1, 1), to compare others with."""
    measures = {name: measure.even for name, measure in ROW_MEASURES.items() if measure.even is not None}
    return LayerStatistics({name: torch.tensor([[even(grid, num_prefix)]]) for name, even in measures.items()})


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
        self.begun = False

    def add(self, values: Tensor, counted: Tensor | None) -> None:
        """counted (B, H, n): None where all are."""
        self.begun = True
        self._sum = self._sum + values.sum(-1)
        self._count = self._count + (values.shape[-1] if counted is None else counted.sum(-1))

    def value(self) -> Tensor:
        return torch.as_tensor(self._sum / self._count)


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
