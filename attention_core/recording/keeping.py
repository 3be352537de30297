"""What a recording keeps of an attention call, and where: q, k, v or weights as they came, moved, or copied side by side."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from attention_core.capture.call_signatures import Seen, SeenQK, SeenWeights
from attention_core.capture.layer_record import LayerRecord
from attention_core.recording.arena import BLOCK_BYTES, SMALL_BYTES, Arena


class Keeper:
    """Makes LayerRecords of calls. keep_v: whether v is kept; device and dtype: where and as what, None leaves it as it is."""

    def __init__(self, keep_v: bool = True, device: torch.device | str | None = None, dtype: torch.dtype | None = None) -> None:
        self._keep_v = keep_v
        self._device = None if device is None else torch.device(device)
        self._dtype = dtype
        self._as_it_is = device is None and dtype is None
        self._arena = Arena()

    def keep(self, seen: Seen, path: str, index: int) -> LayerRecord:
        """The record of one call, detached from autograd."""
        return self._with_qk(seen, path, index) if isinstance(seen, SeenQK) else self._with_weights(seen, path, index)

    def _with_qk(self, seen: SeenQK, path: str, index: int) -> LayerRecord:
        q = _four_axes(seen.q)
        q, k = self._both_kept(q, q if seen.k is seen.q else _four_axes(seen.k))
        v = self._kept(_four_axes(seen.v)) if self._keep_v else None
        mask = None if seen.mask is None else self._moved(_mask_of_four_axes(seen.mask, seen.q, seen.k))
        scale = 1 / math.sqrt(q.shape[-1]) if seen.scale is None else seen.scale
        return LayerRecord(q, k, v, scale, mask, seen.is_causal, None, path, index, seen.q.dtype, seen.q.device)

    def _with_weights(self, seen: SeenWeights, path: str, index: int) -> LayerRecord:
        weights = self._kept(seen.weights.detach())
        batch, heads, queries, keys = weights.shape
        q, k = weights.new_empty(batch, heads, queries, 0), weights.new_empty(batch, heads, keys, 0)
        return LayerRecord(q, k, None, 1.0, None, False, weights, path, index, seen.weights.dtype, seen.weights.device)

    def _both_kept(self, q: Tensor, k: Tensor) -> tuple[Tensor, ...]:
        if k is q:
            return (kept := self._kept(q)), kept
        if self._as_it_is and q.is_cpu and k.is_cpu and q.nbytes <= SMALL_BYTES and k.nbytes <= SMALL_BYTES:
            return self._arena.copy_both(q, k)
        return self._kept(q), self._kept(k)

    def _kept(self, tensor: Tensor) -> Tensor:
        """Small tensors copied side by side; large ones as they are, unless v would stay alive with them."""
        if (moved := self._moved(tensor)) is not tensor:
            return moved
        nbytes, in_main_memory = tensor.nbytes, tensor.is_cpu
        if in_main_memory and nbytes <= SMALL_BYTES:
            return self._arena.copy(tensor)
        if self._keep_v or tensor.untyped_storage().nbytes() == nbytes:
            return tensor
        if in_main_memory and nbytes <= BLOCK_BYTES:
            return self._arena.copy(tensor)
        return tensor.clone(memory_format=torch.contiguous_format)

    def _moved(self, tensor: Tensor) -> Tensor:
        """On the device and, but for boolean masks, of the type that was asked for; the same tensor where it is already."""
        return tensor if self._as_it_is else tensor.to(self._device, self._dtype if tensor.is_floating_point() else None)


def _four_axes(tensor: Tensor) -> Tensor:
    """(N, d), (H, N, d), (B, H, N, d) or (B, H, windows…, N, d) to (B, H, N, d), with the windows moved into the batch."""
    tensor = tensor.detach() if tensor.requires_grad else tensor
    if tensor.ndim == 4:
        return tensor
    if tensor.ndim < 4:
        return tensor.reshape((1,) * (4 - tensor.ndim) + tuple(tensor.shape))
    return tensor.movedim(1, -3).flatten(0, -4)


def _mask_of_four_axes(mask: Tensor, query: Tensor, key: Tensor) -> Tensor:
    """The mask with the axes of `_four_axes`; it stays broadcast where no windows had to be moved."""
    if query.ndim > 4:
        return _four_axes(mask.expand(*query.shape[:-1], key.shape[-2]))
    return _four_axes(mask)
