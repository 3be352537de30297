"""Scaled dot-product attention, one step at a time.

The letters used everywhere in Regard: B batch, H heads, N tokens (Nq queries, Nk keys), D model width, d head width,
P patch side. Weights have the axis order (B, H, Nq, Nk); q, k and v have (B, H, N, d).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class AttentionTrace:
    """Every intermediate of one call of `attention`, in the order in which it is computed.

    q (..., Nq, d), k (..., Nk, d), v (..., Nk, dv): the inputs.
    scores (..., Nq, Nk): q·kᵀ. scaled: scores · scale. masked: scaled, with -inf (or the added bias) where masked.
    weights (..., Nq, Nk): softmax of masked / temperature. output (..., Nq, dv): weights · v.
    """

    q: Tensor
    k: Tensor
    v: Tensor
    scores: Tensor
    scaled: Tensor
    masked: Tensor
    weights: Tensor
    output: Tensor


def attention(
    q: Tensor,
    k: Tensor,
    v: Tensor,
    mask: Tensor | None = None,
    scale: float | None = None,
    temperature: float = 1.0,
    normalise: bool = True,
) -> AttentionTrace:
    """softmax(q·kᵀ · scale / temperature) · v, with every intermediate kept (Vaswani et al. 2017, equation 1).

    A query whose keys are all masked has weights and output 0.

    Args:
        q, k, v: (..., Nq, d), (..., Nk, d) and (..., Nk, dv), in floating point.
        mask: broadcasts to (..., Nq, Nk); boolean (True: may attend) or floating (added to the scaled scores), as in
            `torch.nn.functional.scaled_dot_product_attention`.
        scale: multiplies the scores; None means 1/√d, 1.0 keeps the raw dot product.
        temperature: 0 or more. At 0 the largest score takes all and ties share it evenly; at infinity every unmasked key has
            the same weight.
        normalise: False leaves the weights as the masked scores, 0 where masked (the parameter-free Y3 = Σ (x3·xj) xj), and
            ignores the temperature.

    Raises:
        ValueError: where shapes or types do not fit together, or the temperature is below 0.
    """
    _check_shapes(q, k, v)
    require_temperature(temperature)
    scale = 1 / math.sqrt(q.shape[-1]) if scale is None else scale
    scores = q @ k.transpose(-2, -1)  # (..., Nq, Nk)
    scaled = scores * scale
    masked = apply_mask(scaled, mask)
    weights = softmax(masked, temperature) if normalise else masked.masked_fill(masked == -torch.inf, 0.0)
    return AttentionTrace(q, k, v, scores, scaled, masked, weights, weights @ v)


def apply_mask(scores: Tensor, mask: Tensor | None) -> Tensor:
    """Scores with -inf where a boolean mask is False, or with a floating mask added; same shape as the scores.

    Raises ValueError where the mask does not broadcast to the scores, or holds integers.
    """
    if mask is None:
        return scores
    if mask.dtype != torch.bool and not mask.is_floating_point():
        raise ValueError(f"mask must be boolean (True: may attend) or floating (added), received {mask.dtype}")
    try:
        mask = mask.expand(scores.shape)
    except RuntimeError:
        raise ValueError(f"mask must broadcast to {tuple(scores.shape)}, received {tuple(mask.shape)}") from None
    if mask.dtype == torch.bool:
        return scores.masked_fill(~mask, -torch.inf)
    return scores + mask


def softmax(scores: Tensor, temperature: float = 1.0) -> Tensor:
    """Softmax of scores / temperature over the last axis; a row of -inf gives zeros; the limits 0 and ∞ are exact."""
    allowed = scores != -torch.inf  # NaN stays NaN
    if temperature < torch.finfo(scores.dtype).tiny:  # 0, or so small that it is 0 in this precision
        chosen = allowed & (scores == scores.amax(-1, keepdim=True))
    elif math.isinf(temperature):
        chosen = allowed
    else:
        largest = scores.amax(-1, keepdim=True)  # taken off first: a tiny temperature would make the quotients infinite
        weights = torch.softmax((scores - largest) / temperature, -1)
        return weights.masked_fill(~allowed.any(-1, keepdim=True), 0.0)
    return chosen.to(scores.dtype) / chosen.sum(-1, keepdim=True).clamp_min(1)


def require_temperature(temperature: float) -> None:
    """Raises ValueError where it is no number from 0 on."""
    if not isinstance(temperature, int | float) or not temperature >= 0:
        raise ValueError(f"temperature must be 0 or more, received {temperature}")


def _check_shapes(q: Tensor, k: Tensor, v: Tensor) -> None:
    for name, tensor in (("q", q), ("k", k), ("v", v)):
        if tensor.ndim < 2 or not tensor.is_floating_point():
            raise ValueError(
                f"{name} must be a floating-point tensor of at least 2 axes (..., tokens, width), "
                f"received {tensor.dtype} of shape {tuple(tensor.shape)}"
            )
    if q.shape[-1] != k.shape[-1]:
        raise ValueError(f"q and k must have the same width, received {q.shape[-1]} and {k.shape[-1]}")
    if k.shape[-2] != v.shape[-2]:
        raise ValueError(f"every key needs one value, received {k.shape[-2]} keys and {v.shape[-2]} values")
