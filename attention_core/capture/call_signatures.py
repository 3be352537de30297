"""What torch's attention functions are called with: every reader takes the arguments by torch's own names."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from attention_core.capture.axes import along_heads, four_axes, why_unreadable
from attention_core.capture.seen import SeenQK


@dataclass(eq=False)
class AttentionCall:
    """One call of torch's attention that is about to run; `args` and `kwargs` may be changed before it does.

    module: the innermost one that runs, None where none does. heads (B, H, Nq, dv): what its heads returned, of a call that was
    taken apart and has run.
    """

    function: Callable[..., Any]
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    module: nn.Module | None = None
    heads: Tensor | None = None
    _off: Tensor | None = field(default=None, repr=False)
    _read: SeenQK | str | None = field(default=None, repr=False)
    _join: _Joining | None = field(default=None, repr=False)
    _answer: Tensor | None = field(default=None, repr=False)

    @property
    def attends_only(self) -> bool:
        """Whether it takes q, k and v on the axes on which they are read, drops nothing out, and joins no heads."""
        if self.is_multi_head:
            return False
        given, seen = self.arguments(), self.read()
        query = given["query"]
        on_axes = isinstance(seen, SeenQK) and (seen.q.shape, seen.q.stride()) == (query.shape, query.stride())
        return on_axes and given["dropout_p"] == 0

    @property
    def is_multi_head(self) -> bool:
        """Whether it projects its input and joins its heads itself."""
        return self.function is F.multi_head_attention_forward

    def read(self) -> SeenQK | str:
        """q, k and v as they meet, or in words why they are not queries and keys of heads."""
        if self._read is None:
            tensors = [arg for arg in (*self.args, *self.kwargs.values()) if isinstance(arg, Tensor)]
            why = why_unreadable(*tensors)
            with torch.no_grad():
                self._read = why or self._as_heads()
                if self._off is not None and isinstance(self._read, SeenQK):
                    self._read = self._read.without_values(self._off)
        return self._read

    def _as_heads(self) -> SeenQK | str:
        reader = from_multi_head_attention_forward if self.is_multi_head else from_scaled_dot_product_attention
        return four_axes(reader(*self.args, **self.kwargs), self.module)

    def run(self) -> Any:
        """What the model gets: what the function returns, with what was changed about its heads."""
        output = self.function(*self.args, **self.kwargs) if self._answer is None else self._answer
        if self._off is not None:
            output = torch.where(along_heads(self._off, output.shape, self.module), output.new_zeros(()), output)
        if self._join is None:
            return output
        self.heads = output
        return self._join(output)

    def w_0(self) -> tuple[Tensor, Tensor | None] | None:
        """Weight and bias by which it joins its heads itself, taken apart or not; None where it leaves that to the model."""
        if self._join is not None:
            return self._join.w_0
        if not self.is_multi_head:
            return None
        given = _MULTI_HEAD.bind(*self.args, **self.kwargs).arguments
        return given["out_proj_weight"], given["out_proj_bias"]

    def arguments(self) -> dict[str, Any]:
        """All arguments of a call of `F.scaled_dot_product_attention`, by its own names."""
        bound = _SCALED_DOT_PRODUCT.bind(*self.args, **self.kwargs)
        bound.apply_defaults()
        return dict(bound.arguments)

    def give(self, **changed: Any) -> None:
        """Call `F.scaled_dot_product_attention` with some arguments changed; who reads the call from here on reads these."""
        self.args, self.kwargs, self._read = (), self.arguments() | changed, None

    def answer(self, outputs: Tensor | None) -> None:
        """Let it return these, (B, H, Nq, dv), and compute nothing; None changes nothing."""
        self._answer = outputs

    def switch_off(self, heads: Tensor) -> None:
        """Let these heads (B, H, 1) return 0; who reads the call from here on reads values of 0."""
        self._off, self._read = heads if self._off is None else self._off | heads, None

    def take_apart(self) -> None:
        """Let `F.multi_head_attention_forward` attend by `F.scaled_dot_product_attention`, and join its heads afterwards.

        In between, what its heads (B, H, Nq, dv) return can be changed.
        """
        seen = self._as_heads() if torch.is_grad_enabled() else self.read()
        if isinstance(seen, str):
            raise ValueError(f"the call cannot be taken apart: {seen}")
        given = dict(_MULTI_HEAD.bind(*self.args, **self.kwargs).arguments)
        self._join = _Joining((self.function, self.args, self.kwargs), given)
        self.function, self.args = F.scaled_dot_product_attention, (seen.q, seen.k, seen.v)
        dropout = given["dropout_p"] if given.get("training", True) else 0.0
        self.kwargs = {"attn_mask": seen.mask, "dropout_p": dropout, "scale": seen.scale}


class _Joining:
    """What is left of a call of `F.multi_head_attention_forward` that was taken apart."""

    def __init__(self, whole: tuple[Callable[..., Any], tuple[Any, ...], dict[str, Any]], given: dict[str, Any]) -> None:
        self._whole, self._given = whole, given

    @property
    def w_0(self) -> tuple[Tensor, Tensor | None]:
        return self._given["out_proj_weight"], self._given["out_proj_bias"]

    def __call__(self, heads: Tensor) -> tuple[Tensor, Any]:
        """Of heads (B, H, Nq, dv) the output (Nq, B, E), or (Nq, E) without a batch, and the weights where they are needed."""
        given = self._given
        output = F.linear(heads.permute(2, 0, 1, 3).flatten(2), *self.w_0)
        weights = None
        if given.get("need_weights", True):
            function, args, kwargs = self._whole
            weights = function(*args, **kwargs)[1]
        return (output if given["query"].ndim == 3 else output[:, 0]), weights


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
    return SeenQK(query, key, value, _written_out(attn_mask, query.device), scale, is_causal)


_SCALED_DOT_PRODUCT: Final = inspect.signature(from_scaled_dot_product_attention)
_MULTI_HEAD: Final = inspect.signature(F.multi_head_attention_forward)


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
    q, k, v = (
        _heads(tokens, weight, bias, num_heads, added, static, add_zero_attn and at > 0)
        for at, (tokens, weight, bias, added, static) in enumerate(
            zip((query, key, value), weights, biases, extra, fixed, strict=True)
        )
    )
    extra_keys = (*(("bias",) if bias_k is not None else ()), *(("zero",) if add_zero_attn else ()))
    return SeenQK(q, k, v, _additive(attn_mask, key_padding_mask, q, k), extra_keys=extra_keys)


def _written_out(mask: Tensor | None, device: torch.device) -> Tensor | None:
    """A mask of `torch.nn.attention.bias` is one by its kind alone: its own numbers are never written.

    Where that module was not imported, which takes as long as importing torch, there are no such masks.
    """
    bias = sys.modules.get("torch.nn.attention.bias")
    if bias is None or not isinstance(mask, bias.CausalBias):
        return mask
    below = mask.seq_len_kv - mask.seq_len_q if mask.variant is bias.CausalVariant.LOWER_RIGHT else 0
    return torch.ones(mask.seq_len_q, mask.seq_len_kv, dtype=torch.bool, device=device).tril(below)


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
