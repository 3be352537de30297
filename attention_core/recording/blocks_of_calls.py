"""What a record knows of the blocks, by the number of the attention call that lies in each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import torch
from torch import Tensor

from attention_core.capture.block_record import BlockMoves, BlockRecord
from attention_core.capture.output_projection import OutputProjection


class BlocksOfCalls(dict[int, BlockRecord]):
    """A mapping that says what it has where a call is missing."""

    def __missing__(self, call: int) -> BlockRecord:
        kept = ", ".join(map(str, self)) or "none"
        raise KeyError(f"no block of call {call}: blocks were not asked for, or it never ended; kept are {kept}")

    @property
    def nbytes(self) -> int:
        """Bytes of how far tokens move, each counted once; W_0 and layer scales are the model's own."""
        return sum({id(of.moves): of.moves.nbytes for of in self.values() if of.moves is not None}.values())

    def of_step(self, step: int) -> BlocksOfCalls:
        """Of one call of the whole model."""
        return BlocksOfCalls({call: of for call, of in self.items() if of.step == step})

    def of_image(self, index: int, num_images: int) -> BlocksOfCalls:
        """Of one image of a batch, whose windows lie next to each other."""

        def part(moved: Tensor) -> Tensor:
            count = moved.shape[0] // num_images
            return moved[index * count : (index + 1) * count]

        return self._each(lambda projection: projection, lambda moves: moves.mapped(part))

    def to(self, device: torch.device | str) -> BlocksOfCalls:
        """With all tensors on that device."""

        def moved(tensor: Tensor) -> Tensor:
            return tensor.to(device)

        return self._each(lambda projection: projection.mapped(moved), lambda moves: moves.mapped(moved))

    def _each(
        self, project: Callable[[OutputProjection], OutputProjection], move: Callable[[BlockMoves], BlockMoves]
    ) -> BlocksOfCalls:
        """Calls that lie in one block share its moves."""
        moves = {id(of.moves): move(of.moves) for of in self.values() if of.moves is not None}
        return BlocksOfCalls(
            {
                call: replace(
                    of,
                    projection=None if of.projection is None else project(of.projection),
                    moves=moves.get(id(of.moves)),
                )
                for call, of in self.items()
            }
        )
