"""What the tab "Depth and outliers" says and sends."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import torch

from attention_core import BlockMoves, PatchGrid
from tests.ui.pages import open_lesson, sent
from ui.data.depth import outliers, why_unknown
from ui.recording import Recording

GRID = PatchGrid(4, 6, 14)
TOKENS = 1 + GRID.num_patches


def moves(tokens: int = TOKENS) -> BlockMoves:
    torch.manual_seed(0)
    return BlockMoves(*(torch.rand(1, tokens) + 9 for _ in range(7)))


def recording(*each: BlockMoves | None, why: str = "") -> Recording:
    blocks = {at: SimpleNamespace(moves=moved, why_no_moves=why) for at, moved in enumerate(each)}
    layers = tuple(SimpleNamespace(layer=SimpleNamespace(index=at), prefix=1) for at in range(len(each)))
    record = SimpleNamespace(blocks=blocks)
    shown = SimpleNamespace(key="a", record=record, layers=layers, grid=GRID, grid_at=lambda _: GRID, large=False)
    shown.whole = shown
    return cast(Recording, shown)


def test_the_planted_outlier_of_any_layer_is_found_and_cls_is_none() -> None:
    planted = moves()
    planted.after[0, 1 + GRID.index(2, 3)] = 90
    planted.after[0, 0] = 500
    assert outliers(recording(moves(), planted)) == [GRID.index(2, 3)]
    assert outliers(recording(moves(), moves(), None)) == []


def test_why_a_layer_is_unknown() -> None:
    shown = recording(moves(), None, moves(7), why="the block is not recognised")
    assert [why_unknown(shown, layer) for layer in range(3)] == [
        "",
        "the block is not recognised",
        "its tokens are not the patches of the picture",
    ]
    assert why_unknown(cast(Recording, replace_blocks(shown, {})), 0) == "its block is not recognised"


def replace_blocks(shown: Any, blocks: dict[int, Any]) -> SimpleNamespace:
    return SimpleNamespace(**vars(shown) | {"record": SimpleNamespace(blocks=blocks)})


def test_a_model_without_blocks_gets_a_sentence() -> None:
    page = open_lesson("your_image", across="8", model="Raw patches", tab="Depth and outliers")
    assert not sent(page, "regard_depth")
    assert any("cannot measure how far the layers of this model move tokens" in each.value for each in page.markdown)


def test_the_page_says_of_which_layers_it_is_known_and_the_browser_asks_for_the_rest() -> None:
    page = open_lesson("your_image", across="8", tab="Depth and outliers")
    (data,) = sent(page, "regard_depth")
    assert data["unknown"] == [""] * 12
