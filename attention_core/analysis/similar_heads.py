"""Which heads of a model do much the same as one of them: how far apart their patterns lie."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from attention_core.analysis.movement import jensen_shannon
from attention_core.capture.layer_record import LayerRecord


def similar_heads(
    layers: Sequence[LayerRecord], layer: int, head: int, on_layer: Callable[[int, int], None] | None = None
) -> list[Tensor]:
    """How far the pattern of every head lies from that of one head, by layer (H), in bits: 0 the same, 1 nothing in common.

    The Jensen–Shannon divergence (Lin 1991) of the weights of a query, in the mean over queries and images, as Clark et al.
    2019, "What Does BERT Look At?", section 6, compare heads. Queries that may attend to nothing in one of two are left out;
    NaN where that are all. In blocks of rows: O(L·N²·d) time and O(N·d) memory.

    Args:
        layers: of one recording, with the same images, queries and keys; they may have other numbers of heads.
        layer, head: the one that all are compared with, itself among them.
        on_layer: told how many of all layers are done, for progress; what it raises stops the computation.

    Raises:
        ValueError: where there is no such head, or the sizes differ.
    """
    if not 0 <= layer < len(layers) or not 0 <= head < layers[layer].num_heads:
        heads = [each.num_heads for each in layers]
        raise ValueError(f"expected one of the heads of {len(layers)} layers (heads: {heads}), received {layer}, {head}")
    one = layers[layer].with_dense_keys()
    found = []
    for done, other in enumerate(layers, 1):
        sizes = [(each.q.shape[0], each.num_queries, each.num_keys) for each in (layers[layer], other)]
        if sizes[0] != sizes[1]:
            raise ValueError(f"expected layers of the same (images, queries, keys), received {sizes[0]} and {sizes[1]}")
        found.append(_apart(one, head, other.with_dense_keys()))
        if on_layer is not None:
            on_layer(done, len(layers))
    return found


def _apart(one: LayerRecord, head: int, other: LayerRecord) -> Tensor:
    """(H) of the heads of `other`."""
    summed, counted = torch.zeros(2, other.num_heads, dtype=torch.float64)
    for queries in other.query_blocks():
        alone = one.scores(queries, heads=slice(head, head + 1))
        divergence, seen = jensen_shannon(alone, other.scores(queries))
        summed += divergence.masked_fill(~seen, 0).double().sum((0, 2)).cpu()
        counted += seen.double().sum((0, 2)).cpu()
    found: Tensor = (summed / counted).float()
    return found
