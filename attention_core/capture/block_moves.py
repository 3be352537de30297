"""How far attention and MLP of a block moved its tokens, by the sums of its stream."""

from __future__ import annotations

from typing import Final

import torch
from torch import Tensor

from attention_core.capture.block_record import BlockMoves
from attention_core.capture.block_trace import Move
from attention_core.capture.features import channel_axis
from attention_core.capture.head_writes import Added, Write

_NO_ATTENTION: Final = "what attention adds to the stream is not known"
_IN_PLACE: Final = "the block writes over its stream"
_NO_MLP: Final = "the block adds nothing to its stream but what attention writes"
_OTHERS: Final = "the block adds {count} things to its stream, not one of attention and then one of an MLP"
_NO_CHANNELS: Final = "of the axes {shape} of the stream none is known as that of its channels"


def block_moves(moves: list[Move]) -> BlockMoves | str:
    """How far the two sums of a block, or the one of a block whose MLP runs beside attention, moved its tokens.

    In words why that is not known, where the block has others.
    """
    of = moves[0].of
    returned = of[0].write.returned if of else None
    if returned is None:
        return _NO_ATTENTION
    if any(move.in_place for move in moves):
        return _IN_PLACE
    if channel_axis(moves[0].before, returned.shape[-1]) is None:
        return _NO_CHANNELS.format(shape=tuple(moves[0].before.shape))
    if len(moves) == 1:
        return _NO_MLP if of[0].beside is None else _side_by_side(moves[0], of[0], of[0].beside, returned)
    if len(moves) > 2 or moves[1].of:
        return _OTHERS.format(count=len(moves))
    return _measured(moves[0], moves[1], of[0].write)


def _side_by_side(move: Move, of: Added, beside: Tensor, returned: Tensor) -> BlockMoves | str:
    """As if what attention added came first."""
    if move.norm_after or returned.numel() != move.before.numel():
        return _NO_ATTENTION
    scale = 1.0 if of.scale is None else of.scale
    attention, mlp = returned.reshape(move.before.shape) * scale, beside * scale
    between = move.before + attention
    return _measured(Move(move.before, attention, between), Move(between, mlp, move.after), of.write)


def _measured(attention: Move, mlp: Move, write: Write) -> BlockMoves:
    width = 0 if write.returned is None else write.returned.shape[-1]
    first = _tokens(attention.before, width)
    stream = [first, *(_tokens(each, width).reshape(first.shape) for each in (attention.after, mlp.after))]
    before, between, after = (_norms(each) for each in stream)
    by_attention, by_mlp = (_norms(_tokens(each, width)).reshape(before.shape) for each in (attention.added, mlp.added))
    turned, turned_last = (
        _cosine_of_norm(*stream[at : at + 2]) if move.norm_after else _cosine_of_sum(*lengths)
        for at, (move, lengths) in enumerate(((attention, (before, by_attention, between)), (mlp, (between, by_mlp, after))))
    )
    moves = BlockMoves(before, between, after, by_attention, by_mlp, turned, turned_last)
    if write.heads is None or attention.before.ndim > 3:
        return moves
    batch, _, queries, _ = write.heads.shape
    return moves.mapped(lambda moved: _by_image(moved, batch, queries, attention.before.ndim == 2))


def _tokens(stream: Tensor, width: int) -> Tensor:
    """(B, N, D), of a sequence (B, N, D) or (N, D), or of a map (B, rows, cols, D) or (B, D, rows, cols)."""
    last = stream.detach().movedim(channel_axis(stream, width) or -1, -1)
    return last[None] if last.ndim == 2 else last.flatten(1, -2)


def _norms(tokens: Tensor) -> Tensor:
    wide = torch.promote_types(tokens.dtype, torch.float32)
    found: Tensor = torch.linalg.vector_norm(tokens, dim=-1, dtype=wide)
    return found.float()


def _cosine_of_sum(before: Tensor, added: Tensor, after: Tensor) -> Tensor:
    """By the law of cosines, from the norms (B, N) of x, y and x + y: the tokens themselves need not be read again."""
    x, y, total = before.double(), added.double(), after.double()
    along = (total.square() + x.square() - y.square()) / 2
    return (along / (x * total).clamp_min(torch.finfo(torch.float32).tiny)).clamp_(-1, 1).float()


def _cosine_of_norm(before: Tensor, after: Tensor) -> Tensor:
    return torch.cosine_similarity(before.float(), after.float(), dim=-1).clamp_(-1, 1)


def _by_image(moved: Tensor, batch: int, queries: int, flat: bool) -> Tensor:
    """(B, N), of a stream that lies as (B · N, D) or (N, B, D); with as many tokens as images it is taken for (B, N, D)."""
    if flat and moved.numel() == batch * queries:
        return moved.reshape(batch, queries)
    return moved.T if batch != queries and moved.shape == (queries, batch) else moved
