"""What a link and a browser may say of the settings of "Compare"."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import pytest

from attention_core.export.compare_parts import COMPARISON
from ui.compare.reading import settings_of_browser, settings_of_link
from ui.compare.settings import OPENING, Box, CompareSettings, Pin

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


def test_a_link_says_every_setting() -> None:
    assert set(LINK) == {field.name for field in fields(CompareSettings)}
    assert CompareSettings(**settings_of_link(LINK)) == SAID


def test_settings_have_the_names_that_a_live_page_has() -> None:
    assert set(COMPARISON) == {field.name for field in fields(CompareSettings)}


def test_what_goes_to_the_browser_comes_back_the_same() -> None:
    assert CompareSettings(**settings_of_browser(SAID.for_browser())) == SAID
    assert CompareSettings(**settings_of_browser(OPENING.for_browser())) == OPENING


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("show", ["nothing", 3, None, ["pca"]]),
        ("layers", [[1], [1, 2, 3], [-1, 2], [True, 1], "1,2", [1, 10_000]]),
        ("locked", ["true", 1]),
        ("kind", ["z", "rough"]),
        ("pin", [{"side": 2, "row": 0, "col": 0}, {"side": 0, "row": -1, "col": 0}, [0, 1, 2], {"row": 1, "col": 1}]),
        ("box", [{"side": 0, "row": 1, "col": 1, "rows": 0, "cols": 2}]),
        ("lines", [201, -1, 3.5, True]),
        ("ratio", [1.5, -0.1, float("nan"), "0.9", True]),
        ("within", ["segment-13", "segment-", "boxes"]),
        ("component", ["9", "0", 3]),
        ("k", [1, 13]),
        ("heads", [[], ["0"], [-1], [0, True]]),
        ("map", ["jet"]),
    ],
)
def test_what_is_no_setting_is_left_out(name: str, wrong: list[Any]) -> None:
    for value in wrong:
        assert settings_of_browser({name: value}) == {}, value


@pytest.mark.parametrize("text", ["", "x", "1", "left", "left,1", "up,1,2", "left,1,2,3", "left,-1,2"])
def test_a_pin_of_a_link_that_cannot_be_read_is_left_out(text: str) -> None:
    assert settings_of_link({"pin": text}) == {}


def test_a_pin_without_a_side_is_on_the_left() -> None:
    assert settings_of_link({"pin": "3,4"}) == {"pin": Pin(0, 3, 4)}


def test_layers_and_kinds_that_a_model_has_not_are_not_shown() -> None:
    assert CompareSettings(layers=(11, 2)).fitted((12, 1), ("q", "k", "v")) == CompareSettings(layers=(11, 0), kind="q")
