"""Where attention can be seen in a running model: two functions of torch, and a softmax over scores in the open.

Every reader takes the arguments of the call, by torch's own names, and returns what was seen.
"""

from __future__ import annotations

import re
from typing import Any, Final, NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from attention_core.capture.callers import tokens_of
from attention_core.capture.layer_record import bytes_of


class SeenQK(NamedTuple):
    """One attention call as it was made; tensors of any number of axes. scale=None means 1/√d."""

    q: Tensor
    k: Tensor
    v: Tensor
    mask: Tensor | None = None
    scale: float | None = None
    is_causal: bool = False

    @property
    def nbytes(self) -> int:
        return bytes_of(self.q, self.k, self.v, self.mask)


class SeenWeights(NamedTuple):
    """A softmax in the open: its result (B, H, Nq, Nk), and whether it weighs channels and not tokens."""

    weights: Tensor
    over_channels: bool

    @property
    def nbytes(self) -> int:
        return self.weights.nbytes


Seen = SeenQK | SeenWeights


def from_scaled_dot_product_attention(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attn_mask: Tensor | None = None,
    dropout_p: float = 0.0,
    is_causal: bool = False,
    scale: float | None = None,
    enable_gqa: bool = False,
) -> SeenQK:
    """`F.scaled_dot_product_attention`: q, k and v are its arguments, after all norms and rotations."""
    return SeenQK(query, key, value, attn_mask, scale, is_causal)


def from_multi_head_attention_forward(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    embed_dim_to_check: int,
    num_heads: int,
    in_proj_weight: Tensor | None,
    in_proj_bias: Tensor | None,
    bias_k: Tensor | None,
    bias_v: Tensor | None,
    add_zero_attn: bool,
    dropout_p: float,
    out_proj_weight: Tensor,
    out_proj_bias: Tensor | None,
    training: bool = True,
    key_padding_mask: Tensor | None = None,
    need_weights: bool = True,
    attn_mask: Tensor | None = None,
    use_separate_proj_weight: bool = False,
    q_proj_weight: Tensor | None = None,
    k_proj_weight: Tensor | None = None,
    v_proj_weight: Tensor | None = None,
    static_k: Tensor | None = None,
    static_v: Tensor | None = None,
    average_attn_weights: bool = True,
    is_causal: bool = False,
) -> SeenQK:
    """`F.multi_head_attention_forward`, as in `nn.MultiheadAttention`: q, k and v are projected again from its arguments.

    Its layout is (N, B, E), or (N, E) without a batch; its boolean masks are True where a query may not attend.
    """
    together = [None] * 3 if in_proj_weight is None else list(in_proj_weight.chunk(3))
    weights = [q_proj_weight, k_proj_weight, v_proj_weight] if use_separate_proj_weight else together
    biases = [None] * 3 if in_proj_bias is None else list(in_proj_bias.chunk(3))
    extra, fixed = [None, bias_k, bias_v], [None, static_k, static_v]
    with torch.no_grad():
        q, k, v = (
            _heads(tokens, weight, bias, num_heads, added, static, add_zero_attn and at > 0)
            for at, (tokens, weight, bias, added, static) in enumerate(
                zip((query, key, value), weights, biases, extra, fixed, strict=True)
            )
        )
    mask = _additive(attn_mask, key_padding_mask, q, k)
    return SeenQK(q, k, v, mask)


def from_softmax(
    result: Tensor, module: nn.Module | None, input: Tensor, dim: int | None = None, *_args: Any, **_kwargs: Any
) -> SeenWeights | None:
    """A softmax over the last axis of scores (B, H, Nq, Nk) or (B·H, Nq, Nk), where Nk is the number of tokens
    that the module was called with, or the module is called attention (its keys may be pooled).

    None where it is no attention. Attention over channels (XCiT: El-Nouby et al. 2021) is told apart by its size: head width
    × head width.
    """
    if result.ndim not in (3, 4) or dim not in (-1, result.ndim - 1) or not isinstance(result, Tensor):
        return None
    tokens = None if module is None else tokens_of(module)
    if tokens is None:
        return None
    batch, counts, width = _sizes(tokens)
    weights = result
    if result.ndim == 3:
        if result.shape[0] % batch:
            return None
        weights = result.view(batch, -1, *result.shape[1:])
    heads, queries, keys = weights.shape[1:]
    channels = queries == keys and any(heads * keys == each for each in width)
    among_tokens = keys in counts
    name = type(module).__name__
    if channels and (not among_tokens or re.search("xca|channel|crosscov", name, re.IGNORECASE)):
        return SeenWeights(weights, over_channels=True)
    return SeenWeights(weights, over_channels=False) if among_tokens or re.search("att", name, re.IGNORECASE) else None


SOUGHT: Final = "F.scaled_dot_product_attention, F.multi_head_attention_forward, and a softmax over scores of tokens"


def _sizes(tokens: Tensor) -> tuple[int, tuple[int, ...], tuple[int, ...]]:
    """Of a module's input (B, N, C), (B, C, rows, cols) or (B, rows, cols, C): B, what N may be, what C may be."""
    if tokens.ndim == 3:
        return tokens.shape[0], (tokens.shape[1],), (tokens.shape[2],)
    if tokens.ndim == 4:
        batch, a, b, c = tokens.shape
        return batch, (a * b, b * c), (a, c)
    return max(1, tokens.shape[0]), (), ()


def _heads(
    tokens: Tensor,
    weight: Tensor | None,
    bias: Tensor | None,
    num_heads: int,
    added: Tensor | None,
    static: Tensor | None,
    zero: bool,
) -> Tensor:
    """(N, B, E) projected and split: (B, H, N, d); with the learned extra token and the token of zeros where there is one."""
    tokens = tokens if tokens.ndim == 3 else tokens[:, None]
    batch = tokens.shape[1]
    if static is not None:
        heads = static.view(batch, num_heads, -1, static.shape[-1])
    else:
        projected = tokens if weight is None else F.linear(tokens, weight, bias)
        if added is not None:
            projected = torch.cat([projected, added.expand(1, batch, -1)])
        heads = projected.reshape(*projected.shape[:2], num_heads, -1).permute(1, 2, 0, 3)
    return torch.cat([heads, heads.new_zeros(batch, num_heads, 1, heads.shape[-1])], 2) if zero else heads


def _additive(attn_mask: Tensor | None, padding: Tensor | None, q: Tensor, k: Tensor) -> Tensor | None:
    """Both masks as one to add, (1 or B, 1 or H, 1 or Nq, Nk); extra tokens at the end may always be attended to."""
    whole: Tensor | None = None
    for mask in (attn_mask, padding):
        if mask is None:
            continue
        added = torch.zeros(mask.shape, dtype=q.dtype, device=mask.device)
        added = added.masked_fill(mask, -torch.inf) if mask.dtype == torch.bool else mask.to(q.dtype)
        if mask is padding:
            added = added.view(-1, 1, 1, added.shape[-1])
        elif added.ndim == 3:
            added = added.view(q.shape[0], q.shape[1], *added.shape[1:])
        added = F.pad(added, (0, k.shape[2] - added.shape[-1]))
        whole = added if whole is None else whole + added
    if whole is None:
        return None
    return whole.detach()[(None,) * (4 - whole.ndim)]
