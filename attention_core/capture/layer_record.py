"""What one attention call received, and the exact weights that follow from it on demand."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Final

import torch
from torch import Tensor

from attention_core.capture.workspace import Workspace
from attention_core.maths.attention import apply_mask, require_temperature, softmax

MAX_MATRIX_TOKENS: Final = 4096
"""`LayerRecord.weights` refuses more queries or keys than this: a matrix would take over 64 MiB a head."""
BLOCK_ELEMENTS: Final = 1 << 21
"""Scores held at one time by computations over many queries: 8 MiB. Less is no faster, and more makes threads wait."""
BLOCK_ROWS: Final = 8
"""At least so many queries at one time, or reading the keys would take longer than using them."""


@dataclass(eq=False)
class LayerRecord:
    """What one attention call received. Everything is computed from it on demand, in float32 or wider.

    q (B, H, Nq, d); k (B, Hk, Nk, d), v (B, Hk, Nk, dv), where Hk divides H (grouped-query attention); v is None if not kept.
    scale multiplies q·kᵀ. mask is None, boolean (True: may attend) or added; it has four axes that broadcast to (B, H, Nq, Nk).
    softmaxed (B, H, Nq, Nk): the weights themselves, of a model with an explicit softmax; then q and k have a width of 0.
    path: the dotted name of the module that called, "" where none did. index: which call of the recording it was, from 0.
    step: which call of the whole model it was made in, from 0: a model that generates is called once a token.
    extra_keys: what the last keys are that stand for no token, such as ("sink",).
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
    step: int = 0
    extra_keys: tuple[str, ...] = ()
    dtype: torch.dtype | None = None
    device: torch.device | None = None
    _logsumexp: tuple[float, Tensor, Tensor] | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        self.dtype = self.q.dtype if self.dtype is None else self.dtype
        self.device = self.q.device if self.device is None else self.device

    def __repr__(self) -> str:
        kind = "weights of an explicit softmax" if self.softmaxed is not None else f"head width {self.q.shape[-1]}"
        sizes = f"{self.num_heads} heads, {self.num_queries} queries, {self.num_keys} keys"
        return f"<LayerRecord {self.index} {self.path or 'no module'}: batch of {self.q.shape[0]}, {sizes}, {kind}>"

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
        """Whether a row is softmax(q · kᵀ · scale) and nothing else: no mask, not causal, no explicit softmax."""
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

    def rows(self, queries: Iterable[int], temperature: float = 1.0) -> Tensor:
        """Weights (B, H, len(queries), Nk) with which these queries attend to every key; O(N·d) time and memory.

        temperature: as in `maths.attention.attention`. Raises ValueError where it is below 0, or a query is out of range.
        """
        return self._rows(self._indices(queries, self.num_queries, "query"), temperature)

    def columns(self, keys: Iterable[int], temperature: float = 1.0) -> Tensor:
        """Weights (B, H, Nq, len(keys)) with which every query attends to these keys.

        The first call at a temperature makes one pass over all rows in blocks to find their logsumexp; more calls are O(N·d).
        Raises ValueError where a key is out of range or the temperature is 0 or infinite.
        """
        index = self._indices(keys, self.num_keys, "key")
        peak, rest = self._sums(_above_zero(temperature))
        below = self.scores(None, index, sharp=temperature < 1) - peak[..., None]  # (B, H, Nq, n)
        weights = torch.exp(below / temperature - rest[..., None])
        return weights.masked_fill(peak[..., None] == -torch.inf, 0.0).to(self._precision)

    def logsumexp(self, temperature: float = 1.0, on_block: Callable[[int, int], None] | None = None) -> Tensor:
        """logsumexp of score / temperature over the keys of every query, (B, H, Nq); -inf where all are masked.

        It is kept for more calls at this temperature; in float64 where that is below 1, for then the quotients are large.

        Args:
            temperature: above 0 and finite; ValueError else.
            on_block: told how many of all blocks of rows are done, for progress; what it raises stops the computation.
        """
        peak, rest = self._sums(_above_zero(temperature), on_block)
        return peak / temperature + rest

    def _sums(self, temperature: float, on_block: Callable[[int, int], None] | None = None) -> tuple[Tensor, Tensor]:
        """Of every row the largest score, and the logsumexp of what the scores are less than that, over the temperature.

        Apart, for at a low temperature their sum has no digits left for the second.
        """
        kept = self._logsumexp
        if kept is None or kept[0] != temperature:
            found: list[tuple[Tensor, Tensor]] = []
            blocks = list(self.query_blocks())
            for index in blocks:
                scores = self.scores(index, sharp=temperature < 1)
                peak = scores.amax(-1)
                found.append((peak, torch.logsumexp((scores - _finite(peak)[..., None]) / temperature, -1)))
                if on_block is not None:
                    on_block(len(found), len(blocks))
            peaks, rests = (torch.cat(parts, -1) for parts in zip(*found, strict=True))
            self._logsumexp = kept = (temperature, peaks, rests)
        return kept[1], kept[2]

    def weights(self, head: int | None = None, temperature: float = 1.0) -> Tensor:
        """The pattern of a head, its whole matrix: (B, Nq, Nk) for one head, (B, H, Nq, Nk) for all.

        Raises ValueError above MAX_MATRIX_TOKENS tokens, where the head does not exist, or the temperature is below 0.
        """
        if max(self.num_queries, self.num_keys) > MAX_MATRIX_TOKENS:
            raise ValueError(
                f"a matrix of {self.num_queries} × {self.num_keys} weights is over the limit of {MAX_MATRIX_TOKENS} tokens; "
                "take rows([...]) or columns([...]), which need no matrix, or pooled_weights"
            )
        if head is not None and not (isinstance(head, int) and 0 <= head < self.num_heads):
            raise ValueError(f"head must be 0–{self.num_heads - 1}, received {head}")
        heads = slice(None) if head is None else slice(head, head + 1)
        weights = torch.cat([self._rows(index, temperature, heads) for index in self.query_blocks()], 2)
        return weights if head is None else weights[:, 0]

    def query_blocks(self, queries: Tensor | None = None) -> Iterator[Tensor]:
        """Query indices (n,), all of them by default, in runs of about BLOCK_ELEMENTS scores of all heads and images."""
        queries = torch.arange(self.num_queries, device=self.q.device) if queries is None else queries
        return iter(torch.split(queries, self._rows_of_block))

    def query_slices(self) -> Iterator[slice]:
        """All queries in such runs, as slices: an accelerator need not be asked where a run begins."""
        rows, count = self._rows_of_block, self.num_queries
        return (slice(start, min(start + rows, count)) for start in range(0, count, rows))

    @property
    def _rows_of_block(self) -> int:
        return max(BLOCK_ROWS, BLOCK_ELEMENTS // max(1, self.q.shape[0] * self.num_heads * self.num_keys))

    def with_dense_keys(self) -> LayerRecord:
        """The layer with its keys in the order and precision that scores need: copied once, and not for each block."""
        keys = self.k.to(self._precision).transpose(-2, -1).contiguous()
        return replace(self, k=keys.transpose(-2, -1))

    def mapped(self, change: Callable[[Tensor], Tensor]) -> LayerRecord:
        """The layer with each of its tensors changed; k that is q stays that."""
        q = change(self.q)
        k = q if self.k is self.q else change(self.k)
        v, mask, softmaxed = (None if old is None else change(old) for old in (self.v, self.mask, self.softmaxed))
        return replace(self, q=q, k=k, v=v, mask=mask, softmaxed=softmaxed, _logsumexp=None)

    def scores(
        self,
        queries: Tensor | slice | None = None,
        keys: Tensor | None = None,
        heads: slice = slice(None),
        sharp: bool = False,
        workspace: Workspace | None = None,
    ) -> Tensor:
        """Scaled and masked scores (B, H, queries, keys).

        Of an explicit softmax they are the logarithms of its weights. These differ from the scores by one constant a row, which
        no softmax notices, at any temperature.

        Args:
            queries, keys: their indices; None takes all. A slice of queries spares a copy of them.
            heads: a slice of the heads.
            sharp: compute in float64, for low temperatures.
            workspace: where they may lie until the next are asked of it.
        """
        dtype = torch.float64 if sharp else self._precision
        if self.softmaxed is not None:
            weights = self.softmaxed[:, heads]
            weights = weights if queries is None else weights[:, :, queries]
            return (weights if keys is None else weights[..., keys]).to(dtype).log()
        q, k = self.q[:, heads], self.k_of_heads[:, heads]
        queries = slice(None) if queries is None else queries
        keys_index = torch.arange(self.num_keys, device=q.device) if keys is None else keys
        k = k if keys is None else k[:, :, keys]
        q, keys_across = q[:, :, queries].to(dtype), k.to(dtype).transpose(-2, -1)
        scaled, out = None, None
        if workspace is not None:
            scaled = workspace.empty("scaled queries", q)
            out = workspace.empty("scores", q, *q.shape[:3], k.shape[2])
        scores = torch.matmul(torch.mul(q, self.scale, out=scaled), keys_across, out=out)  # (B, H, n, m)
        if self.mask is not None:
            mask = self.mask if self.mask.shape[1] == 1 else self.mask[:, heads]
            whole = mask.expand(*mask.shape[:2], self.num_queries, self.num_keys)
            scores = apply_mask(scores, whole[:, :, queries][..., keys_index])
        if self.is_causal:
            index = torch.arange(self.num_queries, device=q.device)
            scores = scores.masked_fill(keys_index[None, :] > index[queries][:, None], -torch.inf)
        return scores

    @property
    def _precision(self) -> torch.dtype:
        return torch.promote_types(self.q.dtype, torch.float32)

    def _rows(self, queries: Tensor, temperature: float, heads: slice = slice(None)) -> Tensor:
        require_temperature(temperature)
        return softmax(self.scores(queries, heads=heads, sharp=temperature < 1), temperature).to(self._precision)

    def _indices(self, indices: Iterable[int], count: int, what: str) -> Tensor:
        expected = f"expected a list of {what} numbers from 0 to {count - 1}, such as [0]"
        try:
            numbers = [operator.index(index) for index in indices]
        except TypeError:
            raise ValueError(f"{expected}; received {indices!r}") from None
        if wrong := [number for number in numbers if not 0 <= number < count]:
            raise ValueError(f"{what} must be 0–{count - 1}, received {wrong[0]}")
        return torch.tensor(numbers, dtype=torch.long, device=self.q.device)


def bytes_of(*tensors: Tensor | None) -> int:
    """Bytes of these tensors in memory, each counted once; axes along which one is broadcast take none."""
    return sum({id(tensor): in_memory(tensor).nbytes for tensor in tensors if tensor is not None}.values())


def in_memory(tensor: Tensor) -> Tensor:
    """What there is of a tensor in memory: of axes along which it is broadcast, such as a mask's, one entry."""
    if 0 not in tensor.stride():
        return tensor
    return tensor[tuple(slice(None) if stride else slice(0, 1) for stride in tensor.stride())]


def _finite(peak: Tensor) -> Tensor:
    """0 for a row that is masked as a whole."""
    return peak.masked_fill(peak == -torch.inf, 0.0)


def _above_zero(temperature: float) -> float:
    if not isinstance(temperature, int | float) or not 0 < temperature < math.inf:
        raise ValueError(f"temperature must be above 0 and finite here, received {temperature}")
    return temperature
