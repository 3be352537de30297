"""Features and blocks as tensors with names, and the rest about them as JSON; the other way round too."""

from __future__ import annotations

from dataclasses import fields
from typing import Any, Final

from torch import Tensor

from attention_core.capture.block_record import BlockMoves, BlockRecord
from attention_core.capture.features import Features, Norm
from attention_core.capture.output_projection import OutputProjection
from attention_core.recording.of_calls import BlocksOfCalls, FeaturesOfCalls

Tensors = dict[str, Tensor]

_OF_NORM: Final = ("path", "kind", "width", "eps")
_OF_BLOCK: Final = ("path", "why_no_projection", "why_no_moves", "step")
_OF_PROJECTION: Final = ("path", "norm_after")
_NORM: Final = ("weight", "bias")
_PROJECTED: Final = ("weight", "bias", "layer_scale")
_MOVED: Final = tuple(each.name for each in fields(BlockMoves))


def save_features(features: FeaturesOfCalls) -> tuple[Tensors, dict[str, Any]]:
    """Return the tensors by name, and the rest; what several calls share is written once."""
    tensors: Tensors = {}
    blocks = list({id(each): each for each in features.values()}.values())
    norms = list({id(each.norm): each.norm for each in blocks if each.norm is not None}.values())
    for number, norm in enumerate(norms):
        tensors |= _named(f"norm.{number}", norm, _NORM)
    described = []
    for number, block in enumerate(blocks):
        tensors[f"features.{number}"] = block.raw.contiguous()
        calls = [call for call, each in features.items() if each is block]
        norm_number = next((at for at, norm in enumerate(norms) if norm is block.norm), None)
        described.append({"calls": calls, "path": block.path, "step": block.step, "norm": norm_number})
    return tensors, {"blocks": described, "norms": [_facts(norm, _OF_NORM) for norm in norms]}


def load_features(described: dict[str, Any], tensors: Tensors) -> FeaturesOfCalls:
    """Return what `save_features` wrote, nothing for older records. Raises KeyError if a tensor is missing."""
    norms = [
        Norm(**about, weight=tensors.get(f"norm.{number}.weight"), bias=tensors.get(f"norm.{number}.bias"))
        for number, about in enumerate(described["norms"])
    ]
    features = FeaturesOfCalls()
    for number, about in enumerate(described["blocks"]):
        norm = None if about["norm"] is None else norms[about["norm"]]
        block = Features(tensors[f"features.{number}"], about["path"], about["step"], norm)
        features.update(dict.fromkeys(about["calls"], block))
    return features


def save_blocks(blocks: BlocksOfCalls) -> tuple[Tensors, list[dict[str, Any]]]:
    """Return the tensors by name, and the rest of each block. W_0 is written too, because the file has no model."""
    tensors: Tensors = {}
    described = []
    first_with: dict[int, int] = {}
    for call, block in blocks.items():
        about: dict[str, Any] = {"call": call} | _facts(block, _OF_BLOCK)
        if block.projection is not None:
            about["projection"] = _facts(block.projection, _OF_PROJECTION)
            tensors |= _named(f"projection.{call}", block.projection, _PROJECTED)
        if block.moves is not None:
            about["moves"] = first_with.setdefault(id(block.moves), call)  # calls in one block share them
            tensors |= _named(f"moves.{about['moves']}", block.moves, _MOVED)
        described.append(about)
    return tensors, described


def load_blocks(described: list[dict[str, Any]], tensors: Tensors) -> BlocksOfCalls:
    """Return what `save_blocks` wrote, nothing for older records. Raises KeyError if a tensor is missing."""
    blocks, moves = BlocksOfCalls(), dict[int | None, BlockMoves]()
    for about in described:
        call, moved = about["call"], about["moves"]
        projection = None
        if about["projection"] is not None:
            bias, scale = (tensors.get(f"projection.{call}.{name}") for name in ("bias", "layer_scale"))
            projection = OutputProjection(tensors[f"projection.{call}.weight"], bias, scale, **about["projection"])
        if moved is not None and moved not in moves:
            moves[moved] = BlockMoves(**{name: tensors[f"moves.{moved}.{name}"] for name in _MOVED})
        facts = {name: about[name] for name in _OF_BLOCK}
        blocks[call] = BlockRecord(projection=projection, moves=moves.get(moved), **facts)
    return blocks


def _facts(holder: object, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: getattr(holder, name) for name in names}


def _named(prefix: str, holder: object, names: tuple[str, ...]) -> Tensors:
    held = _facts(holder, names)
    return {f"{prefix}.{name}": tensor.contiguous() for name, tensor in held.items() if tensor is not None}
