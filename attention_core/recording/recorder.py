"""Records attention in an unmodified model, while its fused kernels stay on.

`record_attention` watches torch's attention functions (see `capture.door`) and keeps the q and k that each call received: after
projections, norms and rotary embeddings, before the softmax. Any row, column or matrix of weights that follows from them is
exact, and no N × N matrix needs to exist. For an explicit softmax it keeps the weights.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn

from attention_core.capture.axes import of_heads
from attention_core.capture.call_signatures import AttentionCall
from attention_core.capture.door import watching
from attention_core.capture.layer_record import LayerRecord, bytes_of
from attention_core.capture.seen import SeenQK, SeenWeights, Unseen
from attention_core.capture.watcher import Where
from attention_core.recording.block_keeper import BlockKeeper
from attention_core.recording.feature_keeper import FeatureKeeper
from attention_core.recording.keeping import Keeper
from attention_core.recording.record import AttentionRecord

Take = Callable[[LayerRecord, Tensor | None], None]
Attend = Callable[[LayerRecord], Tensor | None]


class _Recorder:
    """A watcher that reads each call before it runs, and adds it to a record once it has ended without an exception."""

    def __init__(
        self,
        record: AttentionRecord,
        keeper: Keeper,
        only: Collection[int] | None = None,
        on_call: Callable[[int], None] | None = None,
        features: FeatureKeeper | None = None,
        blocks: BlockKeeper | None = None,
        take: Take | None = None,
        attend: Attend | None = None,
    ) -> None:
        self._record = record
        self._keeper = keeper
        self._features = features
        self._blocks = blocks
        self._only = only
        self._on_call = on_call
        self._take = take
        self._attend = attend
        self._calls = 0
        self._begun: dict[AttentionCall, tuple[LayerRecord | None, SeenQK, Where]] = {}

    @property
    def copies(self) -> bool:
        return self._keeper.copy

    def begins(self, call: AttentionCall, where: Where) -> None:
        seen = call.read()
        if isinstance(seen, SeenQK):
            self._expect(where)
            kept = self._keeper.qk(seen, where.path, where.step) if self._wanted() else None
            self._begun[call] = (kept, seen, where)
            if self._attend is not None and kept is not None and call.attends_only:
                kept.index = self._calls
                call.answer(self._attend(kept))
        else:
            self.missed(Unseen(where.path, seen))

    def ends(self, call: AttentionCall, output: Any) -> None:
        if call in self._begun:
            layer, seen, where = self._begun.pop(call)
            if self._blocks is not None:
                self._blocks.attended(self._calls, call, seen, output, where)
            joined = self._take is None or call.is_multi_head
            outputs = None if joined else of_heads(output, seen.q.shape[0], seen.q.shape[1], call.module)
            self._ended(layer, bytes_of(seen.q, seen.k, seen.v, seen.mask), outputs)

    def softmaxed(self, weights: Tensor, where: Where) -> None:
        if self._blocks is not None:
            self._blocks.expect(where, softmax=True)

    def saw(self, seen: SeenWeights, where: Where) -> None:
        self._expect(where)
        if self._blocks is not None:
            self._blocks.saw(self._calls, seen, where)
        layer = self._keeper.weights(seen, where.path, where.step) if self._wanted() else None
        self._ended(layer, seen.weights.nbytes, seen.output)

    def missed(self, unseen: Unseen) -> None:
        if unseen not in self._record.unseen:
            self._record.unseen.append(unseen)

    def _expect(self, where: Where) -> None:
        if self._features is not None:
            self._features.expect(self._calls, where)
        if self._blocks is not None:
            self._blocks.expect(where)

    def _wanted(self) -> bool:
        return self._only is None or self._calls in self._only

    def _ended(self, layer: LayerRecord | None, nbytes: int, outputs: Tensor | None) -> None:
        self._record.nbytes_seen += nbytes
        index, self._calls = self._calls, self._calls + 1
        if self._on_call is not None:
            self._on_call(index)
        if layer is not None:
            layer.index = index
            if self._take is None:
                self._record.layers.append(layer)
            else:
                self._take(layer, outputs)


@contextmanager
def record_attention(
    keep_v: bool = True,
    device: torch.device | str | None = None,
    dtype: torch.dtype | None = None,
    only: Collection[int] | None = None,
    on_call: Callable[[int], None] | None = None,
    *,
    model: nn.Module | None = None,
    copy: bool = True,
    features: bool | Collection[int] = False,
    blocks: bool = False,
    take: Take | None = None,
    attend: Attend | None = None,
) -> Iterator[AttentionRecord]:
    """Record every attention call that this thread makes inside the block; the model runs as it is.

    It records `F.scaled_dot_product_attention`, whoever calls it and by any name, `F.multi_head_attention_forward` (even if
    `nn.MultiheadAttention` would take its fast path), and an explicit softmax whose weights multiply values: its result, before
    dropout, gates or other changes. `record.unseen` names attention that is no heads × queries × keys of tokens. Blocks nest
    (each records), may end in any order, leave nothing behind after an exception, and record neither other threads nor asyncio
    tasks that began outside. Compiled models run eagerly.

    Args:
        keep_v: False keeps q and k alone, in about two thirds of the memory.
        device: device of the tensors kept, such as "cpu"; None leaves them where they are.
        dtype: their type, such as torch.float16; None leaves it as it is.
        only: numbers of the calls to keep, counted from 0; None keeps all.
        on_call: called with each call's number as it ends, for progress; an exception from it stops the model.
        model: the model whose names of modules give the paths, if its methods are called (`generate`) or other modules run
            around it; None takes the outermost module that runs.
        copy: False keeps the tensors of the model itself. It spares a copy in memory and no time, and is right only as long as
            nothing writes into them (static caches and in-place dropout do).
        features: whether `record.features` gets the output of each call's block, with the same device and dtype; or numbers of
            calls.
        blocks: whether `record.blocks` gets, for each call, the W_0 through which its heads write into the residual stream, and
            how far its block moves each token. Both are compared with what the block computes; if they differ, the record has
            a reason instead.
        take: called with each layer as its call has ended, and with the output of its heads, (B, H, Nq, dv) or None if unknown;
            the record then keeps no layers. For work on many pictures whose layers do not fit into memory together.
        attend: called with each layer as a call of `F.scaled_dot_product_attention` without dropout begins. The model gets its
            result, (B, H, Nq, dv), and torch computes nothing; None leaves the call to torch. For work that needs all weights.
    """
    record = AttentionRecord()
    keeper = Keeper(keep_v, _known(device), _floating(dtype), copy)
    of_blocks = None
    if features is not False:
        calls = None if features is True else _numbers(features, "features")
        of_blocks = FeatureKeeper(record.features, keeper, calls, model)
    follows = BlockKeeper(record.blocks, keeper, model) if blocks else None
    with watching(_Recorder(record, keeper, _numbers(only, "only"), on_call, of_blocks, follows, take, attend), model):
        yield record


def _known(device: torch.device | str | None) -> torch.device | None:
    try:
        return None if device is None else torch.device(device)
    except (RuntimeError, TypeError):
        raise ValueError(f"device must be one of torch's, such as 'cpu' or 'cuda', received {device!r}") from None


def _floating(dtype: torch.dtype | None) -> torch.dtype | None:
    if dtype is not None and not (isinstance(dtype, torch.dtype) and dtype.is_floating_point):
        raise ValueError(f"dtype must be a floating-point type of torch, such as torch.float16, received {dtype!r}")
    return dtype


def _numbers(only: Collection[int] | None, what: str) -> frozenset[int] | None:
    """Return the numbers of calls; none can be counted from the end, because the number of calls is not known yet."""
    if only is None:
        return None
    if not isinstance(only, Collection) or any(not isinstance(call, int) or call < 0 for call in only):
        raise ValueError(f"{what} must be a list of numbers of calls, counted from 0, such as [0, 11], received {only!r}")
    return frozenset(only)
