"""Patches that hold far more weight than others: in a row such as a rollout's, and in the columns of a head."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import torch
from torch import Tensor

from attention_core.capture.layer_record import LayerRecord
from attention_core.images.patch_grid import PatchGrid
from attention_core.maths.attention import softmax

SINK_SHARE: Final = 0.3
"""Of every query's weight, in the mean over queries: ε of Gu et al. 2025."""
OUTLYING_SHARE: Final = 0.025
OUTLYING_TIMES: Final = 10.0


@dataclass(frozen=True)
class Outlier:
    """A patch that holds `share` (0–1) of a row, `times` as much as the patch in the middle of the order, the median."""

    row: int
    col: int
    share: float
    times: float


@dataclass(frozen=True)
class Sink:
    """A patch to which the queries of one head give `share` (0–1) of their weight, in the mean over all queries."""

    row: int
    col: int
    head: int
    share: float


def outlying_patches(weights: Tensor, grid: PatchGrid, num_prefix: int = 0, query: int | None = None) -> list[Outlier]:
    """The patches that dominate a row of weights over many layers or queries, the largest first; most rows have none.

    They hold at least OUTLYING_SHARE of the row and OUTLYING_TIMES as much as the median patch: a floor and a multiple of the
    median, as in the definition of massive activations (Sun et al. 2024, section 2); the two numbers are ours. A rollout of
    DINOv2-small on a photograph has one or two such patches, with 3 to 8 % of it. More is not said of them: where they come
    from say `attention_sinks`, and a token that serves as a register has a large norm besides (Darcet et al. 2024).

    Args:
        weights: (prefix + patches), such as a rollout, or `received_weights` in the mean over heads.
        grid: of the patches.
        num_prefix: the number of tokens before the first patch.
        query: the token whose rollout it is; what it keeps of itself makes it no outlier.

    Raises:
        ValueError: where there are not as many weights as tokens.
    """
    _check(weights.shape, (num_prefix + grid.num_patches,), grid, num_prefix)
    shares = weights[num_prefix:] / weights.sum()
    times = shares / shares.median()  # NaN, which is no outlier, where neither has any weight
    outlying = (shares >= OUTLYING_SHARE) & (times >= OUTLYING_TIMES)
    if query is not None and query >= num_prefix:
        outlying[query - num_prefix] = False
    found = [
        Outlier(*grid.position(patch), float(shares[patch]), float(times[patch])) for patch in outlying.nonzero()[:, 0].tolist()
    ]
    return sorted(found, key=lambda outlier: -outlier.share)


def attention_sinks(layer: LayerRecord, grid: PatchGrid, num_prefix: int = 0) -> list[Sink]:
    """The patches that take more than SINK_SHARE of all queries' weight in some head, the largest share first.

    Gu et al. 2025, "When Attention Sink Emerges in Language Models", section 3.2: a token is a sink of a head where the mean of
    its column is above ε = 0.3. Prefix tokens, which often are such, are not counted. Of a layer of one image.

    Raises:
        ValueError: where the layer's tokens are not those of the grid, or there are several images.
    """
    tokens = num_prefix + grid.num_patches
    found = (layer.q.shape[0], layer.num_queries, layer.num_keys)
    _check(found, (1, tokens, tokens), grid, num_prefix)
    received = received_weights(layer)[0, :, num_prefix:]  # (H, patches)
    sinks = [
        Sink(*grid.position(patch), head, float(received[head, patch]))
        for head, patch in (received > SINK_SHARE).nonzero().tolist()
    ]
    return sorted(sinks, key=lambda sink: -sink.share)


def received_weights(layer: LayerRecord) -> Tensor:
    """How much weight a key receives in the mean over all queries, (B, H, Nk), in blocks; 1 / Nk where all is even.

    A query that may attend to nothing gives nothing.
    """
    layer = layer.with_dense_keys()
    sums = [softmax(layer.scores(queries)).sum(2) for queries in layer.query_blocks()]
    return torch.stack(sums).sum(0) / layer.num_queries


def _check(found: tuple[int, ...], expected: tuple[int, ...], grid: PatchGrid, num_prefix: int) -> None:
    if tuple(found) != expected:
        raise ValueError(f"expected {expected} for {grid} after {num_prefix} prefix tokens, received {tuple(found)}")
