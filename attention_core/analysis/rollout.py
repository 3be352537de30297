"""Attention rollout: how much each token of the input takes part in one token of the output, over all layers."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Final, Literal, get_args

import torch
from torch import Tensor

from attention_core.capture.layer_record import LayerRecord

Fusion = Literal["mean", "max", "min"]
FUSIONS: Final = get_args(Fusion)


def rollout(
    layers: Sequence[LayerRecord],
    query: int,
    fusion: Fusion = "mean",
    residual: float = 0.5,
    discard: float = 0.0,
    on_layer: Callable[[int], None] | None = None,
    without: Collection[int] = (),
) -> Tensor:
    """How much of each input token is in token `query` after the last layer.

    Abnar & Zuidema 2020, "Quantifying Attention Flow in Transformers": the product of all layers' matrices
    residual · I + (1 − residual) · A, where A is the fusion of the heads by their mean, largest or smallest weight. It is
    taken as vector × matrix from the last layer to the first, in blocks of queries: O(N²·d) time a layer and O(N·d) memory.

    Common implementations (J. Gildenblat's vit-explain) discard over the whole matrix of an image, which leaves some rows
    nearly untouched and others bare; they keep the CLS token's first entry and do not divide by what is left. Here a row is
    made to sum to 1 again. A row without any weight (fully masked, or no key with weight in every head under "min") becomes
    the identity: its token stays what it was.

    Args:
        layers: in the order of their calls.
        query: the number of the token.
        fusion: how the heads of a layer are fused, "mean", "max" or "min".
        residual: the share of a token that stays itself in a layer, 0 to 1.
        discard: the share of the smallest weights of *each row* of A that is set to 0, ⌊discard · N⌋ of them; weights equal to
            the smallest that stays are kept.
        on_layer: told how many layers are done, from 1, for progress; what it raises stops the rollout.
        without: numbers of tokens that none may attend to in any layer, such as outliers; the softmax of every head goes over
            the others.

    Returns:
        (B, Nk); every row sums to 1.

    Raises:
        ValueError: where query, fusion, residual, discard or without is none that there is, without layers, where a layer has
            another number of queries than of keys, or other tokens or another batch than the first, and on NaN, with the
            layer's name.
    """
    _check_options(fusion, residual, discard)
    _check_layers(layers)
    batch, tokens = layers[0].q.shape[0], layers[0].num_keys
    if not isinstance(query, int) or not 0 <= query < tokens:
        raise ValueError(f"query must be 0–{tokens - 1}, received {query!r}")
    if wrong := [token for token in without if not isinstance(token, int) or not 0 <= token < tokens]:
        raise ValueError(f"without must be numbers of tokens from 0 to {tokens - 1}, received {wrong[0]!r}")
    left_out = torch.tensor(sorted(without), dtype=torch.long)
    dtype = torch.promote_types(layers[0].q.dtype, torch.float32)
    vector = torch.zeros(batch, tokens, dtype=dtype, device=layers[0].q.device)
    vector[:, query] = 1
    for done, layer in enumerate(reversed(layers), 1):
        passed_on = _times_fused(vector.to(layer.q.device), layer, fusion, _count(discard, tokens), left_out)
        if not passed_on.isfinite().all():
            raise ValueError(f"{_name(layer)} has NaN scores")
        vector = residual * vector + (1 - residual) * passed_on.to(vector.device)
        if on_layer is not None:
            on_layer(done)
    return vector


def _times_fused(vector: Tensor, layer: LayerRecord, fusion: Fusion, discarded: int, left_out: Tensor) -> Tensor:
    """vector (B, N) times the layer's fused matrix, whose rows sum to 1; only rows that meet a weight are computed."""
    product = torch.zeros_like(vector)
    layer = layer.with_dense_keys()
    for queries in layer.query_blocks(vector.any(0).nonzero()[:, 0]):
        weights, seen = _softmax(layer, queries, left_out)  # (B, H, n, N), (B, H, n)
        incoming = vector[:, queries]  # (B, n)
        if fusion == "mean" and not discarded:
            total = seen.to(weights.dtype).sum(1)  # every head's row sums to 1, or to 0 where fully masked
            shares = _divided(incoming, total)[:, None].expand(seen.shape)  # (B, H, n)
            product += (shares.to(weights.dtype).flatten(1)[:, None] @ weights.flatten(1, 2))[:, 0]
        else:
            fused = _fused(weights, fusion)  # (B, n, N)
            if discarded:
                smallest = fused.kthvalue(discarded + 1, -1, keepdim=True).values
                fused = fused.masked_fill(fused < smallest, 0.0)
            total = fused.sum(-1)
            product += (_divided(incoming, total).to(fused.dtype)[:, None] @ fused)[:, 0]
        product[:, queries] += incoming.masked_fill(total != 0, 0.0)
    return product


def _softmax(layer: LayerRecord, queries: Tensor, left_out: Tensor) -> tuple[Tensor, Tensor]:
    """Weights (B, H, n, Nk) of these queries, and which rows have any, (B, H, n). NaN scores stay NaN."""
    scores = layer.scores(queries)
    if len(left_out):
        scores[..., left_out] = -torch.inf
    weights = torch.softmax(scores, -1)
    if layer.mask is None and not layer.is_causal and layer.softmaxed is None and not len(left_out):
        return weights, torch.ones((), dtype=torch.bool, device=weights.device).expand(weights.shape[:-1])
    seen = scores.amax(-1) != -torch.inf
    return weights.masked_fill_(~seen[..., None], 0.0), seen


def _fused(weights: Tensor, fusion: Fusion) -> Tensor:
    if fusion == "mean":
        return weights.mean(1)
    return weights.amax(1) if fusion == "max" else weights.amin(1)


def _divided(numerator: Tensor, total: Tensor) -> Tensor:
    """numerator / total, 0 where the total is 0."""
    return numerator / total.masked_fill(total == 0, torch.inf)


def _count(discard: float, tokens: int) -> int:
    """⌊discard · tokens⌋, where 0.29 · 100 is 29."""
    return min(tokens - 1, int(discard * tokens + 1e-9))


def _check_options(fusion: str, residual: float, discard: float) -> None:
    if fusion not in FUSIONS:
        raise ValueError(f"fusion must be one of {', '.join(FUSIONS)}, received {fusion!r}")
    if not isinstance(residual, int | float) or not 0 <= residual <= 1:
        raise ValueError(f"residual must be 0–1, received {residual!r}")
    if not isinstance(discard, int | float) or not 0 <= discard < 1:
        raise ValueError(f"discard must be at least 0 and below 1, received {discard!r}")


def _check_layers(layers: Sequence[LayerRecord]) -> None:
    if not layers:
        raise ValueError("rollout needs at least one layer, received none")
    batch, tokens = layers[0].q.shape[0], layers[0].num_keys
    for layer in layers:
        if layer.num_queries != layer.num_keys:
            raise ValueError(
                f"rollout needs as many queries as keys in every layer; {_name(layer)} has {layer.num_queries} queries and "
                f"{layer.num_keys} keys. Leave it out with record_attention(only=...)"
            )
        if (layer.q.shape[0], layer.num_keys) != (batch, tokens):
            raise ValueError(
                f"rollout needs the same tokens in every layer; expected a batch of {batch} and {tokens} tokens as in "
                f"{_name(layers[0])}, received {layer.q.shape[0]} and {layer.num_keys} in {_name(layer)}"
            )
        if any(tensor.isnan().any() for tensor in (layer.q, layer.k, layer.mask) if tensor is not None):
            raise ValueError(f"{_name(layer)} has NaN scores")


def _name(layer: LayerRecord) -> str:
    return f"layer {layer.index} ({layer.path})" if layer.path else f"layer {layer.index}"
