"""The page "Atlas" with two atlases whose models have different layers and heads: what both have is compared, no more."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from attention_core.atlas.columns import MEASURES, NAMES
from attention_core.atlas.comparing import compare
from attention_core.atlas.reading import Atlas
from tests.atlas.written import numbers, write_atlas
from tests.ui.pages import run_page, sent
from ui import atlases
from ui.atlas.files import table_of
from ui.atlas.said import columns_of

ENTROPY = NAMES.index("entropy")
DIFFERENT = "The two have different layers or heads: those that both have, by number, are compared."
Two = tuple[Path, Path]


@pytest.fixture(autouse=True)
def on_ones_own_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(atlases, "served_at", lambda: "127.0.0.1")


@pytest.fixture
def two(tmp_path: Path) -> Two:
    """Three layers of two heads, and two layers of four, over the same pictures."""
    deep = write_atlas(tmp_path / "deep", numbers(20, layers=3, heads=2), title="Deep")
    return deep, write_atlas(tmp_path / "wide", numbers(20, layers=2, heads=4, seed=1), title="Wide")


def opened(atlas: Path, beside: Path, **query: str) -> AppTest:
    page = run_page("atlas", atlas=str(atlas), beside=str(beside), **query)
    assert not page.exception and not page.error and not page.warning
    return page


def column(page: AppTest, name: str) -> list[list[float | None]]:
    (grid,) = sent(page, "regard_atlas")
    (found,) = (each for each in grid["columns"] if each["name"] == name)
    values: list[list[float | None]] = found["values"]
    return values


def expected(values: np.ndarray, layers: int, heads: int) -> list[list[Any]]:
    """As the page has it: a list for each layer of the atlas that is shown, None where the other has no such head."""
    has = [[layer < len(values) and head < values.shape[1] for head in range(heads)] for layer in range(layers)]
    return [
        [pytest.approx(values[layer, head], rel=1e-5) if has[layer][head] else None for head in range(heads)]
        for layer in range(layers)
    ]


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize("show", ["Difference", "Effect size"])
def test_heads_that_both_have_are_compared_and_all_are_shown(turned: bool, show: str, two: Two) -> None:
    here, there = two[::-1] if turned else two
    page = opened(here, there, show=show)
    compared = compare(Atlas(here), Atlas(there), "entropy")
    assert compared.difference.shape == (2, 2)
    shape = Atlas(here).shape
    for name in ("difference", "effect"):
        assert column(page, name) == expected(getattr(compared, name), *shape)
    assert column(page, "mean") == expected(Atlas(here).grid("entropy").mean, *shape)
    said = [each.value for each in page.caption]
    assert DIFFERENT in said and any("Paired over the 20 pictures" in each for each in said)


@pytest.mark.parametrize(("head", "has"), [("1.1", True), ("2.1", False)])
def test_a_head_that_the_other_lacks_has_no_mean_beside_it(head: str, has: bool, two: Two) -> None:
    (data,) = sent(opened(*two, head=head), "regard_atlas_head")
    found = data["said"]
    layer, number = map(int, head.split("."))
    assert found["place"] == [layer, number]
    mean = numbers(20, layers=2, heads=4, seed=1)[:, layer, number, ENTROPY].mean() if has else None
    assert found["other"] == {"title": atlases.title_of(str(two[1])), "mean": mean if mean is None else pytest.approx(mean)}


def test_alike_models_are_said_nothing_of(two: Two) -> None:
    assert DIFFERENT not in [each.value for each in opened(two[0], two[0]).caption]


def test_the_table_has_null_where_the_other_lacks_a_head(two: Two) -> None:
    one, other = map(Atlas, two)
    found, compared = one.grid("entropy"), compare(one, other, "entropy")
    table = table_of(one.manifest, MEASURES[ENTROPY], columns_of(MEASURES[ENTROPY], found, compared), found.count.tolist())
    assert table.num_rows == 6 and table["mean"].null_count == 0
    for name in ("difference", "difference_low", "difference_high", "effect"):
        assert [each is not None for each in table[name].to_pylist()] == [True] * 4 + [False] * 2
