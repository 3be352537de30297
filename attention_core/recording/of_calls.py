"""What a record knows besides its layers, by the number of an attention call: features, and blocks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import ClassVar, Self, TypeVar

import torch
from torch import Tensor

from attention_core.capture.block_record import BlockRecord
from attention_core.capture.features import Features
from attention_core.capture.layer_record import bytes_of

Known = TypeVar("Known", Features, BlockRecord)
Change = Callable[[Tensor], Tensor]


class _OfCalls(dict[int, Known]):
    """A mapping from the number of a call. Calls that lie in one block share its tensors."""

    missing: ClassVar[str]
    """The sentence for an absent call, with {call} and {kept}."""

    def __missing__(self, call: int) -> Known:
        raise KeyError(self.missing.format(call=call, kept=", ".join(map(str, self)) or "none"))

    def mapped(self, tokens: Change, weights: Change | None = None) -> Self:
        """The same with tensors of tokens changed, and those of the model's weights; None leaves the weights."""
        raise NotImplementedError

    def of_step(self, step: int) -> Self:
        """The part of one call of the whole model."""
        return type(self)({call: known for call, known in self.items() if known.step == step})

    def of_image(self, index: int, num_images: int) -> Self:
        """The part of one image of a batch; windows of an image lie next to each other."""

        def part(tokens: Tensor) -> Tensor:
            count = tokens.shape[0] // num_images
            return tokens[index * count : (index + 1) * count]

        return self.mapped(part)

    def to(self, device: torch.device | str) -> Self:
        """The same with all tensors on that device."""

        def moved(tensor: Tensor) -> Tensor:
            return tensor.to(device)

        return self.mapped(moved, moved)


class FeaturesOfCalls(_OfCalls[Features]):
    """The features after the block of each call; all share the model's norm."""

    missing = "no features of call {call}: it lies in no block, or they were not asked for; kept are {kept}"

    @property
    def nbytes(self) -> int:
        """Bytes of the features and of their norm, each counted once."""
        norms = [features.norm for features in self.values() if features.norm is not None]
        of_norms = (tensor for norm in norms for tensor in (norm.weight, norm.bias))
        return bytes_of(*(features.raw for features in self.values()), *of_norms)

    def mapped(self, tokens: Change, weights: Change | None = None) -> Self:
        norms = {id(each.norm): each.norm for each in self.values() if each.norm is not None}
        if weights is not None:
            norms = {key: norm.mapped(weights) for key, norm in norms.items()}
        once = {id(each): each for each in self.values()}
        changed = {key: each.mapped(tokens, norms.get(id(each.norm))) for key, each in once.items()}
        return type(self)({call: changed[id(each)] for call, each in self.items()})


class BlocksOfCalls(_OfCalls[BlockRecord]):
    """The block of each call: how heads write into the stream, and how far the block moves tokens."""

    missing = "no block of call {call}: blocks were not asked for, or it never ended; kept are {kept}"

    @property
    def nbytes(self) -> int:
        """Bytes of how far tokens move, each counted once; W_0 and layer scales are the model's own."""
        return sum({id(block.moves): block.moves.nbytes for block in self.values() if block.moves is not None}.values())

    def mapped(self, tokens: Change, weights: Change | None = None) -> Self:
        moves = {id(block.moves): block.moves.mapped(tokens) for block in self.values() if block.moves is not None}
        changed = {call: replace(block, moves=moves.get(id(block.moves))) for call, block in self.items()}
        if weights is not None:
            changed = {
                call: block if block.projection is None else replace(block, projection=block.projection.mapped(weights))
                for call, block in changed.items()
            }
        return type(self)(changed)
