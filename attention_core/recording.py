"""Recording attention in an unmodified model, while its fused kernels stay on.

`record_attention` watches `torch.nn.functional.scaled_dot_product_attention` and keeps the q and k that each call received:
after projections, norms and rotary embeddings, before the softmax. From them any row, column or matrix of weights is exact,
and none of the N × N matrices needs to exist.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

import torch
import torch.nn.functional as F
from torch import Tensor
from torch.overrides import TorchFunctionMode

from attention_core.arena import BLOCK_BYTES, SMALL_BYTES, Arena
from attention_core.attention import apply_mask, softmax

MAX_MATRIX_TOKENS: Final = 4096
"""`LayerRecord.weights` refuses more queries or keys than this: a matrix would take over 64 MiB a head."""
BLOCK_ELEMENTS: Final = 4_000_000
"""Scores held at one time by computations that run over all queries."""


@dataclass(eq=False)
class LayerRecord:
    """What one attention call received. Everything is computed from it on demand, in float32 or wider.

    q (B, H, Nq, d); k (B, Hk, Nk, d), v (B, Hk, Nk, dv), where Hk divides H (grouped-query attention); v is None if not kept.
    scale multiplies q·kᵀ. mask is None, boolean (True: may attend) or added; it has four axes that broadcast to (B, H, Nq, Nk).
    """

    q: Tensor
    k: Tensor
    v: Tensor | None
    scale: float
    mask: Tensor | None = None
    is_causal: bool = False
    _normalisers: tuple[float, Tensor] | None = field(default=None, repr=False)

    @property
    def num_heads(self) -> int:
        return self.q.shape[1]

    @property
    def num_queries(self) -> int:
        return self.q.shape[2]

    @property
    def num_keys(self) -> int:
        return self.k.shape[2]

    @property
    def nbytes(self) -> int:
        """Bytes of the tensors kept; one that serves as query and key counts once."""
        kept = {id(tensor): tensor for tensor in (self.q, self.k, self.v, self.mask) if tensor is not None}
        return sum(tensor.nbytes for tensor in kept.values())

    def rows(self, queries: Sequence[int], temperature: float = 1.0) -> Tensor:
        """Weights (B, H, len(queries), Nk) with which these queries look at every key; O(N·d) time and memory.

        Raises ValueError where a query is out of range.
        """
        return softmax(self.scores(self._indices(queries, self.num_queries, "query")), temperature)

    def columns(self, keys: Sequence[int], temperature: float = 1.0) -> Tensor:
        """Weights (B, H, Nq, len(keys)) with which every query looks at these keys.

        The first call at a temperature makes one pass over all rows in blocks to find their normalisers; more calls are
        O(N·d). Raises ValueError where a key is out of range or the temperature is 0 or infinite.
        """
        index = self._indices(keys, self.num_keys, "key")
        scores = self.scores(None, index)  # (B, H, Nq, n)
        return torch.exp(scores / temperature - self.log_normalisers(temperature)[..., None]).nan_to_num(nan=0.0)

    def log_normalisers(self, temperature: float = 1.0) -> Tensor:
        """log Σ_k exp(score / temperature) of every row, (B, H, Nq); -inf where a row is fully masked. Kept for reuse."""
        if not 0 < temperature < math.inf:
            raise ValueError(f"temperature must be above 0 and finite here, received {temperature}")
        kept = self._normalisers
        if kept is None or kept[0] != temperature:
            blocks = [torch.logsumexp(self.scores(index) / temperature, -1) for index in self.query_blocks()]
            kept = (temperature, torch.cat(blocks, -1))
            self._normalisers = kept
        return kept[1]

    def weights(self, head: int | None = None, temperature: float = 1.0) -> Tensor:
        """The whole matrix: (B, Nq, Nk) for one head, (B, H, Nq, Nk) for all.

        Raises ValueError above MAX_MATRIX_TOKENS tokens or where the head does not exist.
        """
        if max(self.num_queries, self.num_keys) > MAX_MATRIX_TOKENS:
            raise ValueError(
                f"a matrix of {self.num_queries} × {self.num_keys} weights is over the limit of {MAX_MATRIX_TOKENS} tokens; "
                "take rows([...]) or columns([...]), which need no matrix, or pooled_weights"
            )
        if head is None:
            return softmax(self.scores(), temperature)
        if not 0 <= head < self.num_heads:
            raise ValueError(f"head must be 0–{self.num_heads - 1}, received {head}")
        return softmax(self.scores(heads=slice(head, head + 1)), temperature)[:, 0]

    def query_blocks(self) -> Iterator[Tensor]:
        """All query indices in runs that keep a block of scores within BLOCK_ELEMENTS."""
        rows = max(1, BLOCK_ELEMENTS // (self.q.shape[0] * self.num_heads * self.num_keys))
        return iter(torch.split(torch.arange(self.num_queries, device=self.q.device), rows))

    def scores(self, queries: Tensor | None = None, keys: Tensor | None = None, heads: slice = slice(None)) -> Tensor:
        """Scaled and masked scores (B, H, queries, keys); None means all of them."""
        q, k = self.q[:, heads], self._grouped_k()[:, heads]
        queries = torch.arange(self.num_queries, device=q.device) if queries is None else queries
        keys_index = torch.arange(self.num_keys, device=q.device) if keys is None else keys
        dtype = torch.promote_types(q.dtype, torch.float32)
        k = k if keys is None else k[:, :, keys]
        scores = q[:, :, queries].to(dtype) @ k.to(dtype).transpose(-2, -1) * self.scale  # (B, H, n, m)
        if self.mask is not None:
            mask = self.mask if self.mask.shape[1] == 1 else self.mask[:, heads]
            whole = mask.expand(*mask.shape[:2], self.num_queries, self.num_keys)
            scores = apply_mask(scores, whole[:, :, queries][..., keys_index])
        if self.is_causal:
            scores = scores.masked_fill(keys_index[None, :] > queries[:, None], -torch.inf)
        return scores

    def _grouped_k(self) -> Tensor:
        groups = self.num_heads // self.k.shape[1]
        return self.k if groups == 1 else self.k.repeat_interleave(groups, 1)

    def _indices(self, indices: Sequence[int], count: int, what: str) -> Tensor:
        wrong = [index for index in indices if not 0 <= index < count]
        if wrong:
            raise ValueError(f"{what} must be 0–{count - 1}, received {wrong[0]}")
        return torch.tensor(list(indices), dtype=torch.long, device=self.q.device)


class AttentionRecord:
    """The `layers` that ran inside one `record_attention` block, in the order in which they were called."""

    def __init__(self, keep_v: bool = True) -> None:
        self.layers: list[LayerRecord] = []
        self._keep_v = keep_v
        self._arena = Arena()

    @property
    def nbytes(self) -> int:
        """Bytes of the tensors kept, over all layers."""
        return sum(layer.nbytes for layer in self.layers)

    def _add(
        self,
        query: Tensor,
        key: Tensor,
        value: Tensor,
        attn_mask: Tensor | None = None,
        dropout_p: float = 0.0,
        is_causal: bool = False,
        scale: float | None = None,
        enable_gqa: bool = False,
    ) -> None:
        """Takes the arguments of `F.scaled_dot_product_attention`, by its own names."""
        q = self._kept(_four_axes(query.detach()))
        k = q if key is query else self._kept(_four_axes(key.detach()))
        v = self._kept(_four_axes(value.detach())) if self._keep_v else None
        mask = None if attn_mask is None else _mask_of_four_axes(attn_mask.detach(), query, key)
        scale = 1 / math.sqrt(q.shape[-1]) if scale is None else scale
        self.layers.append(LayerRecord(q, k, v, scale, mask, is_causal))

    def _kept(self, tensor: Tensor) -> Tensor:
        """Small tensors copied side by side; large ones as they are, unless v would stay alive with them."""
        small = tensor.nbytes <= SMALL_BYTES
        part = tensor.untyped_storage().nbytes() > tensor.nbytes
        if tensor.device.type == "cpu" and tensor.nbytes <= BLOCK_BYTES and (small or (part and not self._keep_v)):
            return self._arena.copy(tensor)
        return tensor.clone(memory_format=torch.contiguous_format) if part and not self._keep_v else tensor


_WATCHED: Final = F.scaled_dot_product_attention


class _Watch(TorchFunctionMode):
    """Sees every torch function called in this thread while it is entered. Torch keeps the stack of modes per thread."""

    def __init__(self, record: AttentionRecord) -> None:
        super().__init__()
        self._record = record

    def __torch_function__(
        self, func: Callable[..., Any], types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        result = func(*args, **kwargs) if kwargs else func(*args)  # this line runs for every torch function of the model
        if func is _WATCHED:
            self._record._add(*args, **(kwargs or {}))
        return result


@contextmanager
def record_attention(keep_v: bool = True) -> Iterator[AttentionRecord]:
    """Record every `F.scaled_dot_product_attention` call that Python code makes in this thread inside the block.

    Attention inside other functions of torch, as in `nn.MultiheadAttention`, is not seen. The model runs as it is, with its
    fused kernels. Blocks nest (each records), can follow each other, leave nothing behind after an exception, and do not see
    other threads. keep_v=False keeps q and k alone, in about two thirds of the memory.
    """
    record = AttentionRecord(keep_v)
    with _Watch(record):
        yield record


def _four_axes(tensor: Tensor) -> Tensor:
    """(N, d), (H, N, d), (B, H, N, d) or (B, H, windows…, N, d) to (B, H, N, d), with the windows moved into the batch."""
    if tensor.ndim < 4:
        return tensor.reshape((1,) * (4 - tensor.ndim) + tuple(tensor.shape))
    return tensor.movedim(1, -3).flatten(0, -4)


def _mask_of_four_axes(mask: Tensor, query: Tensor, key: Tensor) -> Tensor:
    """The mask with the axes of `_four_axes`; it stays broadcast where no windows had to be moved."""
    if query.ndim > 4:
        return _four_axes(mask.expand(*query.shape[:-1], key.shape[-2]))
    return _four_axes(mask)
