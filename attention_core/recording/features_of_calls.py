"""The features of a record, by the number of the attention call whose block returned them."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from attention_core.capture.features import Features, Norm
from attention_core.capture.layer_record import bytes_of


class FeaturesOfCalls(dict[int, Features]):
    """A mapping in which calls that lie in one block share what it returned, and all share the model's norm."""

    def __missing__(self, call: int) -> Features:
        kept = ", ".join(map(str, self)) or "none"
        raise KeyError(f"no features of call {call}: it lies in no block, or they were not asked for; kept are {kept}")

    @property
    def nbytes(self) -> int:
        """Bytes of all tensors, each counted once."""
        norms = [of.norm for of in self.values() if of.norm is not None]
        of_norms = (tensor for norm in norms for tensor in (norm.weight, norm.bias))
        return bytes_of(*(of.raw for of in self.values()), *of_norms)

    def of_step(self, step: int) -> FeaturesOfCalls:
        """Of one call of the whole model."""
        return FeaturesOfCalls({call: of for call, of in self.items() if of.step == step})

    def of_image(self, index: int, num_images: int) -> FeaturesOfCalls:
        """Of one image of a batch, whose windows lie next to each other."""

        def part(raw: Tensor) -> Tensor:
            count = raw.shape[0] // num_images
            return raw[index * count : (index + 1) * count]

        return self._each(part, lambda norm: norm)

    def to(self, device: torch.device | str) -> FeaturesOfCalls:
        """With all tensors on that device."""
        return self._each(lambda raw: raw.to(device), lambda norm: norm.mapped(lambda tensor: tensor.to(device)))

    def _each(self, change: Callable[[Tensor], Tensor], change_norm: Callable[[Norm], Norm]) -> FeaturesOfCalls:
        norms = {id(of.norm): change_norm(of.norm) for of in self.values() if of.norm is not None}
        once = {id(of): of for of in self.values()}
        changed = {key: of.mapped(change, norms.get(id(of.norm))) for key, of in once.items()}
        return FeaturesOfCalls({call: changed[id(of)] for call, of in self.items()})
