"""Memory for many small tensors that are kept: one large block handed out in slices.

What a recorded pass keeps cannot be reused by the layers that follow, so each layer's small tensors would come from fresh
pages, at about a microsecond a page: 7 % of a pass over 256 patches. NumPy's blocks of 4 MiB and more lie on huge pages where
the system has them, and copying into them costs less than the faults (benchmarks/recording.py).
"""

from __future__ import annotations

import weakref
from collections import deque
from typing import Final

import numpy as np
import torch
from torch import Tensor

BLOCK_BYTES: Final = 16 << 20
SMALL_BYTES: Final = 1 << 20
"""Larger tensors bring pages of their own anyway and are better left where they are."""
_ALIGNMENT: Final = 64
_SPARE: Final[deque[np.ndarray]] = deque(maxlen=4)
"""Blocks whose slices are all gone, for the next recording: their pages are there already."""


class Arena:
    """Copies of small tensors, side by side. A block lives as long as any of its slices."""

    def __init__(self) -> None:
        self._block = torch.empty(0, dtype=torch.uint8)
        self._used = 0

    def copy(self, tensor: Tensor) -> Tensor:
        """A copy of a tensor in main memory of at most BLOCK_BYTES, dense and with its axes in the same order in memory."""
        if self._used + tensor.nbytes > self._block.nbytes:
            self._block = _block()
            self._used = 0
        order = sorted(range(tensor.ndim), key=tensor.stride, reverse=True)
        source = tensor.permute(order)
        place = self._block[self._used : self._used + tensor.nbytes].view(tensor.dtype).view(source.shape)
        self._used += -(-tensor.nbytes // _ALIGNMENT) * _ALIGNMENT
        return place.copy_(source).permute([order.index(axis) for axis in range(tensor.ndim)])


def _block() -> Tensor:
    """BLOCK_BYTES of memory that go to _SPARE when the last tensor on them is gone."""
    try:
        memory = _SPARE.pop()
    except IndexError:
        memory = np.empty(BLOCK_BYTES, dtype=np.uint8)
    lent = memory.view()  # torch holds on to this view of the memory, and to nothing else of it
    weakref.finalize(lent, _SPARE.append, memory).atexit = False
    return torch.from_numpy(lent)
