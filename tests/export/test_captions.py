from __future__ import annotations

import pytest

from attention_core import PatchGrid
from attention_core.export.captions import caption, numbers_in_runs

GRID = PatchGrid(25, 37, 14)
MODEL = {"model": "dinov2-small"}


@pytest.mark.parametrize(
    ("about", "sentences"),
    [
        (
            {"layer": 10, "heads": [0, 1, 2, 4], "combine": "mean", "query": [8, 15]},
            [
                "Where patch (row 8, column 15) looks.",
                "dinov2-small, layer 10, mean of heads 0 to 2, 4, temperature 1, 25 by 37 patches.",
            ],
        ),
        (
            {"layer": "a.b", "heads": [3, 1], "combine": "max", "query": "CLS", "direction": "incoming", "temperature": 0.5},
            [
                "What looks at CLS.",
                "dinov2-small, layer a.b, largest of heads 1, 3, temperature 0.5, 25 by 37 patches.",
            ],
        ),
        (
            {"layer": 0, "heads": [5], "combine": "mean", "query": [0, 0], "note": "of mine"},
            [
                "Where patch (row 0, column 0) looks.",
                "dinov2-small, layer 0, head 5, temperature 1, 25 by 37 patches, note of mine.",
            ],
        ),
        (
            {"fusion": "max", "residual": 0.5, "discard": 0.0, "method": "rollout", "query": [8, 15]},
            [
                "What patch (row 8, column 15) holds of each patch after all layers.",
                "dinov2-small, rollout, heads fused by max, residual 0.5, discard 0, 25 by 37 patches.",
            ],
        ),
    ],
)
def test_a_caption_names_query_direction_and_layer(about: dict[str, object], sentences: list[str]) -> None:
    assert caption(MODEL | about, GRID) == sentences


def test_a_map_without_settings_still_has_a_caption() -> None:
    assert caption({}, GRID) == ["Attention.", "temperature 1, 25 by 37 patches."]


@pytest.mark.parametrize(
    ("numbers", "words"), [([0], "0"), ([2, 3], "2, 3"), ([5, 4, 3, 0], "0, 3 to 5"), ([1, 2, 3, 5, 6, 7], "1 to 3, 5 to 7")]
)
def test_consecutive_numbers_are_written_as_a_range(numbers: list[int], words: str) -> None:
    assert numbers_in_runs(numbers) == words
