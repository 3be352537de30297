"""Heads as one picture."""

from __future__ import annotations

import io

import numpy as np
import pytest
import torch
from PIL import Image

from attention_core.export.colour_maps import colour_table
from attention_core.export.heads_grid import COLUMNS, HeadCell, heads_grid


def pixels(cells: list[HeadCell]) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(heads_grid(cells, "Heads"))).convert("RGB"))


def test_a_cell_has_its_map_and_the_colour_of_its_number() -> None:
    weights = torch.zeros(2, 3)
    weights[1, 2] = 1.0
    cells = [HeadCell("L0 H0", 2.0, weights), HeadCell("L0 H1", 0.0, weights.flip(0)), HeadCell("L1 H0", 1.0, None)]
    drawn, table = pixels(cells), colour_table("inferno").numpy()
    stripes = [drawn[35, 8 + at * 104].tolist() for at in range(3)]
    assert stripes == [table[255].tolist(), table[0].tolist(), table[128].tolist()]
    top, height = 38, 64
    assert (
        drawn[top + height - 4, 8 + 92].tolist() == table[255].tolist() and drawn[top + 4, 8 + 92].tolist() == table[0].tolist()
    )
    assert drawn[top + 4, 112 + 92].tolist() == table[255].tolist()
    assert (drawn[top + 1 : top + height - 1, 220:310] == 255).all()


def test_many_heads_make_rows() -> None:
    one, many = (pixels([HeadCell(f"L0 H{at}", at, torch.rand(4, 4)) for at in range(count)]) for count in (1, COLUMNS + 1))
    assert many.shape[0] > 1.6 * one.shape[0] and many.shape[1] == COLUMNS * 104 + 8


def test_no_head_gives_no_picture() -> None:
    with pytest.raises(ValueError, match="expected a head to draw, received none"):
        heads_grid([], "Heads")
