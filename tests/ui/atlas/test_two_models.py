"""The page "Atlas" with two atlases whose models have different layers and heads: what both have is compared, no more."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet
import pytest

from attention_core.atlas.columns import NAMES
from attention_core.atlas.comparing import compare
from attention_core.atlas.reading import Atlas
from tests.atlas.written import numbers, write_atlas
from tests.ui.atlas.asking import AtlasReader, opened_page
from ui import atlases

ENTROPY = NAMES.index("entropy")
DIFFERENT = "The two atlases have different layers or heads. The page compares heads with the same numbers."
Two = tuple[Path, Path]


@pytest.fixture(autouse=True)
def on_ones_own_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(atlases, "served_at", lambda: "127.0.0.1")


@pytest.fixture
def two(tmp_path: Path) -> Two:
    """Three layers of two heads, and two layers of four, over the same pictures."""
    deep = write_atlas(tmp_path / "deep", numbers(20, layers=3, heads=2), title="Deep")
    return deep, write_atlas(tmp_path / "wide", numbers(20, layers=2, heads=4, seed=1), title="Wide")


def opened(atlas: Path, beside: Path) -> AtlasReader:
    reader = opened_page(atlas=str(atlas), beside=str(beside))
    assert not reader.page.warning
    return reader


def expected(values: np.ndarray, layers: int, heads: int) -> list[list[Any]]:
    """As the page has it: a list for each layer of the atlas that is shown, None where the other has no such head."""
    has = [[layer < len(values) and head < values.shape[1] for head in range(heads)] for layer in range(layers)]
    return [
        [pytest.approx(values[layer, head], rel=1e-5) if has[layer][head] else None for head in range(heads)]
        for layer in range(layers)
    ]


@pytest.mark.parametrize("turned", [False, True])
def test_heads_that_both_have_are_compared_and_all_are_shown(turned: bool, two: Two) -> None:
    here, there = two[::-1] if turned else two
    reader = opened(here, there)
    compared = compare(Atlas(here), Atlas(there), "entropy")
    assert compared.difference.shape == (2, 2)
    shape = Atlas(here).shape
    for name in ("difference", "effect"):
        assert reader.column(name) == expected(getattr(compared, name), *shape)
    assert reader.column("mean") == expected(Atlas(here).grid("entropy").mean, *shape)
    said = [each.value for each in reader.page.caption]
    assert DIFFERENT in said and reader.grid()["says"].startswith("Paired over the 20 pictures")


def test_a_head_that_the_other_lacks_has_no_mean_beside_it(two: Two) -> None:
    other = opened(*two).grid()["other"]
    means = numbers(20, layers=2, heads=4, seed=1)[..., ENTROPY].mean(axis=0)
    assert other == [pytest.approx(means[layer, :2].tolist()) for layer in range(2)] + [[None, None]]


def test_alike_models_are_said_nothing_of(two: Two) -> None:
    assert DIFFERENT not in [each.value for each in opened(two[0], two[0]).page.caption]


def test_the_table_has_null_where_the_other_lacks_a_head(two: Two) -> None:
    _, arrays = opened(*two).fetch("atlas-table", measure="entropy", format="parquet")
    table = pyarrow.parquet.read_table(io.BytesIO(arrays["bytes"].tobytes()))
    assert table.num_rows == 6 and table["mean"].null_count == 0
    for name in ("difference", "difference_low", "difference_high", "effect"):
        assert [each is not None for each in table[name].to_pylist()] == [True] * 4 + [False] * 2
