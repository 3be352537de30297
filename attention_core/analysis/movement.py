"""How far heads and layers moved between two recordings of one input, such as before and after fine-tuning."""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor

from attention_core.capture.layer_record import LayerRecord
from attention_core.maths.attention import softmax


def head_movement(a: LayerRecord, b: LayerRecord, on_block: Callable[[int, int], None] | None = None) -> Tensor:
    """How far the pattern of every head of layer b lies from that of the same head of a, (H), in bits: 0 the same, 1 the most.

    The Jensen–Shannon divergence (Lin 1991) of the weights of a query, in the mean over queries and images; Clark et al. 2019,
    "What Does BERT Look At?", section 6, compare heads by it. Queries that may attend to nothing in one of the two are
    left out; NaN where that are all. In blocks of rows: O(N²·d) time and O(N·d) memory.

    Args:
        a, b: layers with the same images, heads, queries and keys; they may be of different models.
        on_block: told how many of all blocks of rows are done, for progress; what it raises stops the computation.

    Raises:
        ValueError: where the sizes differ.
    """
    sizes = [(*layer.q.shape[:3], layer.num_keys) for layer in (a, b)]
    if sizes[0] != sizes[1]:
        raise ValueError(f"expected two layers of the same (images, heads, queries, keys), received {sizes[0]} and {sizes[1]}")
    a, b = a.with_dense_keys(), b.with_dense_keys()
    blocks = list(a.query_blocks())
    moved, counted = torch.zeros(sizes[0][1], dtype=torch.float64), torch.zeros(sizes[0][1], dtype=torch.float64)
    for done, queries in enumerate(blocks, 1):
        divergence, seen = jensen_shannon(a.scores(queries), b.scores(queries.to(b.q.device)).to(a.q.device))
        moved += divergence.masked_fill(~seen, 0).double().sum((0, 2)).cpu()
        counted += seen.double().sum((0, 2)).cpu()
        if on_block is not None:
            on_block(done, len(blocks))
    return (moved / counted).float()


def jensen_shannon(a: Tensor, b: Tensor) -> tuple[Tensor, Tensor]:
    """Of rows of scores (B, H, n, Nk) the divergence of their weights in bits, (B, H, n), and whether both rows have any.

    As Σ p·log(p/m) + q·log(q/m), which stays exact where p and q are close; entropies would cancel there.
    """
    seen = (a.amax(-1) > -torch.inf) & (b.amax(-1) > -torch.inf)
    p, q = softmax(a), softmax(b)
    middle = ((p + q) / 2).clamp_min_(torch.finfo(p.dtype).tiny)
    nats = (torch.xlogy(p, p / middle) + torch.xlogy(q, q / middle)).sum(-1) / 2
    return nats.clamp_min(0) / math.log(2), seen


def cka(a: Tensor, b: Tensor) -> float:
    """How alike features a (N, D) and b (N, E) of the same N patches are, 0 to 1, whatever rotation and scale they have.

    Linear centred kernel alignment, Kornblith et al. 2019, "Similarity of Neural Network Representations Revisited", in the
    form of features, ‖bᵀa‖² / (‖aᵀa‖·‖bᵀb‖) of centred a and b (equation 3 and section 3): O(N·D·E). Of features that are
    the same in all patches nothing can be said; they are alike (1) where both are such, and not (0) where one is.

    Raises:
        ValueError: where a and b are not two matrices of as many patches.
    """
    if a.ndim != 2 or b.ndim != 2 or len(a) != len(b) or not len(a):
        raise ValueError(f"expected features (N, D) and (N, E) of the same patches, received {[*a.shape]} and {[*b.shape]}")
    a, b = (_centred(each) for each in (a, b))
    own = torch.linalg.norm(a.T @ a) * torch.linalg.norm(b.T @ b)
    if own == 0:
        return float(not a.any() and not b.any())
    return float(torch.linalg.norm(b.T @ a) ** 2 / own)


def _centred(features: Tensor) -> Tensor:
    """Less their mean, in float64; 0 where that is rounding."""
    wide = features.double()
    centred = wide - wide.mean(0)
    return centred.masked_fill(centred.abs() <= 1e-12 * wide.abs().amax(), 0)
