"""Attention in the forms that are hard to record. Each module stores the weights that it used in `own`."""

from __future__ import annotations

from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor, nn

WIDTH, HEADS = 32, 4


class Attention(nn.Module):
    """Explicit attention of four heads. The subclasses differ in how they compute it."""

    def __init__(self, width: int = WIDTH, num_heads: int = HEADS) -> None:
        super().__init__()
        self.num_heads = num_heads
        self.qkv = nn.Linear(width, 3 * width)
        self.own: list[Tensor] = []

    def projected(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Return q, k and v, each (B, H, N, d)."""
        q, k, v = self.qkv(x).unflatten(-1, (3, self.num_heads, -1)).permute(2, 0, 3, 1, 4)
        return q.clone(), k.clone(), v.clone()

    def keep(self, q: Tensor, k: Tensor, scale: float | None = None) -> None:
        scale = q.shape[-1] ** -0.5 if scale is None else scale
        self.own.append(softmax_by_hand(q @ k.transpose(-1, -2) * scale))

    def forward(self, x: Tensor) -> Tensor:
        q, k, v = self.projected(x)
        self.keep(q, k)
        return (q @ k.transpose(-1, -2) * q.shape[-1] ** -0.5).softmax(-1) @ v


class Fused(Attention):
    def forward(self, x: Tensor) -> Tensor:
        q, k, v = self.projected(x)
        self.keep(q, k)
        return F.scaled_dot_product_attention(q, k, v)


class ThisExplicit(Attention):
    def forward(this, x: Tensor) -> Tensor:  # noqa: N805
        q, k, v = this.projected(x)
        this.keep(q, k)
        return (q @ k.transpose(-1, -2) * q.shape[-1] ** -0.5).softmax(-1) @ v


class ThisFused(Attention):
    def forward(this, x: Tensor) -> Tensor:  # noqa: N805
        q, k, v = this.projected(x)
        this.keep(q, k)
        return F.scaled_dot_product_attention(q, k, v)


class Sliced(Attention):
    """Computes some of the B · H attentions at a time to save memory, like diffusers' SlicedAttnProcessor."""

    def __init__(self, slice_size: int) -> None:
        super().__init__()
        self.slice_size = slice_size

    def forward(self, x: Tensor) -> Tensor:
        q, k, v = self.projected(x)
        self.keep(q, k)
        q, k, v = q.flatten(0, 1), k.flatten(0, 1), v.flatten(0, 1)
        output = torch.zeros_like(q)
        for start in range(0, q.shape[0], self.slice_size):
            part = slice(start, start + self.slice_size)
            scores = torch.empty(q[part].shape[0], q.shape[1], k.shape[1])
            scores = torch.baddbmm(scores, q[part], k[part].transpose(-1, -2), beta=0, alpha=q.shape[-1] ** -0.5)
            output[part] = torch.bmm(scores.softmax(dim=-1).to(q.dtype), v[part])
        return output.unflatten(0, (x.shape[0], -1))


class Windows(Attention):
    """Five axes: (B, H, windows, N, d) as in Hiera, or (B, windows, H, N, d) as in Twins."""

    def __init__(self, heads_first: bool, fused: bool) -> None:
        super().__init__()
        self.heads_first, self.fused = heads_first, fused

    def forward(self, x: Tensor) -> Tensor:
        q, k, v = (tokens.unflatten(2, (3, -1)) for tokens in self.projected(x))  # (B, H, windows, N, d)
        self.own.append(softmax_by_hand(q @ k.transpose(-1, -2) * q.shape[-1] ** -0.5).movedim(1, 2).flatten(0, 1))
        if not self.heads_first:
            q, k, v = q.movedim(1, 2), k.movedim(1, 2), v.movedim(1, 2)
        if self.fused:
            return F.scaled_dot_product_attention(q, k, v)
        return (q @ k.transpose(-1, -2) * q.shape[-1] ** -0.5).softmax(-1) @ v


class HeadsInBatch(Attention):
    """Three axes: (B · H, N, d), as in timm's image tower of SAM."""

    def forward(self, x: Tensor) -> Tensor:
        q, k, v = self.projected(x)
        self.keep(q, k)
        return F.scaled_dot_product_attention(q.flatten(0, 1), k.flatten(0, 1), v.flatten(0, 1))


class HeadsAfterQueries(Attention):
    """(B, Nq, H, Nk), the order that einsum gives if tokens come before heads."""

    def forward(self, x: Tensor) -> Tensor:
        q, k, v = self.projected(x)
        self.keep(q, k, scale=1.0)
        q, k, v = q.transpose(1, 2), k.transpose(1, 2), v.transpose(1, 2)
        return torch.einsum("bqhk,bkhd->bqhd", torch.einsum("bqhd,bkhd->bqhk", q, k).softmax(-1), v)


class KeysBeforeQueries(Attention):
    """(B, H, Nk, Nq), with the softmax over the last axis but one."""

    def forward(self, x: Tensor) -> Tensor:
        q, k, v = self.projected(x)
        self.keep(q, k, scale=1.0)
        return (k @ q.transpose(-1, -2)).softmax(-2).transpose(-1, -2) @ v


class Sampled(Attention):
    """Deformable attention: every query weights four points that it selects.

    These weights do not come from a product of q and k.
    """

    def __init__(self) -> None:
        super().__init__()
        self.offsets, self.weights, self.value = (
            nn.Linear(WIDTH, HEADS * 4),
            nn.Linear(WIDTH, HEADS * 4),
            nn.Linear(WIDTH, WIDTH),
        )

    def forward(self, x: Tensor) -> Tensor:
        weights = F.softmax(self.weights(x).unflatten(-1, (HEADS, 4)), -1)  # (B, Nq, H, points)
        places = self.offsets(x).unflatten(-1, (HEADS, 4)).abs().long() % x.shape[1]
        values = self.value(x).unflatten(-1, (HEADS, -1)).transpose(1, 2)  # (B, H, N, d)
        index = places.transpose(1, 2).flatten(2)[..., None].expand(-1, -1, -1, values.shape[-1])
        sampled = values.gather(2, index).unflatten(2, (-1, 4))
        return (sampled * weights.transpose(1, 2)[..., None]).sum(-2)


class Sinks(Attention):
    """One learned score per head that takes weight and gives no value, as in GPT-OSS."""

    def __init__(self) -> None:
        super().__init__()
        self.sinks = nn.Parameter(torch.linspace(-1, 1, HEADS))

    def forward(self, x: Tensor) -> Tensor:
        q, k, v = self.projected(x)
        scores = q @ k.transpose(-1, -2) * q.shape[-1] ** -0.5
        scores = torch.cat([scores, self.sinks.view(1, -1, 1, 1).expand(*scores.shape[:3], 1)], -1)
        self.own.append(softmax_by_hand(scores))
        return F.softmax(scores, dim=-1)[..., :-1] @ v


class WithoutAttention(nn.Module):
    """A head that chooses between as many classes as there are tokens."""

    def __init__(self, classes: int) -> None:
        super().__init__()
        self.head = nn.Linear(WIDTH, classes)

    def forward(self, x: Tensor) -> Tensor:
        return self.head(x).softmax(-1)


class ChangesAfterwards(Attention):
    """Calls a fused function and then zeroes one of its input tensors in place."""

    def __init__(self, what: str) -> None:
        super().__init__()
        self.what = what

    def forward(self, x: Tensor) -> Tensor:
        q, k, v = self.projected(x)
        mask = torch.randn(x.shape[1], x.shape[1])
        self.own.append(softmax_by_hand(q @ k.transpose(-1, -2) * q.shape[-1] ** -0.5 + mask))
        output = F.scaled_dot_product_attention(q, k, v, mask)
        {"q": q, "k": k, "v": v, "mask": mask}[self.what].zero_()
        return output


class DropsInPlace(Attention):
    """Dropout that changes the weights in place."""

    def forward(self, x: Tensor) -> Tensor:
        q, k, v = self.projected(x)
        self.keep(q, k)
        weights = (q @ k.transpose(-1, -2) * q.shape[-1] ** -0.5).softmax(-1)
        return F.dropout(weights, 0.5, training=True, inplace=True) @ v


def softmax_by_hand(scores: Tensor) -> Tensor:
    """The truth: exponentials divided by their sum. No recorder looks for this form."""
    exponentials = (scores - scores.amax(-1, keepdim=True)).exp()
    return exponentials / exponentials.sum(-1, keepdim=True)


def attend(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    return (q @ k.transpose(-1, -2) * q.shape[-1] ** -0.5).softmax(-1) @ v


PLAIN_FUNCTIONS: dict[str, Callable[[Tensor, Tensor, Tensor], Tensor]] = {
    "explicit": attend,
    "fused": F.scaled_dot_product_attention,
}
