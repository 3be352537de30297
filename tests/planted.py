"""A tiny Vision Transformer made by hand. Five of its heads have known patterns, whatever the picture."""

from __future__ import annotations

import math
from functools import cache
from typing import Any

import torch
from timm.models.vision_transformer import VisionTransformer
from torch import Tensor, nn

from attention_core import VisionModel
from attention_core.models.timm_models import as_vision_model

SIDE, PATCH, LAYERS, HEADS, WIDTH, CLASSES = 8, 4, 3, 4, 64, 5
SQUARE = (2, 3, 3, 2)
"""(row, col, rows, cols) of the patches that the head "square" attends to."""
PLANTED = {"left": (0, 1), "everywhere": (0, 3), "CLS": (1, 0), "square": (1, 2), "nothing": (2, 3)}
"""(layer, head). "left" attends one patch to the left, and in the first column evenly to its own row. "nothing" writes
nothing.
"""
HEAD = WIDTH // HEADS
PLACE, IS_CLS, IN_SQUARE = slice(0, HEAD), HEAD, HEAD + 1
MIRRORED = HEAD + 2
CONTENT = slice(2 * MIRRORED, WIDTH)
"""Dimensions of the stream for the content of a patch.

The dimensions before them hold the position, and its negative so that norms subtract nothing.
"""
FREQUENCIES = (1, 3, 5, 7)
"""Sixteenths of a turn per patch. Waves of odd frequencies agree at no distance but 0 on a grid of 8."""


@cache
def planted() -> VisionModel:
    """Return three seeded layers of four heads over CLS and 8 × 8 patches of 4 px, with a classifier of 5 classes.

    The planted heads depend on positions alone, and no layer overwrites the positions. The other heads have random
    patterns.
    """
    torch.manual_seed(0)
    sizes: dict[str, Any] = {"img_size": SIDE * PATCH, "patch_size": PATCH, "embed_dim": WIDTH, "depth": LAYERS}
    module = VisionTransformer(**sizes, num_heads=HEADS, mlp_ratio=1.0, num_classes=CLASSES).eval().requires_grad_(False)
    module.pretrained_cfg = {"input_size": (3, SIDE * PATCH, SIDE * PATCH)}
    for name, parameter in module.named_parameters():
        if parameter.ndim > 1:
            parameter.normal_(std=parameter[0].numel() ** -0.5)
        elif name.endswith("bias"):
            parameter.zero_()
    _write_content_alone(module)
    module.pos_embed.copy_(_positions()[None])
    module.cls_token.zero_()
    for name, (layer, head) in PLANTED.items():
        _plant(module.blocks[layer].attn, head, name)
    return as_vision_model(module, "planted", "Planted heads", source="made by hand", licence="MIT")


def _write_content_alone(module: nn.Module) -> None:
    """Keep the content of patches small beside their positions."""
    projections = [module.patch_embed.proj]
    for block in module.blocks:
        projections += [block.attn.proj, block.mlp.fc2]
    for projection in projections:
        projection.weight[: CONTENT.start] = 0
        projection.weight[CONTENT] *= 0.3


def _positions() -> Tensor:
    """Return position embeddings (1 + 64, WIDTH): waves over a patch's column and row, and marks for CLS and the square."""
    place = torch.zeros(1 + SIDE * SIDE, MIRRORED)
    rows, cols = torch.meshgrid(torch.arange(SIDE), torch.arange(SIDE), indexing="ij")
    angles = torch.cat([_angles(cols.flatten()), _angles(rows.flatten())], 1)  # (64, 8)
    place[1:, PLACE] = torch.cat([angles.cos(), angles.sin()], 1)
    place[0, IS_CLS] = math.sqrt(HEAD / 2)
    row, col, height, width = SQUARE
    inside = (rows >= row) & (rows < row + height) & (cols >= col) & (cols < col + width)
    place[1:, IN_SQUARE] = inside.flatten().float()
    return torch.cat([place, -place, torch.zeros(len(place), WIDTH - 2 * MIRRORED)], 1)


def _angles(at: Tensor) -> Tensor:
    return at[:, None] * (2 * math.pi / (2 * SIDE)) * torch.tensor(FREQUENCIES)


def _plant(attention: nn.Module, head: int, name: str) -> None:
    """Give one head the queries and keys for the pattern of its name. For "nothing", set its output to zero."""
    q, k = (slice(at * WIDTH + head * HEAD, at * WIDTH + (head + 1) * HEAD) for at in (0, 1))
    weight, bias = attention.qkv.weight, attention.qkv.bias
    if name == "nothing":
        attention.proj.weight[:, head * HEAD : (head + 1) * HEAD] = 0
        return
    weight[q], weight[k] = 0, 0
    if name == "left":
        weight[k, PLACE] = torch.eye(HEAD)
        weight[q, PLACE] = 12 * _one_to_the_left()
    elif name != "everywhere":
        weight[k.start, IS_CLS if name == "CLS" else IN_SQUARE] = 1.0
        bias[q.start] = 30.0


def _one_to_the_left() -> Tensor:
    """Return a matrix (16, 16) that turns the waves of a column into those of the previous column, and keeps those of rows."""
    turn = torch.cat([_angles(torch.tensor([1]))[0], torch.zeros(len(FREQUENCIES))])  # back by one column
    cos, sin = torch.diag(turn.cos()), torch.diag(turn.sin())
    return torch.cat([torch.cat([cos, sin], 1), torch.cat([-sin, cos], 1)])
