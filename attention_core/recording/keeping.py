"""The tensors that a recording keeps: copies that nothing can change afterwards, or the model's own."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from attention_core.capture.layer_record import LayerRecord, in_memory
from attention_core.capture.seen import SeenQK, SeenWeights


@dataclass(frozen=True)
class Keeper:
    """Makes LayerRecords of calls, detached from autograd.

    keep_v: whether v is kept. device, dtype: those of the kept tensors; None leaves them as they are. copy: False keeps the
    model's own tensors; the record is right as long as the model does not write into them.
    """

    keep_v: bool = True
    device: torch.device | str | None = None
    dtype: torch.dtype | None = None
    copy: bool = True

    def qk(self, seen: SeenQK, path: str, step: int) -> LayerRecord:
        """Return the record of one call."""
        q, k, v, mask, scale, is_causal, extra_keys = seen
        kept_q, kept_k = self._both(q, k)
        return LayerRecord(
            q=kept_q,
            k=kept_k,
            v=self.kept(v) if self.keep_v else None,
            scale=1 / math.sqrt(q.shape[-1]) if scale is None else scale,
            mask=None if mask is None else self.kept(mask)[(None,) * (4 - mask.ndim)],
            is_causal=is_causal,
            path=path,
            step=step,
            extra_keys=extra_keys,
            dtype=q.dtype,
            device=q.device,
        )

    def weights(self, seen: SeenWeights, path: str, step: int) -> LayerRecord:
        """Return the record of an explicit softmax; the door has copied its weights already if needed."""
        dtype, device = seen.weights.dtype, seen.weights.device
        weights = seen.weights.to(self.device, self.dtype)
        batch, heads, queries, keys = weights.shape
        q, k = weights.new_empty(batch, heads, queries, 0), weights.new_empty(batch, heads, keys, 0)
        v = self.kept(seen.values) if self.keep_v and seen.values is not None else None
        about = LayerRecord(q, k, v, 1.0, softmaxed=weights, path=path, step=step, dtype=dtype, device=device)
        about.extra_keys = seen.extra_keys
        return about

    def _both(self, q: Tensor, k: Tensor) -> tuple[Tensor, Tensor]:
        """Copy q and k at once if they are parts of one projection: this saves 2 % of a pass over 196 patches."""
        if k is q:
            return (kept := self.kept(q)), kept
        apart = k.storage_offset() - q.storage_offset()
        alike = (q.shape, q.stride(), q.dtype, q.device) == (k.shape, k.stride(), k.dtype, k.device)
        if not (self._as_it_is and self.copy and alike and apart > 0 and 0 not in q.stride()):
            return self.kept(q), self.kept(k)
        if q.untyped_storage().data_ptr() != k.untyped_storage().data_ptr():
            return self.kept(q), self.kept(k)
        kept_q, kept_k = q.detach().as_strided((2, *q.shape), (apart, *q.stride())).clone().unbind()
        return kept_q, kept_k

    @property
    def _as_it_is(self) -> bool:
        return self.device is None and self.dtype is None

    def kept(self, tensor: Tensor) -> Tensor:
        """Return the tensor as it is kept: a broadcast one takes no more memory, and boolean masks keep their type."""
        whole = tensor.detach() if tensor.requires_grad else tensor
        stored = in_memory(whole)
        kept = self._moved(stored)
        return kept if stored is whole else kept.expand(whole.shape)

    def shared(self, tensor: Tensor) -> Tensor:
        """Return a tensor that nobody writes into on the device of the others, not copied and of its own type."""
        return tensor.detach().to(self.device)

    def _moved(self, tensor: Tensor) -> Tensor:
        if self._as_it_is:
            return tensor.clone() if self.copy else tensor
        return tensor.to(self.device, self.dtype if tensor.is_floating_point() else None, copy=self.copy)


def one_image(layer: LayerRecord, index: int, num_images: int) -> LayerRecord:
    """Return the record of one image of a batch; windows of an image lie next to each other."""
    count = layer.q.shape[0] // num_images
    part = slice(index * count, (index + 1) * count)
    return layer.mapped(lambda tensor: tensor if tensor.shape[0] == 1 < layer.q.shape[0] else tensor[part])
