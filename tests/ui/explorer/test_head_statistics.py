"""Every head of a model in one chart, on "Your image"."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from typing import Any

import pytest
import torch
from streamlit.testing.v1 import AppTest

from attention_core import PatchGrid, load_model
from attention_core.analysis.head_statistics import LayerStatistics, layer_statistics
from tests.ui.pages import open_lesson
from ui import pictures
from ui.explorer.charts import heads_chart
from ui.explorer.head_statistics import MEASURES, _table

GRID = PatchGrid(8, 8, 14)
TITLE = "Every head, measured"


@pytest.fixture
def app() -> Callable[..., AppTest]:
    return lambda **query: open_lesson("your_image", **{"across": "8", "measured": "true"} | query)


def offered(app: AppTest) -> bool:
    return TITLE in [each.label for each in app.expander]


def chart(app: AppTest) -> dict[str, Any] | None:
    """The figure of dots; the weight matrix is a heatmap."""
    figures = [json.loads(each.proto.spec) for each in app.get("plotly_chart")]
    return next((figure for figure in figures if figure["data"][0]["type"] == "scatter"), None)


@pytest.mark.parametrize(
    ("name", "measure"), [("dinov2-small", "mean_distance"), ("dinov2-small", "prefix_share"), ("random-heads", "entropy")]
)
def test_every_dot_is_what_the_core_measures(app: Callable[..., AppTest], name: str, measure: str) -> None:
    model = load_model(name)
    title = MEASURES[measure][0].format("CLS")
    found = chart(app(model=model.title, measure=title))
    assert found is not None
    record, grid = model.record(pictures.photograph("astronaut").image, 8)
    expected = [getattr(layer_statistics(layer, grid, len(model.prefix_tokens)), measure)[0] for layer in record.layers]
    torch.testing.assert_close(torch.tensor(found["data"][0]["y"]), torch.cat(expected))


def test_nothing_is_measured_before_it_is_opened(app: Callable[..., AppTest], monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("measured")

    monkeypatch.setattr("ui.caches.measure", refuse)
    shown = app(measured="false", picture="Cat")
    assert offered(shown) and chart(shown) is None


def test_a_model_of_one_head_has_nothing_to_compare(app: Callable[..., AppTest]) -> None:
    assert not offered(app(model="Raw patches"))


def test_without_prefix_tokens_their_share_is_not_offered(app: Callable[..., AppTest]) -> None:
    assert app(model="Random heads").button_group(key="measure").options == ["Distance", "Entropy"]
    assert app().button_group(key="measure").options == ["Distance", "Entropy", "Share of CLS"]


def test_many_patches_are_not_measured_and_the_page_says_why(
    app: Callable[..., AppTest], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ui.recording.LARGE_PATCHES", 20)
    shown = app(model="Random heads", picture="Coffee")
    assert offered(shown) and chart(shown) is None
    assert any("would take minutes" in each.value for each in shown.markdown)


def test_heads_stand_in_their_layer_and_those_shown_stand_out() -> None:
    layers = [torch.tensor([1.0, 2.0]), torch.tensor([3.0, 4.0]), torch.tensor([5.0])]
    figure = heads_chart(layers, 1, (1,), "bits", 6.0)
    (dots,) = figure["data"]
    assert dots["customdata"] == [(0, 0), (0, 1), (1, 0), (1, 1), (2, 0)] and dots["y"] == [1, 2, 3, 4, 5]
    assert [round(x) for x in dots["x"]] == [0, 0, 1, 1, 2] and dots["x"] == sorted(dots["x"])
    colours = dots["marker"]["color"]
    assert colours.count(colours[3]) == 1
    line, band = figure["layout"]["shapes"]
    assert (line["y0"], line["y1"]) == (6.0, 6.0) and (band["x0"], band["x1"]) == (0.5, 1.5)


def test_the_table_has_a_line_for_every_head() -> None:
    layers = tuple(LayerStatistics(torch.rand(1, heads), torch.rand(1, heads), torch.rand(1, heads)) for heads in (2, 3))
    header, *lines = csv.reader(_table(layers).splitlines())
    assert header == ["layer", "head", "mean_distance", "entropy", "prefix_share"]
    assert [line[:2] for line in lines] == [["0", "0"], ["0", "1"], ["1", "0"], ["1", "1"], ["1", "2"]]
    assert float(lines[3][3]) == pytest.approx(layers[1].entropy[0, 1].item())
