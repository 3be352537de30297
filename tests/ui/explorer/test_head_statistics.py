"""What the tab "All heads" of "Your image" sends: what Python measures of every head, once somebody looks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from streamlit.testing.v1 import AppTest

from attention_core import load_model
from attention_core.analysis.head_statistics import layer_statistics
from attention_core.analysis.similar_heads import similar_heads
from tests.ui.pages import open_lesson, sent
from ui import pictures


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What goes into the store, by kind; an AppTest does not show a component's arrays."""
    found: dict[str, Any] = {}
    monkeypatch.setattr("ui.explorer.head_numbers.PATIENCE_SECONDS", 60)
    for kind in ("statistics", "contributions", "likeness"):
        name = f"ui.explorer.head_numbers.keep_{kind}"
        monkeypatch.setattr(name, lambda _, *arrays, kind=kind: found.update({kind: arrays[-2]}))
    return found


@pytest.fixture
def app() -> Callable[..., AppTest]:
    return lambda **query: open_lesson("your_image", **{"across": "8"} | query)


def atlas(app: AppTest) -> dict[str, Any] | None:
    return next(iter(sent(app, "regard_heads_atlas")), None)


def explored(app: AppTest) -> dict[str, Any]:
    return sent(app, "regard_explorer")[0]


@pytest.mark.parametrize(("name", "prefix"), [("dinov2-small", 1), ("random-heads", 0)])
def test_every_number_is_what_the_core_measures(
    app: Callable[..., AppTest], kept: dict[str, Any], name: str, prefix: int
) -> None:
    model = load_model(name)
    page = app(model=model.title)
    assert not kept, "nothing is measured before somebody looks"
    recording = explored(page)["recording"]
    page.session_state["heads_to_measure"] = (recording, {"statistics": None, "contributions": None, "likeness": [0, 1]})
    found = atlas(page.run())
    assert found is not None and found["key"]
    record, grid = model.record(pictures.photograph("astronaut").image, 8, blocks=True)
    for measured, layer in zip(kept["statistics"], record.layers, strict=True):
        expected = layer_statistics(layer, grid, prefix)
        for name, means in expected.means.items():
            torch.testing.assert_close(measured.means[name], means)
    for alike, expected_alike in zip(kept["likeness"], similar_heads(record.layers, 0, 1), strict=True):
        torch.testing.assert_close(alike, expected_alike)
    written = record.contributions()
    assert explored(page)["contributes"] == ("" if written[0] is None else "stream")
    for layer, norms in enumerate(kept.get("contributions", ())):
        moves = record.blocks[record.layers[layer].index].moves
        assert moves is not None and written[layer] is not None
        torch.testing.assert_close(norms, written[layer][0] / moves.before[0])


@pytest.mark.parametrize("wanted", [{"likeness": [0, 99]}, {"likeness": "all"}, {"likeness": [0, True]}, {}])
def test_what_is_no_head_is_compared_with_nothing(
    app: Callable[..., AppTest], kept: dict[str, Any], wanted: dict[str, Any]
) -> None:
    page = app(model="Random heads")
    page.session_state["heads_to_measure"] = (explored(page)["recording"], wanted)
    assert not page.run().exception and not kept
    page.session_state["heads_to_measure"] = ("another", {"statistics": None})
    assert not page.run().exception and not kept


def test_a_model_of_one_head_has_nothing_to_compare(app: Callable[..., AppTest], kept: dict[str, Any]) -> None:
    shown = app(model="Raw patches")
    assert atlas(shown) is None and not kept
    assert any("This model has one head" in each.value for each in shown.markdown)


def test_many_patches_are_not_measured_and_the_page_says_why(
    app: Callable[..., AppTest], kept: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ui.recording.LARGE_PATCHES", 20)
    shown = app(model="Random heads", picture="Coffee")
    assert atlas(shown) is None and not kept
    assert any("would take minutes" in each.value for each in shown.markdown)
