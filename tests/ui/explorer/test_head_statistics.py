"""What the tab "All heads" of "Your image" sends: the numbers of every head, and what is said of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from streamlit.testing.v1 import AppTest

from attention_core import load_model
from attention_core.analysis.head_statistics import LayerStatistics, even_statistics, layer_statistics
from tests.ui.pages import open_lesson, sent
from ui import pictures
from ui.explorer.head_statistics import MEASURES


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch) -> list[tuple[LayerStatistics, ...]]:
    """What goes into the store, by run; an AppTest does not show a component's arrays."""
    found: list[tuple[LayerStatistics, ...]] = []
    monkeypatch.setattr("ui.explorer.head_statistics.keep_statistics", lambda _, layers, key: found.append(layers))
    return found


@pytest.fixture
def app() -> Callable[..., AppTest]:
    return lambda **query: open_lesson("your_image", **{"across": "8"} | query)


def atlas(app: AppTest) -> dict[str, Any] | None:
    return next(iter(sent(app, "regard_heads_atlas")), None)


@pytest.mark.parametrize(("name", "prefix"), [("dinov2-small", 1), ("random-heads", 0)])
def test_every_number_is_what_the_core_measures(
    app: Callable[..., AppTest], kept: list[tuple[LayerStatistics, ...]], name: str, prefix: int
) -> None:
    model = load_model(name)
    page = app(model=model.title)
    assert not kept, "nothing is measured before somebody looks"
    page.session_state["heads_to_measure"] = sent(page, "regard_explorer")[0]["recording"]
    found = atlas(page.run())
    record, grid = model.record(pictures.photograph("astronaut").image, 8)
    for measured, layer in zip(kept[0], record.layers, strict=True):
        expected = layer_statistics(layer, grid, prefix)
        for measure in MEASURES:
            torch.testing.assert_close(getattr(measured, measure), getattr(expected, measure))
    assert found is not None
    even = even_statistics(grid, prefix)
    said = {measure["name"]: measure["even"] for measure in found["measures"]}
    assert said == {measure: float(getattr(even, measure)) for measure in said}


def test_without_prefix_tokens_their_share_is_not_offered(app: Callable[..., AppTest], kept: object) -> None:
    def titles(found: dict[str, Any] | None) -> list[str]:
        assert found is not None
        return [measure["title"] for measure in found["measures"]]

    assert titles(atlas(app(model="Random heads"))) == ["Distance", "Entropy"]
    assert titles(atlas(app())) == ["Distance", "Entropy", "Share of CLS"]


def test_the_link_says_the_measure(app: Callable[..., AppTest], kept: object) -> None:
    for link, chosen in (("Entropy", "entropy"), ("Share of CLS", "prefix_share"), ("Nonsense", "mean_distance")):
        found = atlas(app(measure=link))
        assert found is not None and found["chosen"] == chosen


def test_a_model_of_one_head_has_nothing_to_compare(app: Callable[..., AppTest], kept: list[object]) -> None:
    shown = app(model="Raw patches")
    assert atlas(shown) is None and not kept
    assert any("This model has one head" in each.value for each in shown.markdown)


def test_many_patches_are_not_measured_and_the_page_says_why(
    app: Callable[..., AppTest], kept: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ui.recording.LARGE_PATCHES", 20)
    shown = app(model="Random heads", picture="Coffee")
    assert atlas(shown) is None and not kept
    assert any("would take minutes" in each.value for each in shown.markdown)
