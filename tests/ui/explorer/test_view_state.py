"""What the page's script sets in the view, and the view that a request says."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some
from streamlit.testing.v1 import AppTest

from attention_core import PatchGrid
from attention_core.export.view_settings import ViewSettings
from tests.js.node import called
from tests.ui.pages import run_page, sent
from ui.data.settings_asked import parameters, view_of
from ui.data.view import fitted, moved
from ui.explorer.view_state import OPENING
from ui.orders import MOST

SETTINGS = some.builds(
    ViewSettings,
    depth=some.sampled_from(["layer", "rollout"]),
    layer=some.integers(0, 40),
    heads=some.none() | some.sets(some.integers(0, 15), min_size=1).map(sorted).map(tuple),
    discard=some.integers(0, 19).map(lambda steps: steps / 20),
    query=some.sampled_from(["patch", "prefix"]),
    temperature=some.integers(1, 40).map(lambda steps: steps / 10),
    scale=some.sampled_from(["balanced", "robust", "linear", "log"]),
    grid_lines=some.booleans(),
    square=some.booleans(),
    pin=some.none() | some.tuples(some.integers(0, 127), some.integers(0, 127)),
    box=some.none() | some.tuples(*[some.integers(0, 127)] * 2, *[some.integers(1, 127)] * 2),
    looks_from=some.sampled_from(["outside", "prefix", "query"]),
    like=some.none() | some.tuples(some.integers(0, 40), some.integers(0, 15)),
    key=some.none() | some.tuples(some.integers(0, 4)) | some.tuples(some.integers(0, 127), some.integers(0, 127)),
)
JUNK = some.recursive(
    some.none() | some.booleans() | some.floats() | some.integers() | some.text(max_size=8),
    lambda inner: some.lists(inner, max_size=3) | some.dictionaries(some.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)


@given(SETTINGS)
def test_a_request_says_every_setting(view: ViewSettings) -> None:
    assert view_of(json.loads(json.dumps(view.for_explorer()))) == view


@given(some.dictionaries(some.sampled_from([*OPENING.for_explorer(), "evil"]), JUNK, max_size=6))
def test_a_request_may_say_anything(asked: dict[str, Any]) -> None:
    try:
        view = view_of(asked)
    except ValueError as error:
        assert "expected" in str(error) and len(str(error)) < 300
        return
    assert view.depth in ("layer", "rollout") and view.combine in ("mean", "max") and view.query in ("patch", "prefix")
    assert 0.1 <= view.temperature <= 4 and 0 <= view.opacity <= 1 and 0 <= view.discard <= 0.95
    assert 0 <= view.layer <= 999 and (view.heads is None or all(0 <= head <= 999 for head in view.heads))
    assert view.pin is None or all(0 <= at <= 999 for at in view.pin)
    assert view.box is None or (len(view.box) == 4 and min(view.box[2:]) >= 1)
    assert view.like is None or len(view.like) == 2
    assert view.key is None or len(view.key) in (1, 2)


def test_the_browser_reads_the_parameters_that_the_script_hands_over() -> None:
    assert set(called("../tests/js/link_names.js", "ofExplorer")) == set(parameters())


def test_a_pin_keeps_its_place_in_the_picture_on_any_grid() -> None:
    for before, after in (((37, 37), (128, 128)), ((56, 56), (7, 7)), ((25, 37), (25, 37)), ((128, 60), (37, 17))):
        grids = PatchGrid(*before, 14), PatchGrid(*after, 14)
        names = [{"rows": grid.rows, "cols": grid.cols} for grid in grids]
        for place in ((0, 0), (before[0] - 1, before[1] - 1), (before[0] // 3, before[1] // 2)):
            row, col = moved(place, *grids)
            assert called("maths/patches.js", "moved", place, *names) == [row, col], "the browser moves it alike"
            assert 0 <= row < after[0] and 0 <= col < after[1]
            assert abs((row + 0.5) / after[0] - (place[0] + 0.5) / before[0]) <= 0.5 / after[0] + 1e-9
            if after[0] >= before[0]:
                assert moved((row, col), *reversed(grids)) == place, "there and back"


def orders(page: AppTest) -> list[dict[str, Any]]:
    (data,) = sent(page, "regard_explorer")
    given: list[dict[str, Any]] = data["orders"]["given"]
    return [{name: value for name, value in order.items() if name != "number"} for order in given]


def test_the_script_hands_the_link_over_once_and_says_what_a_new_picture_and_reset_change() -> None:
    link = {"layer": "3", "pin": "2,1", "box": "1,1,2,3", "key": "3,1", "like": "3,1"}
    page = run_page("your_image", picture="Cat", across="8", **link)
    assert orders(page) == [{"link": {"scale": "Robust"} | link}], "an old link says nothing of its scale"
    page.slider(key="across").set_value(16).run()
    assert len(orders(page)) == 1, "the browser moves pins to a finer grid"
    page.button_group(key="picture").set_value("coffee").run()
    assert orders(page)[1:] == [{"settings": {"pin": None, "box": None, "key": None}}]
    next(button for button in page.button if button.label == "Reset").click().run()
    assert orders(page)[-1] == {"reset": True}
    (data,) = sent(page, "regard_explorer")
    assert data["defaults"] == json.loads(json.dumps(OPENING.for_explorer()))
    assert [order["number"] for order in data["orders"]["given"]] == [1, 2, 3]


@pytest.mark.parametrize(
    ("link", "scale"),
    [
        ({}, None),
        ({"picture": "Cat"}, "Robust"),
        ({"layer": "3"}, "Robust"),
        ({"layer": "3", "scale": "Balanced"}, "Balanced"),
        ({"scale": "Log"}, "Log"),
    ],
)
def test_a_link_without_a_scale_means_the_one_that_old_links_meant(link: dict[str, str], scale: str | None) -> None:
    given = orders(run_page("your_image", **link))
    assert [order["link"].get("scale") for order in given] == ([scale] if scale else [])
    assert view_of({}).scale == "balanced", "a page that is opened without a link"


def test_few_orders_are_kept() -> None:
    page = run_page("your_image")
    for _ in range(MOST + 3):
        next(button for button in page.button if button.label == "Reset").click().run()
    (data,) = sent(page, "regard_explorer")
    assert [order["number"] for order in data["orders"]["given"]] == list(range(4, MOST + 4))


@pytest.mark.parametrize(("link", "square"), [({"square": "true"}, True), ({"layer": "3"}, False), ({}, False)])
def test_the_middle_square_is_cut_where_the_link_says_so(link: dict[str, str], square: bool) -> None:
    page = run_page("your_image", picture="Coffee", model="Raw patches", across="8", **link)
    (data,) = sent(page, "regard_explorer")
    assert (data["grid"]["rows"] == data["grid"]["cols"]) == square and data["picture"].endswith("-square") == square


def test_the_browser_chooses_the_middle_square() -> None:
    page = run_page("your_image", picture="Coffee", model="Raw patches", across="8")
    next(button for button in page.button if button.label == "Example: 64 patches").click().run()
    (data,) = sent(page, "regard_explorer")
    assert data["picture"].endswith("-square")
    assert orders(page)[-1]["settings"] == {
        "square": True,
        "query": "patch",
        "grid": True,
        "pin": None,
        "box": None,
        "key": None,
    }


def test_a_model_shows_what_it_has_of_the_settings() -> None:
    page = run_page("your_image", model="Random heads", num_heads="3", across="8", layer="7", heads="1,5", pin="90,90")
    assert not page.exception
    (data,) = sent(page, "regard_explorer")
    assert data["layers"] == [{"name": "Layer 0", "says": "", "numHeads": 3, "prefix": [], "rows": 8, "cols": 8}]
    view = {"layer": 7, "heads": [1, 5], "pin": [90, 90]}
    fit = called("view/settings.js", "fitted", OPENING.for_explorer() | view, data["layers"])
    assert (fit["layer"], fit["heads"]) == (0, [1])
    (outline,) = page.session_state["outlines"].values()
    of_python = fitted(view_of(view), outline)
    assert (of_python.layer, of_python.heads, of_python.pin) == (0, (1,), None)
