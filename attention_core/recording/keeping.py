"""What a recording keeps of a call, and where: copies that nothing can change afterwards, or the tensors themselves."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from attention_core.capture.layer_record import LayerRecord
from attention_core.capture.seen import SeenQK, SeenWeights


@dataclass(frozen=True)
class Keeper:
    """Makes LayerRecords of calls, detached from autograd.

    keep_v: whether v is kept. device, dtype: where and as what; None leaves it as it is. copy: False keeps the model's own
    tensors, of which a record is right as long as the model does not write into them.
    """

    keep_v: bool = True
    device: torch.device | str | None = None
    dtype: torch.dtype | None = None
    copy: bool = True

    def qk(self, seen: SeenQK, path: str, step: int) -> LayerRecord:
        """The record of one call."""
        q = self._kept(seen.q)
        k = q if seen.k is seen.q else self._kept(seen.k)
        v = self._kept(seen.v) if self.keep_v else None
        mask = None if seen.mask is None else self._kept(seen.mask)[(None,) * (4 - seen.mask.ndim)]
        scale = 1 / math.sqrt(q.shape[-1]) if seen.scale is None else seen.scale
        kept = LayerRecord(q, k, v, scale, mask, seen.is_causal, dtype=seen.q.dtype, device=seen.q.device)
        return replace(kept, path=path, step=step, extra_keys=seen.extra_keys)

    def weights(self, seen: SeenWeights, path: str, step: int) -> LayerRecord:
        """The record of an explicit softmax, whose weights the door has copied already where they must be."""
        weights = seen.weights.to(self.device, self.dtype)
        batch, heads, queries, keys = weights.shape
        q, k = weights.new_empty(batch, heads, queries, 0), weights.new_empty(batch, heads, keys, 0)
        kept = LayerRecord(q, k, None, 1.0, softmaxed=weights, dtype=seen.weights.dtype, device=seen.weights.device)
        return replace(kept, path=path, step=step, extra_keys=seen.extra_keys)

    def _kept(self, tensor: Tensor) -> Tensor:
        """Of a tensor that is broadcast, such as a mask, what there is of it in memory; boolean masks keep their type."""
        dtype = self.dtype if tensor.is_floating_point() else None
        whole = stored = tensor.detach()
        if 0 in whole.stride():
            stored = whole[tuple(slice(None) if stride else slice(0, 1) for stride in whole.stride())]
        moved = stored.to(self.device, dtype)
        return (moved.clone() if self.copy and moved.data_ptr() == stored.data_ptr() else moved).expand(whole.shape)
