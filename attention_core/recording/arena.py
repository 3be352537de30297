"""Memory for many small tensors that are kept: one large block handed out in slices.

What a recorded pass keeps cannot be reused by the layers that follow, so each layer's small tensors would come from fresh
pages, at about a microsecond a page: 7 % of a pass over 256 patches. NumPy's blocks of 4 MiB and more lie on huge pages where
the system has them, and copying into them costs less than the faults (benchmarks/recording.py).
"""

from __future__ import annotations

import weakref
from collections import deque
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

import numpy as np
import torch
from torch import Tensor

BLOCK_BYTES: Final = 16 << 20
SMALL_BYTES: Final = 1 << 20
"""Larger tensors bring pages of their own anyway and are better left where they are."""
_ALIGNMENT: Final = 64
_SPARE: Final[deque[np.ndarray]] = deque(maxlen=8)
"""Blocks whose slices are all gone, for the next recording: their pages are there already, which fresh ones cost 4 % of a pass
over 3,136 patches to get. 128 MiB at most, q and k of 12 such layers.
"""


class Arena:
    """Copies of small tensors, side by side. A block lives as long as any of its slices."""

    def __init__(self) -> None:
        self._block = torch.empty(0, dtype=torch.uint8)
        self._used = 0

    def copy(self, tensor: Tensor) -> Tensor:
        """A copy of a tensor in main memory of at most BLOCK_BYTES, dense and with its axes in the same order in memory."""
        return self._place(tensor, tensor.shape, _dense(tensor.shape, tensor.stride())).copy_(tensor)

    def copy_both(self, first: Tensor, second: Tensor) -> tuple[Tensor, ...]:
        """Copies of both; in one go, and interleaved as they were, where they are parts of one tensor, as q and k of one
        projection are.
        """
        shape, stride, gap = first.shape, first.stride(), second.storage_offset() - first.storage_offset()
        if not (
            (shape, stride, first.dtype) == (second.shape, second.stride(), second.dtype)
            and gap > 0
            and first.untyped_storage().data_ptr() == second.untyped_storage().data_ptr()
        ):
            return self.copy(first), self.copy(second)
        return self.copy(first.as_strided((2, *shape), (gap, *stride))).unbind()

    def _place(self, like: Tensor, shape: Sequence[int], strides: Sequence[int]) -> Tensor:
        """Memory for so many bytes of that type; the strides must not leave gaps."""
        nbytes, dtype = like.nbytes, like.dtype
        if self._used + nbytes > self._block.nbytes:
            self._block = _block()
            self._used = 0
        if self._block.dtype != dtype:
            self._block = self._block.view(dtype)
        start = self._used // dtype.itemsize
        self._used += -(-nbytes // _ALIGNMENT) * _ALIGNMENT
        return self._block.as_strided(shape, strides, start)


@lru_cache(maxsize=64)
def _dense(shape: Sequence[int], strides: Sequence[int]) -> tuple[int, ...]:
    """Strides without gaps, with the axes nested as by these."""
    dense = [0] * len(shape)
    elements = 1
    for axis in sorted(range(len(shape)), key=lambda axis: (strides[axis], -axis)):
        dense[axis], elements = elements, elements * shape[axis]
    return tuple(dense)


def _block() -> Tensor:
    """BLOCK_BYTES of memory that go to _SPARE when the last tensor on them is gone."""
    try:
        memory = _SPARE.pop()
    except IndexError:
        memory = np.empty(BLOCK_BYTES, dtype=np.uint8)
    lent = memory.view()  # torch holds on to this view of the memory, and to nothing else of it
    weakref.finalize(lent, _SPARE.append, memory).atexit = False
    return torch.from_numpy(lent)
