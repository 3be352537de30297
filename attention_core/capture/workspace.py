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

    def empty(self, name: str, like: Tensor, *shape: int) -> Tensor:
        """One in one piece, with any numbers in it, of the precision and device of `like`; and of its shape without another."""
        sizes = torch.Size(shape) or like.shape
        size, key = sizes.numel(), (name, like.dtype, like.device)
        kept = self._kept.get(key)
        if kept is None or kept.numel() < size:
            kept = self._kept[key] = torch.empty(size, dtype=like.dtype, device=like.device)
        return kept[:size].view(sizes)

    def dense(self, name: str, tensor: Tensor) -> Tensor:
        """The same numbers in one piece: a product of many matrices would first copy them into fresh memory."""
        return self.empty(name, tensor).copy_(tensor)
