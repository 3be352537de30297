"""What one attention call received, and the exact weights that follow from it on demand."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import torch
from torch import Tensor

from attention_core.images.patch_grid import PatchGrid
from attention_core.maths.attention import apply_mask, softmax

if TYPE_CHECKING:
    from attention_core.analysis.head_statistics import LayerStatistics

MAX_MATRIX_TOKENS: Final = 4096
"""`LayerRecord.weights` refuses more queries or keys than this: a matrix would take over 64 MiB a head."""
BLOCK_ELEMENTS: Final = 4_000_000
"""Scores held at one time by computations that run over all queries."""


@dataclass(eq=False)
class LayerRecord:
    """What one attention call received. Everything is computed from it on demand, in float32 or wider.

    q (B, H, Nq, d); k (B, Hk, Nk, d), v (B, Hk, Nk, dv), where Hk divides H (grouped-query attention); v is None if not kept.
    scale multiplies q·kᵀ. mask is None, boolean (True: may attend) or added; it has four axes that broadcast to (B, H, Nq, Nk).
    softmaxed (B, H, Nq, Nk): the weights themselves, of a model that computed them in the open; then q and k have a width of 0.
    path: the dotted name of the module that called, "" where none did. index: which call of the recording it was, from 0.
    dtype and device are those of the call, whatever was asked to be kept.
    """

    q: Tensor
    k: Tensor
    v: Tensor | None
    scale: float
    mask: Tensor | None = None
    is_causal: bool = False
    softmaxed: Tensor | None = None
    path: str = ""
    index: int = 0
    dtype: torch.dtype | None = None
    device: torch.device | None = None
    _normalisers: tuple[float, Tensor] | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        self.dtype = self.q.dtype if self.dtype is None else self.dtype
        self.device = self.q.device if self.device is None else self.device

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
    def follows_from_qk(self) -> bool:
        """Whether a row is softmax(q · kᵀ · scale) and nothing else: no mask, not causal, no softmax in the open."""
        return self.softmaxed is None and self.mask is None and not self.is_causal

    @property
    def k_of_heads(self) -> Tensor:
        """k (B, H, Nk, d): with grouped-query attention every head gets the keys of its group."""
        groups = self.num_heads // self.k.shape[1]
        return self.k if groups == 1 else self.k.repeat_interleave(groups, 1)

    @property
    def nbytes(self) -> int:
        """Bytes of the tensors kept; one that serves as query and key counts once."""
        return bytes_of(self.q, self.k, self.v, self.mask, self.softmaxed)

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

    def log_normalisers(self, temperature: float = 1.0, on_block: Callable[[int, int], None] | None = None) -> Tensor:
        """log Σ_k exp(score / temperature) of every row, (B, H, Nq); -inf where a row is fully masked. Kept for reuse.

        on_block is told how many of all blocks of rows are done, for progress; what it raises stops the computation.
        """
        if not 0 < temperature < math.inf:
            raise ValueError(f"temperature must be above 0 and finite here, received {temperature}")
        kept = self._normalisers
        if kept is None or kept[0] != temperature:
            blocks: list[Tensor] = []
            indices = list(self.query_blocks())
            for index in indices:
                blocks.append(torch.logsumexp(self.scores(index) / temperature, -1))
                if on_block is not None:
                    on_block(len(blocks), len(indices))
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

    def statistics(self, grid: PatchGrid | None = None, num_prefix: int = 0) -> LayerStatistics:
        """Entropy, mean distance and prefix share of every head; see `analysis.head_statistics.layer_statistics`."""
        from attention_core.analysis.head_statistics import layer_statistics

        return layer_statistics(self, grid, num_prefix)

    def query_blocks(self) -> Iterator[Tensor]:
        """All query indices in runs that keep a block of scores within BLOCK_ELEMENTS."""
        rows = max(1, BLOCK_ELEMENTS // (self.q.shape[0] * self.num_heads * self.num_keys))
        return iter(torch.split(torch.arange(self.num_queries, device=self.q.device), rows))

    def scores(self, queries: Tensor | None = None, keys: Tensor | None = None, heads: slice = slice(None)) -> Tensor:
        """Scaled and masked scores (B, H, queries, keys); None means all of them."""
        if self.softmaxed is not None:
            return self._open_scores(self.softmaxed[:, heads], queries, keys)
        q, k = self.q[:, heads], self.k_of_heads[:, heads]
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

    def _open_scores(self, weights: Tensor, queries: Tensor | None, keys: Tensor | None) -> Tensor:
        """Logarithms of the weights: the scores but for a constant a row, which is nothing to a softmax at any temperature."""
        weights = weights if queries is None else weights[:, :, queries]
        weights = weights if keys is None else weights[..., keys]
        return weights.to(torch.promote_types(weights.dtype, torch.float32)).log()

    def _indices(self, indices: Sequence[int], count: int, what: str) -> Tensor:
        wrong = [index for index in indices if not 0 <= index < count]
        if wrong:
            raise ValueError(f"{what} must be 0–{count - 1}, received {wrong[0]}")
        return torch.tensor(list(indices), dtype=torch.long, device=self.q.device)


def bytes_of(*tensors: Tensor | None) -> int:
    """Bytes of these tensors, each counted once."""
    return sum({id(tensor): tensor.nbytes for tensor in tensors if tensor is not None}.values())
