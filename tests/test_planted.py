"""Planted heads attend where they should, over any picture."""

import pytest
import torch
from PIL import Image
from torch import Tensor

from tests.planted import CLASSES, HEADS, LAYERS, PLANTED, SIDE, SQUARE, planted

PICTURES = [Image.effect_noise((32, 32), 90).convert("RGB"), Image.new("RGB", (40, 20), "red")]


@pytest.fixture(params=PICTURES, ids=["noise", "one colour"])
def weights(request: pytest.FixtureRequest) -> dict[str, Tensor]:
    """Return the weights (65, 65) of each planted head."""
    record, _ = planted().record(request.param)
    assert len(record) == LAYERS and {layer.num_heads for layer in record} == {HEADS}
    return {name: record[layer].weights(head)[0] for name, (layer, head) in PLANTED.items()}


def test_planted_heads_attend_where_they_should(weights: dict[str, Tensor]) -> None:
    patches = weights["left"][1:, 1:].unflatten(0, (SIDE, SIDE))  # (row, col, 64)
    for row in range(SIDE):
        for col in range(1, SIDE):
            assert patches[row, col, row * SIDE + col - 1] > 0.99
        assert patches[row, 0].unflatten(0, (SIDE, SIDE))[row].sum() > 0.99
    assert weights["CLS"][:, 0].min() > 0.99
    row, col, rows, cols = SQUARE
    square = weights["square"][:, 1:].unflatten(1, (SIDE, SIDE))[:, row : row + rows, col : col + cols]
    assert square.sum((1, 2)).min() > 0.99 and square.min() > 0.3 / (rows * cols)
    torch.testing.assert_close(weights["everywhere"], torch.full((65, 65), 1 / 65))


def test_the_head_that_writes_nothing_can_be_left_out_and_no_other() -> None:
    model = planted()
    pixels = model.preprocess(PICTURES[0], model.grid_for(PICTURES[0]))
    plain = model.module(pixels)
    assert plain.shape == (1, CLASSES)
    for layer in range(LAYERS):
        for head in range(HEADS):
            weight = model.module.blocks[layer].attn.proj.weight
            kept = weight.clone()
            weight.view(weight.shape[0], HEADS, -1)[:, head] = 0
            moved = (model.module(pixels) - plain).abs().max()
            weight.copy_(kept)
            assert (moved == 0) == ((layer, head) == PLANTED["nothing"]), (layer, head, moved)
