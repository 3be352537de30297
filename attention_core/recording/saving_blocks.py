"""What is known of blocks as tensors with names, and what is no tensor about it as JSON; the other way round too."""

from __future__ import annotations

from dataclasses import fields
from typing import Any, Final

from torch import Tensor

from attention_core.capture.block_record import BlockMoves, BlockRecord
from attention_core.capture.output_projection import OutputProjection
from attention_core.recording.blocks_of_calls import BlocksOfCalls

_OF_BLOCK: Final = ("path", "why_no_projection", "why_no_moves", "step")
_OF_PROJECTION: Final = ("path", "norm_after")
_PROJECTED: Final = ("weight", "bias", "layer_scale")
_MOVED: Final = tuple(each.name for each in fields(BlockMoves))


def blocks_taken_apart(blocks: BlocksOfCalls) -> tuple[dict[str, Tensor], list[dict[str, Any]]]:
    """The tensors by name, and the rest, a block record each. W_0 is written too, for the file has no model."""
    tensors: dict[str, Tensor] = {}
    described = []
    first_with: dict[int, int] = {}
    for call, of in blocks.items():
        about: dict[str, Any] = {"call": call} | {name: getattr(of, name) for name in _OF_BLOCK}
        if of.projection is not None:
            about["projection"] = {name: getattr(of.projection, name) for name in _OF_PROJECTION}
            tensors |= _named(f"projection.{call}", of.projection, _PROJECTED)
        if of.moves is not None:
            about["moves"] = first_with.setdefault(id(of.moves), call)  # calls in one block share them
            tensors |= _named(f"moves.{about['moves']}", of.moves, _MOVED)
        described.append(about)
    return tensors, described


def blocks_put_together(described: list[dict[str, Any]], tensors: dict[str, Tensor]) -> BlocksOfCalls:
    """What `blocks_taken_apart` took apart; of records older than blocks none. Raises KeyError where a tensor is missing."""
    blocks, moves = BlocksOfCalls(), dict[int, BlockMoves]()
    for about in described:
        call, moved = about["call"], about["moves"]
        projection = None
        if about["projection"] is not None:
            bias, scale = (tensors.get(f"projection.{call}.{name}") for name in ("bias", "layer_scale"))
            projection = OutputProjection(tensors[f"projection.{call}.weight"], bias, scale, **about["projection"])
        if moved is not None and moved not in moves:
            moves[moved] = BlockMoves(**{name: tensors[f"moves.{moved}.{name}"] for name in _MOVED})
        of = {name: about[name] for name in _OF_BLOCK}
        blocks[call] = BlockRecord(projection=projection, moves=None if moved is None else moves[moved], **of)
    return blocks


def _named(prefix: str, holder: object, names: tuple[str, ...]) -> dict[str, Tensor]:
    kept = {name: getattr(holder, name) for name in names}
    return {f"{prefix}.{name}": tensor.contiguous() for name, tensor in kept.items() if tensor is not None}
