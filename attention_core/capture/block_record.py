"""What is known of the block that an attention call lies in: how heads write into its stream, and how far it moves tokens."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields

from torch import Tensor

from attention_core.capture.layer_record import bytes_of
from attention_core.capture.output_projection import OutputProjection


@dataclass(frozen=True, eq=False)
class BlockMoves:
    """How far a block's attention and its MLP move each token of the residual stream x; all (B, N), in float32.

    N are the tokens in the order of the block's own stream; a map (B, rows, cols, D) is read row by row.
    before, after_attention, after: the norm ‖x‖ at those three places. attention, mlp: the norm of what each added to it.
    cos_attention, cos_mlp: the cosine of the angle between x before and after each.
    Where norms follow the sums (post-norm) x is what these return. Where attention and MLP run beside each other, x after
    attention is the stream with what attention added alone.
    """

    before: Tensor
    after_attention: Tensor
    after: Tensor
    attention: Tensor
    mlp: Tensor
    cos_attention: Tensor
    cos_mlp: Tensor

    @property
    def nbytes(self) -> int:
        return bytes_of(*(getattr(self, each.name) for each in fields(self)))

    def mapped(self, change: Callable[[Tensor], Tensor]) -> BlockMoves:
        """The same with its tensors changed."""
        return BlockMoves(**{each.name: change(getattr(self, each.name)) for each in fields(self)})


@dataclass(frozen=True, eq=False)
class BlockRecord:
    """The block of one attention call: what was found out about it while it ran, and held against what it computed.

    path: the block's dotted name, "" where the call lies in none. step: in which call of the whole model it ran, from 0.
    projection, moves: None where they could not be told; why_no_projection, why_no_moves say why, as parts of a sentence.
    """

    path: str
    projection: OutputProjection | None = None
    why_no_projection: str = ""
    moves: BlockMoves | None = None
    why_no_moves: str = ""
    step: int = 0

    def __repr__(self) -> str:
        found = "no projection" if self.projection is None else f"projection {self.projection.path}"
        return f"<BlockRecord {self.path or 'no block'}: {found}, {'no moves' if self.moves is None else 'moves'}>"
