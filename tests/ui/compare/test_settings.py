"""Settings of "Compare" in requests."""

from __future__ import annotations

import json
from dataclasses import fields
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from attention_core.export.colour_maps import COLOUR_MAPS, SCALES
from attention_core.export.compare_parts import COMPARISON
from attention_core.export.view_settings import COMBINE, OF_COMPARISON
from tests.damaged import damaged
from tests.js.node import called
from ui.compare.settings import CLEAN, COMPONENTS, OPENING, Box, CompareSettings, Pin, settings_of
from ui.data.layers import FEATURES

LINK = {
    "show": "both",
    "layers": "10,3",
    "locked": "false",
    "kind": "q",
    "clean": "mean",
    "asks": "place",
    "pin": "left,3,4",
    "box": "right,3,4,5,6",
    "lines": "40",
    "mutual": "false",
    "ratio": "0.9",
    "within": "segment-2",
    "component": "3",
    "foreground": "above",
    "k": "7",
    "difference": "true",
    "heads": "0,2",
    "combine": "max",
    "opacity": "0.5",
    "scale": "linear",
    "map": "viridis",
}
SAID = CompareSettings(
    show="both",
    layers=(10, 3),
    locked=False,
    kind="q",
    clean="mean",
    asks="place",
    pin=Pin(0, 3, 4),
    box=Box(1, 3, 4, 5, 6),
    lines=40,
    mutual=False,
    ratio=0.9,
    within="segment-2",
    component="3",
    foreground="above",
    k=7,
    difference=True,
    heads=(0, 2),
    combine="max",
    opacity=0.5,
    scale="linear",
    map="viridis",
)


def as_json(settings: CompareSettings) -> dict[str, Any]:
    """As a request says it."""
    found: dict[str, Any] = json.loads(json.dumps(settings.for_browser()))
    return found


def test_settings_have_the_names_that_a_live_page_has() -> None:
    assert set(COMPARISON) == {field.name for field in fields(CompareSettings)}


def test_a_request_says_every_setting() -> None:
    assert settings_of(as_json(SAID)) == SAID
    assert settings_of(as_json(OPENING)) == OPENING and settings_of(None) == OPENING and settings_of({"x": 1}) == OPENING


def test_what_a_link_says_is_what_a_request_may_say() -> None:
    said = called("../assets/compare/settings.js", "settingsOfLink", LINK)["settings"]
    assert settings_of(said) == SAID


def test_the_description_has_the_words_of_the_core() -> None:
    assert set(OF_COMPARISON["clean"].words) == set(CLEAN)
    assert list(OF_COMPARISON["kind"].words) == list(FEATURES)
    assert len(OF_COMPARISON["component"].words) == COMPONENTS + 1
    for name, words in {"combine": COMBINE, "scale": SCALES, "map": COLOUR_MAPS}.items():
        for value in words:
            assert getattr(settings_of({name: value}), name) == value


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("show", ["nothing", 3, ["pca"]]),
        ("layers", [[1], [1, 2, 3], [-1, 2], [True, 1], "1,2", [1, 10_000], 3]),
        ("locked", ["true", 1]),
        ("kind", ["z", "rough"]),
        ("pin", [{"side": 2, "row": 0, "col": 0}, {"side": 0, "row": -1, "col": 0}, [0, 1, 2], {"row": 1, "col": 1}]),
        ("box", [{"side": 0, "row": 1, "col": 1, "rows": 0, "cols": 2}]),
        ("lines", [201, -1, 3.5, True, 10**400]),
        ("ratio", [1.5, -0.1, float("nan"), "0.9", True, 10**400]),
        ("within", ["segment-13", "segment-", "boxes"]),
        ("component", ["9", "0", 3]),
        ("k", [1, 13]),
        ("heads", [[], ["0"], [-1], [0, True]]),
        ("map", ["jet"]),
    ],
)
def test_what_is_no_setting_is_refused_in_a_sentence(name: str, wrong: list[Any]) -> None:
    for value in wrong:
        with pytest.raises(ValueError, match=f"expected {name}|expected (side|row|rows|col)"):
            settings_of({name: value})


@given(asked=some.data())
def test_anything_may_be_asked(asked: some.DataObject) -> None:
    view = asked.draw(damaged(as_json(SAID)))
    try:
        settings = settings_of(view)
    except ValueError:
        return
    assert settings_of(as_json(settings)) == settings
