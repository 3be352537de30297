"""Memory in which one block of scores after another is computed."""

from __future__ import annotations

import torch
from torch import Tensor


class Workspace:
    """Tensors by name, each given out again: what was in it before is written over.

    An allocator gives back what is freed of large tensors, and fresh pages take the system as long as a block's sums take.
    For one thread at a time, and for what asks for no gradients.
    """

    def __init__(self) -> None:
        self._kept: dict[tuple[str, torch.dtype, torch.device], Tensor] = {}

    def empty(self, name: str, shape: tuple[int, ...], dtype: torch.dtype, device: torch.device) -> Tensor:
        """One in one piece, with any numbers in it."""
        size, key = torch.Size(shape).numel(), (name, dtype, device)
        kept = self._kept.get(key)
        if kept is None or kept.numel() < size:
            kept = self._kept[key] = torch.empty(size, dtype=dtype, device=device)
        return kept[:size].view(shape)
