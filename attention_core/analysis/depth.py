"""How far attention ("communication") and the MLP ("computation") of each block move a token, beside its length.

A Vision Transformer adds to its tokens by turns what others say and what each makes of it (Dosovitskiy et al. 2021, equations 2
and 3); which of the two moves tokens more differs from layer to layer (Raghu et al. 2021, "Do Vision Transformers See Like
Convolutional Neural Networks?", section 4, compare the norms of both branches).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import torch
from torch import Tensor

from attention_core.capture.block_record import BlockMoves


@dataclass(frozen=True)
class LayerDepth:
    """Of one block, in the median over tokens and images.

    attention, mlp: the norm of what each adds, in norms of the stream that it is added to. cos_attention, cos_mlp: the cosine
    of the angle between the stream before and after each. norm: of the stream after the block.
    """

    attention: float
    mlp: float
    cos_attention: float
    cos_mlp: float
    norm: float


def relative_to_stream(moves: BlockMoves) -> tuple[Tensor, Tensor]:
    """How far attention and how far the MLP moves each token, in norms of the stream before it, (B, N) each.

    Of a token whose stream is 0 it is 0 where nothing is added, and infinite else.
    """
    return _over(moves.attention, moves.before), _over(moves.mlp, moves.after_attention)


def layer_depth(moves: BlockMoves, tokens: Iterable[int] | None = None) -> LayerDepth:
    """What a block does in the median over these tokens, or all. Raises ValueError where there is no such token."""
    count = moves.before.shape[1]
    chosen = list(range(count)) if tokens is None else list(tokens)
    if not chosen or any(not 0 <= token < count for token in chosen):
        raise ValueError(f"tokens must be one or more of 0–{count - 1}, received {chosen[:5]}")
    attention, mlp = relative_to_stream(moves)
    parts = (attention, mlp, moves.cos_attention, moves.cos_mlp, moves.after)
    return LayerDepth(*(float(part[:, chosen].median()) for part in parts))


def _over(added: Tensor, stream: Tensor) -> Tensor:
    return torch.where(added == 0, 0.0, added / stream)
