"""What each head writes into the residual stream, and how much of it: an attention output is the sum of its heads' writes.

Kobayashi et al. 2020, "Attention is Not Only a Weight: Analyzing Transformers with Vector Norms", section 3: weights alone do
not say what a head does, for it may attend to values that are short, or that W_0 leaves out.
"""

from __future__ import annotations

from collections.abc import Iterable

import torch
import torch.nn.functional as F
from torch import Tensor

from attention_core.capture.layer_record import LayerRecord
from attention_core.capture.output_projection import OutputProjection
from attention_core.capture.workspace import Workspace


def head_outputs(layer: LayerRecord) -> Tensor:
    """What each head returns for each query, weights · v, (B, H, Nq, dv) in float32 or wider.

    By torch's fused attention, which needs no matrix of weights, unless the softmax of the model itself was recorded.
    Raises ValueError where the values were not kept.
    """
    v = _values(layer)
    if layer.softmaxed is not None:
        return layer.softmaxed.to(v)[..., : v.shape[2]] @ v  # a last key may stand for no token and have no value
    mask, is_causal = _mask(layer, v)
    q, k = layer.q.to(v), layer.k_of_heads.to(v)
    return F.scaled_dot_product_attention(q, k, v, mask, is_causal=is_causal, scale=layer.scale)


def head_writes(layer: LayerRecord, projection: OutputProjection, queries: Iterable[int]) -> Tensor:
    """What each head writes into the stream for these queries, (B, H, n, E): its output through its slice of W_0, scaled.

    Their sum over heads and the bias, scaled too, is what attention adds to the stream; where a norm stands between
    (`projection.norm_after`), what goes into that norm. O(n · N) time.
    Raises ValueError where the values were not kept, a query is out of range, or the projection is that of other heads.
    """
    v, weight = _values(layer), _slices(layer, projection)
    outputs = layer.rows(queries).to(v)[..., : v.shape[2]] @ v  # (B, H, n, dv)
    return outputs @ weight.to(v).transpose(-2, -1)


def contributions(
    layer: LayerRecord, projection: OutputProjection, outputs: Tensor | None = None, workspace: Workspace | None = None
) -> Tensor:
    """How much each head writes into the stream for each query, (B, H, Nq): the norm of what `head_writes` returns.

    Nothing of (N, H, E) is made (`OutputProjection.factors`). outputs: what the heads returned, (B, H, Nq, dv), where that is
    known; else it is computed anew. workspace: for more layers than this one, where no gradients are asked for.
    Raises ValueError where the values were not kept, or the projection is that of other heads.
    """
    outputs = head_outputs(layer) if outputs is None else outputs.to(torch.promote_types(outputs.dtype, torch.float32))
    _require_heads(layer, projection)
    factors = projection.factors(layer.num_heads).to(outputs)
    rows = outputs.transpose(0, 1).flatten(1, 2)  # (H, B · Nq, dv): as torch's attention leaves them in memory no copy is made
    out = None if workspace is None else workspace.empty("writes", rows, *rows.shape[:2], factors.shape[1])
    norms: Tensor = torch.linalg.vector_norm(torch.bmm(rows, factors.mT, out=out), dim=-1)
    return norms.view(layer.num_heads, -1, outputs.shape[2]).transpose(0, 1)


def _values(layer: LayerRecord) -> Tensor:
    """v (B, H, Nk, dv), in float32 or wider; with grouped-query attention every head gets that of its group."""
    if layer.v is None:
        raise ValueError(f"the values of {layer.path or 'the layer'} were not kept; record with keep_v=True")
    v = layer.v.to(torch.promote_types(layer.v.dtype, torch.float32))
    groups = layer.num_heads // v.shape[1]
    return v if groups == 1 else v.repeat_interleave(groups, 1)


def _slices(layer: LayerRecord, projection: OutputProjection) -> Tensor:
    """(H, E, dv)."""
    _require_heads(layer, projection)
    return projection.of_heads(layer.num_heads)


def _require_heads(layer: LayerRecord, projection: OutputProjection) -> None:
    width, spare = divmod(projection.weight.shape[1], layer.num_heads)
    if spare == 0 and layer.v is not None and width != layer.v.shape[-1]:
        raise ValueError(
            f"W_0 of {projection.path} takes {width} numbers a head, the heads of {layer.path} return "
            f"{layer.v.shape[-1]}; take the projection of the same call: record.blocks[layer.index].projection"
        )


def _mask(layer: LayerRecord, like: Tensor) -> tuple[Tensor | None, bool]:
    """What torch's attention takes as a mask, and whether it is causal besides: it does not take both."""
    mask = layer.mask
    if mask is None:
        return None, layer.is_causal
    mask = mask if mask.dtype == torch.bool else mask.to(like)
    if layer.is_causal:
        allowed = torch.ones(layer.num_queries, layer.num_keys, dtype=torch.bool, device=mask.device).tril()
        mask = mask & allowed if mask.dtype == torch.bool else mask.masked_fill(~allowed, -torch.inf)
    return mask, False
