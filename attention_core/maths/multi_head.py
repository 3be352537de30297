"""Several attentions side by side, and W_0 that joins them. Vectors are rows: q = x · W_q + b_q."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor, nn

from attention_core.maths.attention import AttentionTrace, attention

Reading = Literal["project", "slice"]


@dataclass(frozen=True)
class MultiHeadTrace:
    """Every intermediate of one multi-head self-attention, in the order in which it is computed.

    x (..., N, D): the input. pieces (..., H, N, d or D): what each head reads, its slice of x or the whole of it.
    heads: the `AttentionTrace` of all heads, q, k, v and output (..., H, N, d), weights (..., H, N, N).
    concat (..., N, D): the heads' outputs side by side, 0 where a head is off. contributions (..., H, N, D): what each head
    adds to the output, its part of concat times its rows of W_0. output (..., N, D): concat · W_0 + b_0, the sum of the
    contributions plus b_0; without W_0 the bare concat.
    """

    x: Tensor
    pieces: Tensor
    heads: AttentionTrace
    concat: Tensor
    contributions: Tensor
    output: Tensor


class MultiHeadSelfAttention(nn.Module):
    """Multi-head self-attention (Vaswani et al. 2017, section 3.2.2) in two readings.

    reading="project": each head reads the whole x through its own W_q, W_k, W_v of D × d, as all libraries do.
    reading="slice": the input is split into H pieces of width d = D/H and each head reads its own, through matrices of d × d.

    W_q, W_k, W_v are (H, D or d, d), b_q, b_k, b_v (H, d), W_0 (D, D), b_0 (D). Biases exist with bias=True, W_0 and b_0 with
    output_projection=True. Raises ValueError where num_heads does not divide dim.
    """

    def __init__(
        self, dim: int, num_heads: int, reading: Reading = "project", bias: bool = True, output_projection: bool = True
    ) -> None:
        super().__init__()
        if num_heads < 1 or dim % num_heads:
            divisors = [count for count in range(1, dim + 1) if dim % count == 0]
            raise ValueError(f"{num_heads} heads do not divide a width of {dim}; possible are {', '.join(map(str, divisors))}")
        if reading not in ("project", "slice"):
            raise ValueError(f'reading must be "project" or "slice", received {reading!r}')
        self.dim, self.num_heads, self.head_dim, self.reading = dim, num_heads, dim // num_heads, reading
        width = dim if reading == "project" else self.head_dim
        self.W_q, self.W_k, self.W_v = (_drawn(num_heads, width, self.head_dim) for _ in "qkv")
        self.b_q, self.b_k, self.b_v = (_zeros(bias, num_heads, self.head_dim) for _ in "qkv")
        self.W_0 = _drawn(dim, dim) if output_projection else None
        self.b_0 = _zeros(bias and output_projection, dim)

    def forward(self, x: Tensor, mask: Tensor | None = None) -> Tensor:
        """x (..., N, D) → (..., N, D). mask as in `attention`, broadcast to (..., H, N, N)."""
        return self.trace(x, mask).output

    def trace(
        self, x: Tensor, mask: Tensor | None = None, temperature: float = 1.0, heads_on: Tensor | None = None
    ) -> MultiHeadTrace:
        """As `forward`, with every intermediate.

        Args:
            x: (..., N, D).
            mask, temperature: as in `attention`.
            heads_on: (H) boolean; the output of a head that is off is set to 0 (Michel et al. 2019, section 2.3).

        Raises:
            ValueError: where the width of x is not D, heads_on is not (H), or as `attention` does.
        """
        if x.ndim < 2 or x.shape[-1] != self.dim:
            raise ValueError(f"x must be (..., N, {self.dim}), received {tuple(x.shape)}")
        pieces = self._pieces(x)
        q = _project(pieces, self.W_q, self.b_q)
        k = _project(pieces, self.W_k, self.b_k)
        v = _project(pieces, self.W_v, self.b_v)
        heads = attention(q, k, v, mask=mask, temperature=temperature)
        kept = heads.output if heads_on is None else heads.output * self._checked(heads_on)[:, None, None]
        concat = kept.transpose(-3, -2).flatten(-2)  # (..., H, N, d) → (..., N, H·d)
        w0 = torch.eye(self.dim, dtype=x.dtype, device=x.device) if self.W_0 is None else self.W_0
        contributions = kept @ w0.view(self.num_heads, self.head_dim, self.dim)  # (..., H, N, d) · (H, d, D)
        output = concat if self.W_0 is None else concat @ w0 + (0 if self.b_0 is None else self.b_0)
        return MultiHeadTrace(x, pieces, heads, concat, contributions, output)

    def multiply_adds(self, num_tokens: int) -> int:
        """Multiplications of one pass over N tokens: projections, q·kᵀ, weights · v, and W_0."""
        width = self.dim if self.reading == "project" else self.head_dim
        projections = 3 * num_tokens * self.num_heads * width * self.head_dim
        scores_and_sums = 2 * num_tokens**2 * self.dim
        return projections + scores_and_sums + (0 if self.W_0 is None else num_tokens * self.dim**2)

    def _checked(self, heads_on: Tensor) -> Tensor:
        if heads_on.shape != (self.num_heads,):
            raise ValueError(f"heads_on must be ({self.num_heads},), received {tuple(heads_on.shape)}")
        return heads_on

    def _pieces(self, x: Tensor) -> Tensor:
        if self.reading == "slice":
            return x.reshape(*x.shape[:-1], self.num_heads, self.head_dim).transpose(-3, -2)  # (..., H, N, d)
        return x[..., None, :, :].expand(*x.shape[:-2], self.num_heads, *x.shape[-2:])  # (..., H, N, D)


def _project(pieces: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
    projected = pieces @ weight  # (..., H, N, d)
    return projected if bias is None else projected + bias[:, None]


def _drawn(*shape: int) -> nn.Parameter:
    return nn.Parameter(torch.randn(shape) / math.sqrt(shape[-2]))


def _zeros(exist: bool, *shape: int) -> nn.Parameter | None:
    return nn.Parameter(torch.zeros(shape)) if exist else None
