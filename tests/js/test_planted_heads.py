"""The browser finds heads with known behaviour."""

from __future__ import annotations

from typing import Any, Final

import pytest
import torch
from PIL import Image
from torch import Tensor

from attention_core import AttentionRecord
from tests.js.node import called, called_each
from tests.planted import HEADS, LAYERS, PLANTED, SIDE, SQUARE, planted

TOKENS: Final = 1 + SIDE * SIDE
ON_GRID: Final = {"rows": SIDE, "cols": SIDE}
ALL: Final = [(layer, head) for layer in range(LAYERS) for head in range(HEADS)]
BOX: Final = dict(zip(("row", "col", "rows", "cols"), SQUARE, strict=True))


@pytest.fixture(scope="module")
def record() -> AttentionRecord:
    pixels = torch.randint(0, 256, (32, 32, 3), dtype=torch.uint8, generator=torch.Generator().manual_seed(1))
    return planted().record(Image.fromarray(pixels.numpy()))[0]


def given(values: Tensor) -> dict[str, list[float]]:
    return {"float32": values.flatten().tolist()}


def first(values: list[float], rising: bool = False) -> tuple[int, int]:
    """Return the order in which assets/view/ranked.js ranks them."""
    by_layer = [values[layer * HEADS : (layer + 1) * HEADS] for layer in range(LAYERS)]
    found = called("view/ranked.js", "ranked", by_layer, rising)[0]
    return found["layer"], found["head"]


def rows(record: AttentionRecord, token: int) -> list[Tensor]:
    return [record.layers[layer].rows([token])[0, head, 0] for layer, head in ALL]


def test_measures_of_one_query_find_them(record: AttentionRecord) -> None:
    patch = 5 * SIDE + 4
    distances = given(torch.tensor(called("maths/head_numbers.js", "distancesFrom", patch, ON_GRID)))
    asked = [(given(row), 1, distances) for row in rows(record, 1 + patch)]

    def measured(name: str) -> list[float]:
        return called_each("maths/row_measures.js", "ofRow", [(name, *each) for each in asked])

    assert first(measured("entropy")) == PLANTED["everywhere"]
    assert first(measured("prefix_share")) == PLANTED["CLS"]
    assert measured("mean_distance")[ALL.index(PLANTED["left"])] == pytest.approx(1, abs=0.01)
    to_the_left = called("maths/head_numbers.js", "tokensIn", {"row": 5, "col": 3, "rows": 1, "cols": 1}, ON_GRID, 1)
    shares = [row[to_the_left].sum().item() for row in rows(record, 1 + patch)]
    assert first(shares) == PLANTED["left"]


@pytest.mark.parametrize("token", [0, 1 + 5 * SIDE + 4])
def test_a_box_round_the_square_finds_its_head_from_one_token(record: AttentionRecord, token: int) -> None:
    tokens = called("maths/head_numbers.js", "tokensIn", BOX, ON_GRID, 1)
    shares = called_each("maths/head_numbers.js", "shareOn", [(given(row), tokens) for row in rows(record, token)])
    assert first(shares) == PLANTED["square"] and max(shares) > 0.9


def test_a_box_round_the_square_finds_its_head_from_all_queries(record: AttentionRecord) -> None:
    task = called("maths/box_shares.js", "boxTask", BOX, ON_GRID, 1)
    asked: list[Any] = []
    for layer, head in ALL:
        kept = record.layers[layer]
        wire = {"q": given(kept.q), "k": given(kept.k), "numTokens": TOKENS, "headDim": kept.q.shape[-1], "scale": kept.scale}
        vectors = kept.k[0, head][torch.tensor(task["keys"])]
        asked.append((wire, given(kept.logsumexp()), head, task, given(vectors), 0, len(task["queries"]), 1))
    sums = called_each("maths/box_shares.js", "sumOfWeights", asked)
    assert first([called("maths/box_shares.js", "shareOfBox", each, task) for each in sums]) == PLANTED["square"]


def test_likeness_finds_a_head_with_the_same_pattern(record: AttentionRecord) -> None:
    patch = rows(record, 1 + 5 * SIDE + 4)
    even = torch.full((TOKENS,), 1 / TOKENS)
    found = called_each("maths/head_numbers.js", "likenessOf", [(given(even), given(row)) for row in patch])
    assert first(found) == PLANTED["everywhere"] and max(found) == pytest.approx(1, abs=1e-5)
