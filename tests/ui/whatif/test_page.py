"""The page "What if", without a browser: what its script sends, and the pass that it asks for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import torch
from streamlit.testing.v1 import AppTest

from attention_core.interventions.changes import parse_changes
from attention_core.interventions.picture_changes import changed
from tests.planted import planted
from tests.ui.pages import run_page, sent
from ui import caches
from ui.recording import Recording, make_recording
from ui.shared.gate import Gate
from ui.shared.kept import store
from ui.shared.work import Work
from ui.whatif.running import Changed, fitted, run_changed
from ui.whatif.said import changed_title
from ui.whatif.state import OPENING_ACTS


def opened(**query: Any) -> AppTest:
    page = run_page("what_if", **{"across": "8"} | query)
    assert not page.exception
    return page


def stage(page: AppTest) -> dict[str, Any]:
    (found,) = sent(page, "regard_compare")
    return found


def strip(page: AppTest) -> dict[str, Any]:
    (found,) = sent(page, "regard_what_if_strip")
    return found


def orders(page: AppTest) -> list[dict[str, Any]]:
    """Return the orders for the list of changes."""
    given: list[dict[str, Any]] = strip(page)["orders"]["given"]
    return given


def test_the_script_shows_the_model_as_it_is_on_both_sides_and_runs_no_other_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ui.whatif.running.run", pytest.fail)
    page = opened(edits="6.*:off", target="3")
    left, right = stage(page)["sides"]
    assert left["recording"] == right["recording"] and left["lease"] == right["lease"]
    assert (left["title"], right["title"]) == ("As it is", "Changed")
    assert stage(page)["shows"] == ["attention", "similarity", "moved"] and stage(page)["defaults"]["asks"] == "place"
    assert strip(page)["defaults"] == {"edits": OPENING_ACTS, "target": None, "limit": None}
    assert orders(page) == [{"number": 1, "link": {"edits": "6.*:off", "target": "3"}}]
    assert orders(opened()) == [], "the browser has the page's example"
    assert not page.error and not page.warning and not page.info


def test_the_readers_own_picture_opens_without_a_change() -> None:
    assert strip(run_page("what_if", picture="Yours"))["defaults"]["edits"] == "none"


def test_another_page_leads_here_with_its_patch_and_box_whatever_was_here_before(monkeypatch: pytest.MonkeyPatch) -> None:
    page = opened(edits="4.1:off", pin="7,7", box="right,0,0,1,1", picture="Cat", heads="2")
    asked = {"edits": "4.1:off;6.0:off", "layers": "8,8", "pin": "5,9", "box": "1,2,3,4", "across": 3, "show": "<b>"}
    page.session_state["picture"], page.session_state["across"] = "coffee", 12
    told = iter([asked])
    monkeypatch.setattr("ui.components.told.told", lambda key, name: next(told, None) if name == "leave" else None)
    page.switch_page("pages/your_image.py").run()
    place = {"layers": "8,8", "pin": "5,9", "box": "1,2,3,4", "show": "<b>"}
    assert stage(page)["orders"]["given"][-1]["place"] == place, "the browser reads it, and lets go of pin, box and heads"
    assert orders(page)[-1] == {"number": 2, "place": {"edits": "4.1:off;6.0:off"}}


def test_an_example_is_set_once_with_what_is_looked_at() -> None:
    page = opened()
    next(button for button in page.button if button.label == "A whole layer off").click().run()
    assert orders(page) == [{"number": 1, "settings": {"edits": "5.*:off"}}]
    assert stage(page)["orders"]["given"][-1]["settings"]["show"] == "moved"
    assert orders(page.run()) == [{"number": 1, "settings": {"edits": "5.*:off"}}]


@pytest.fixture(scope="module")
def hand_made() -> Iterator[Recording]:
    picture = caches.photograph("cat")
    yield make_recording("planted", picture, planted(), 8, features=True)
    store().forget(lambda _: True)


def changed_of(shown: Recording, text: str) -> Changed:
    work = Work("planted", "The change", lambda _: None, Gate(1))
    work.wanted_by("reader")
    return run_changed(shown, parse_changes(text), work)


def test_what_lies_outside_of_the_grid_or_the_model_is_left_out(hand_made: Recording) -> None:
    acts = fitted(hand_made, parse_changes("2.4:off;3.0:off;1.*:off;blur:7,0,2,2;swap:0,0,2,2>7,7;blank:6,6,2,2"))
    assert str(acts) == "1.*:off;blank:6,6,2,2"


def test_pictures_change_one_after_the_other(hand_made: Recording) -> None:
    right = changed_of(hand_made, "blank:0,0,2,2;swap:0,0,2,2>4,4").recording
    image, grid = hand_made.picture.image, hand_made.grid
    expected = changed(changed(image, grid, (0, 0, 2, 2), "blank"), grid, (0, 0, 2, 2), "swap", (4, 4))
    assert right.picture.image.tobytes() == expected.tobytes()
    assert right.picture.digest != hand_made.picture.digest and right.layer_key(0) != hand_made.layer_key(0)


def test_a_mask_of_queries_too_is_not_for_the_browser(hand_made: Recording) -> None:
    layer = hand_made.layers[0]
    mask = torch.ones(1, 4, 65, 65, dtype=torch.bool).tril()
    masked = replace(hand_made, layers=(replace(layer, layer=replace(layer.layer, mask=mask)), *hand_made.layers[1:]))
    assert masked.hidden_keys(0) is None and not masked.in_browser


def test_the_right_side_is_called_by_its_first_change() -> None:
    titles = {
        "none": "Changed",
        "8.3:off": "Changed: 8.3 off",
        "5.2:off;6.*:t0.5;blur:1,2,3,4": "Changed: 5.2 off and 2 more",
        "6.*:even": "Changed: layer 6 even",
        "7.0+2+3:off": "Changed: 3 heads of layer 7 off",
        "6.1:t2;5.0:off": "Changed: 6.1 flatter and 1 more",
        "6.1+2:t0.5": "Changed: 6.1, 6.2 sharper",
        "8.1:in3,4,5,6": "Changed: 8.1 inside the box",
        "blur:1,2,3,4": "Changed: patches blurred",
        "6.1:mean": "Changed: 6.1 mean",
    }
    assert {text: changed_title(parse_changes(text)) for text in titles} == titles
