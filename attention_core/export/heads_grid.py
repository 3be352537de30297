"""Many heads as one picture: a map each, in the order and with the colour of a number."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import torch
from PIL import Image, ImageDraw, ImageFont
from torch import Tensor

from attention_core.export.colour_maps import colour_table, coloured
from attention_core.export.view_settings import DEFAULT_VIEW

COLUMNS: Final = 12
_SIDE: Final = 96
_GAP: Final = 8
_STRIPE: Final = 6
_LINE: Final = 16
_TEXT: Final = 12
_INK: Final = "#1a1a1a"
_LEAST_COLUMNS: Final = 6
"""As wide as a title needs it."""


@dataclass(frozen=True, eq=False)
class HeadCell:
    """One head: what is written below it, its number, and its map (rows, cols), None where it has none on the image."""

    name: str
    number: float
    weights: Tensor | None


def heads_grid(cells: Sequence[HeadCell], title: str, scale: str = DEFAULT_VIEW.scale, colour_map: str = "inferno") -> bytes:
    """A PNG with the cells row by row, COLUMNS in each; a stripe above each has the colour of its number, 0 to the largest.

    Raises ValueError where there is no cell, and on an unknown scale or colour map.
    """
    if not cells:
        raise ValueError("expected a head to draw, received none")
    letters, columns = ImageFont.load_default(_TEXT), min(COLUMNS, len(cells))
    tallest = max((_size(cell.weights)[1] for cell in cells if cell.weights is not None), default=0)
    width, height = _SIDE + _GAP, _STRIPE + tallest + _LINE + _GAP
    top = 2 * _GAP + _LINE
    size = (max(columns, _LEAST_COLUMNS) * width + _GAP, top + math.ceil(len(cells) / columns) * height)
    drawn = Image.new("RGB", size, "white")
    pen = ImageDraw.Draw(drawn)
    pen.text((_GAP, _GAP), title, _INK, letters)
    stripes = _colours([cell.number for cell in cells], colour_map)
    for at, (cell, stripe) in enumerate(zip(cells, stripes, strict=True)):
        x, y = _GAP + at % columns * width, top + at // columns * height
        pen.rectangle((x, y, x + _SIDE - 1, y + _STRIPE - 1), stripe)
        if cell.weights is not None:
            drawn.paste(_map(cell.weights, scale, colour_map), (x, y + _STRIPE))
        below = y + _STRIPE + tallest
        pen.text((x, below), cell.name, _INK, letters)
        pen.text((x + _SIDE, below), f"{cell.number:.3g}", _INK, letters, "ra")
    buffer = io.BytesIO()
    drawn.save(buffer, "PNG")
    return buffer.getvalue()


def _colours(numbers: Sequence[float], colour_map: str) -> list[tuple[int, ...]]:
    """Of each number its place between 0 and the largest."""
    share = torch.tensor(numbers) / max(max(numbers), 1e-12)
    return [tuple(colour.tolist()) for colour in colour_table(colour_map)[(share.clamp(0, 1) * 255).round().long()]]


def _map(weights: Tensor, scale: str, colour_map: str) -> Image.Image:
    found = Image.fromarray(coloured(weights, scale, colour_map).numpy())
    return found.resize(_size(weights), Image.Resampling.NEAREST)


def _size(weights: Tensor) -> tuple[int, int]:
    """(width, height) in pixels, the longer side as long as a cell."""
    rows, cols = weights.shape
    return max(1, round(_SIDE * cols / max(rows, cols))), max(1, round(_SIDE * rows / max(rows, cols)))
