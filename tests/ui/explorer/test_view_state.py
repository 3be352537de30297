"""The settings at the picture: how they stand in the link, what the browser may tell, and what Python hands over."""

from __future__ import annotations

import json
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from attention_core import PatchGrid
from attention_core.export.view_settings import ViewSettings
from tests.js.node import called
from tests.ui.pages import run_page, sent
from ui import handover
from ui.data.view import moved
from ui.explorer import view_state
from ui.explorer.view_state import OPENING, settings_of_browser, settings_of_link

SETTINGS = some.builds(
    ViewSettings,
    depth=some.sampled_from(["layer", "rollout"]),
    layer=some.integers(0, 40),
    heads=some.none() | some.sets(some.integers(0, 15), min_size=1).map(sorted).map(tuple),
    combine=some.sampled_from(["mean", "max"]),
    fusion=some.sampled_from(["mean", "max", "min"]),
    discard=some.integers(0, 19).map(lambda steps: steps / 20),
    query=some.sampled_from(["patch", "prefix"]),
    direction=some.sampled_from(["outgoing", "incoming"]),
    temperature=some.integers(1, 40).map(lambda steps: steps / 10),
    opacity=some.integers(0, 20).map(lambda steps: steps / 20),
    scale=some.sampled_from(["robust", "linear", "log"]),
    colour_map=some.sampled_from(["inferno", "viridis", "cividis"]),
    grid_lines=some.booleans(),
    square=some.booleans(),
    pin=some.none() | some.tuples(some.integers(0, 127), some.integers(0, 127)),
    box=some.none() | some.tuples(*[some.integers(0, 127)] * 2, *[some.integers(1, 127)] * 2),
    looks_from=some.sampled_from(["outside", "prefix", "query"]),
    measure=some.sampled_from(["standing", "mean_distance", "entropy", "prefix_share", "contribution", "box", "likeness"]),
    over=some.sampled_from(["query", "picture"]),
    rising=some.booleans(),
    ordered=some.booleans(),
    coloured=some.booleans(),
    like=some.none() | some.tuples(some.integers(0, 40), some.integers(0, 15)),
    key=some.none() | some.tuples(some.integers(0, 4)) | some.tuples(some.integers(0, 127), some.integers(0, 127)),
    against=some.sampled_from(["alone", "mean", "rival"]),
    moves=some.sampled_from(["norm", "attention", "mlp"]),
)


@given(some.lists(SETTINGS, min_size=8, max_size=8))
@settings(max_examples=4, deadline=None)  # each example starts Node for every setting
def test_what_the_browser_writes_into_the_link_python_reads(views: list[ViewSettings]) -> None:
    for each in views:
        link = called("explorer/settings.js", "linkOf", each.for_explorer(), OPENING.for_explorer(), "CLS")
        found = settings_of_link({name: value for name, value in link.items() if value is not None})
        assert replace(OPENING, **found) == each
        assert replace(OPENING, **settings_of_browser(json.loads(json.dumps(each.for_explorer())))) == each


def test_the_opening_settings_need_no_link() -> None:
    link = called("explorer/settings.js", "linkOf", OPENING.for_explorer(), OPENING.for_explorer(), "CLS")
    assert set(link.values()) == {None}


JUNK = some.recursive(
    some.none() | some.booleans() | some.floats() | some.integers() | some.text(max_size=8),
    lambda inner: some.lists(inner, max_size=3) | some.dictionaries(some.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)


@given(some.dictionaries(some.sampled_from(list(OPENING.for_explorer())), JUNK, max_size=6))
def test_a_browser_may_tell_anything(told: dict[str, Any]) -> None:
    view = replace(OPENING, **settings_of_browser(told))
    assert view.depth in ("layer", "rollout") and view.combine in ("mean", "max") and view.query in ("patch", "prefix")
    assert 0.1 <= view.temperature <= 4 and 0 <= view.opacity <= 1 and 0 <= view.discard <= 0.95
    assert 0 <= view.layer <= 999 and (view.heads is None or all(0 <= head <= 999 for head in view.heads))
    assert view.pin is None or all(0 <= at <= 999 for at in view.pin)
    assert view.box is None or (len(view.box) == 4 and min(view.box[2:]) >= 1)
    assert view.like is None or len(view.like) == 2
    assert view.key is None or (len(view.key) in (1, 2) and all(0 <= at <= 999 for at in view.key))
    assert view.against in ("alone", "mean", "rival") and view.moves in ("norm", "attention", "mlp")


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        ({"combine": "One at a time", "head": "2", "heads": "1,2"}, {"heads": (2,)}),
        ({"combine": "One at a time", "heads": "4,5"}, {"heads": (4,)}),
        ({"combine": "One at a time"}, {"heads": (0,)}),
        ({"query": "CLS", "direction": "Looked at by"}, {"query": "prefix", "direction": "incoming"}),
        ({"query": "Hovered patch", "depth": "One layer"}, {"query": "patch", "depth": "layer"}),
        ({"opacity": "NaN", "temperature": "1e999", "layer": "-3", "pin": "1,2,3", "scale": "evil", "grid": "maybe"}, {}),
        ({"box": "1,2,0,4", "like": "9.3", "from": "Mars", "measure": "Beauty", "over": "", "rising": "yes"}, {}),
        ({"box": "1,2,3,4", "from": "CLS", "like": "9,3"}, {"box": (1, 2, 3, 4), "looks_from": "prefix", "like": (9, 3)}),
        ({"key": "9,12", "against": "Mean key", "moves": "MLP"}, {"key": (9, 12), "against": "mean", "moves": "mlp"}),
        ({"key": "0", "against": "mean", "moves": "<b>"}, {"key": (0,)}),
        ({"key": "1,2,3"}, {}),
        ({"key": "-1"}, {}),
        ({"key": "CLS"}, {}),
        ({"layer": "7777", "heads": "x,𝟗", "pin": "9999,1", "discard": "0.99"}, {}),
    ],
)
def test_links_of_before_and_bad_ones(link: dict[str, str], expected: dict[str, Any]) -> None:
    assert settings_of_link(link) == expected


def test_a_pin_keeps_its_place_in_the_picture_on_any_grid() -> None:
    for before, after in (((37, 37), (128, 128)), ((56, 56), (7, 7)), ((25, 37), (25, 37)), ((128, 60), (37, 17))):
        grids = PatchGrid(*before, 14), PatchGrid(*after, 14)
        names = [{"rows": grid.rows, "cols": grid.cols} for grid in grids]
        for place in ((0, 0), (before[0] - 1, before[1] - 1), (before[0] // 3, before[1] // 2)):
            row, col = moved(place, *grids)
            assert called("explorer/settings.js", "moved", place, *names) == [row, col], "the browser moves it alike"
            assert 0 <= row < after[0] and 0 <= col < after[1]
            assert abs((row + 0.5) / after[0] - (place[0] + 0.5) / before[0]) <= 0.5 / after[0] + 1e-9
            if after[0] >= before[0]:
                assert moved((row, col), *reversed(grids)) == place, "there and back"


def test_a_link_is_followed_and_what_python_changes_is_handed_over_under_a_new_version() -> None:
    page = run_page("your_image", picture="Cat", across="8", layer="3", pin="2,1", box="1,1,2,3", key="3,1", like="3,1")
    (data,) = sent(page, "regard_explorer")
    assert (data["settings"]["layer"], data["settings"]["pin"], data["version"]) == (3, [2, 1], 1)
    page.slider(key="across").set_value(16).run()
    (data,) = sent(page, "regard_explorer")
    assert data["settings"]["pin"] == data["changes"]["pin"] == [5, 3], "the same place on a finer grid"
    assert data["settings"]["box"] == data["changes"]["box"] == [3, 3, 3, 5], "from the first to the last of its patches"
    assert data["settings"]["key"] == data["changes"]["key"] == [7, 3]
    assert data["version"] == 4
    page.button_group(key="picture").set_value("coffee").run()
    (data,) = sent(page, "regard_explorer")
    assert data["settings"]["pin"] is data["settings"]["box"] is data["settings"]["key"] is None
    assert (data["settings"]["layer"], data["settings"]["like"]) == (3, [3, 1])
    next(button for button in page.button if button.label == "Reset").click().run()
    (data,) = sent(page, "regard_explorer")
    assert data["settings"] == json.loads(json.dumps(OPENING.for_explorer()))
    assert data["changes"]["layer"] == OPENING.layer


def test_a_model_shows_what_it_has_of_the_settings() -> None:
    page = run_page("your_image", model="Random heads", num_heads="3", across="8", layer="7", heads="1,5", pin="90,90")
    assert not page.exception
    (data,) = sent(page, "regard_explorer")
    assert (data["settings"]["layer"], data["settings"]["heads"]) == (7, [1, 5]), "the reader's wishes stay in the link"
    assert data["layers"] == [{"name": "Layer 0", "says": "", "numHeads": 3, "prefix": [], "rows": 8, "cols": 8}]
    fit = called("explorer/settings.js", "fitted", data["settings"], data["layers"])
    assert (fit["layer"], fit["heads"]) == (0, [1])


@pytest.fixture
def session(monkeypatch: pytest.MonkeyPatch) -> None:
    streamlit = SimpleNamespace(session_state={}, query_params={})
    for module in (view_state, handover):
        monkeypatch.setattr(module, "st", streamlit)
    view_state.begin_view(entered=False)


@pytest.mark.usefixtures("session")
def test_another_part_of_the_picture_releases_the_pin() -> None:
    told = OPENING.for_explorer() | {"pin": [2, 1], "box": [0, 0, 2, 2], "version": 0}
    view_state.take_view(told)
    assert (view_state.wanted_view().pin, view_state.wanted_view().box) == ((2, 1), (0, 0, 2, 2))
    view_state.take_view(told | {"square": True})
    assert view_state.wanted_view() == replace(OPENING, square=True)
    assert (view_state.for_browser()["version"], view_state.for_browser()["changes"]) == (1, {"pin": None, "box": None})


@pytest.mark.usefixtures("session")
def test_what_python_changed_is_not_undone_by_what_was_told_before_it() -> None:
    view_state.change_view(layer=3)
    view_state.take_view(OPENING.for_explorer() | {"layer": 7, "opacity": 0.5, "version": 0})
    assert view_state.wanted_view() == replace(OPENING, layer=3, opacity=0.5)
    view_state.take_view(OPENING.for_explorer() | {"layer": 7, "version": 1})
    assert view_state.wanted_view().layer == 7 and view_state.for_browser()["changes"] == {}
    view_state.change_view(pin=None, grid_lines=True)
    view_state.take_view(OPENING.for_explorer() | {"pin": [2, 1], "version": 1})
    assert view_state.wanted_view() == replace(OPENING, grid_lines=True)
