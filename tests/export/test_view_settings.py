"""The defaults of a view are in one place. The page, the command line, the live view and files start from them."""

from __future__ import annotations

import inspect
import json
import re
from dataclasses import fields, replace
from typing import Any

import pytest
import torch
from PIL import Image
from pydantic import ValidationError

from attention_core import AttentionRecord, PatchGrid, record_attention
from attention_core.cli.main import _parser
from attention_core.export.attention_map import AttentionMap, attention_map
from attention_core.export.html_view import html_view
from attention_core.export.live_page import HtmlView
from attention_core.export.view_settings import DEFAULT_VIEW, SETTINGS, Setting, ViewSettings
from tests.js.node import called
from ui.data.settings_asked import view_of
from ui.explorer.view_state import OPENING

GRID = PatchGrid(3, 4, 16)
PICTURE = Image.new("RGB", (64, 48))
PREFIX = ("CLS",)


@pytest.fixture(scope="module")
def record() -> AttentionRecord:
    """Return two layers with different numbers of heads."""
    torch.manual_seed(0)
    with record_attention() as found:
        for heads in (2, 3):
            torch.nn.functional.scaled_dot_product_attention(*torch.randn(3, 1, heads, 13, 5))
    return found


def expected() -> dict[str, object]:
    return {field.name: getattr(DEFAULT_VIEW, field.name) for field in fields(ViewSettings)}


def data_of(view: HtmlView) -> dict[str, Any]:
    """Return the data of the page without its arrays."""
    found = re.search(r'id="page">(.*?)</script>', view.page)
    assert found is not None
    data: dict[str, Any] = json.loads(found[1])["explorer"]
    return data


def test_the_description_names_the_fields_in_their_order() -> None:
    assert [setting.field for setting in SETTINGS.values()] == [field.name for field in fields(ViewSettings)]


def test_a_default_is_a_valid_value_of_a_request() -> None:
    assert view_of(DEFAULT_VIEW.for_explorer()) == DEFAULT_VIEW


@pytest.mark.parametrize("wrong", [{"lable": "Scale"}, {"type": "colour"}, {"of": "weather"}, {"range": [1]}])
def test_a_misspelt_description_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Setting.model_validate(SETTINGS["scale"].model_dump() | wrong)


def test_the_browser_opens_with_the_same_defaults() -> None:
    assert called("../tests/js/link_names.js", "defaultsOfExplorer") == json.loads(json.dumps(DEFAULT_VIEW.for_explorer()))


def test_the_page_starts_from_them() -> None:
    assert replace(OPENING, layer=DEFAULT_VIEW.layer) == DEFAULT_VIEW


def test_the_command_line_starts_from_them() -> None:
    asked = vars(_parser().parse_args(["map", "picture.jpg"]))
    shared = {name: asked[name] for name in ("combine", "direction", "temperature", "opacity", "scale", "colour_map")}
    assert shared.items() <= expected().items()


def test_a_file_starts_from_them() -> None:
    defaults = {field.name: field.default for field in fields(AttentionMap)}
    defaults |= {name: parameter.default for name, parameter in inspect.signature(attention_map).parameters.items()}
    shared = {name: defaults[name] for name in ("combine", "direction", "temperature", "opacity", "scale", "colour_map")}
    assert shared.items() <= expected().items()


def test_a_live_view_starts_from_them(record: AttentionRecord) -> None:
    data = data_of(html_view(record.layers, PICTURE, GRID, PREFIX, opened=0))
    assert data["settings"] == DEFAULT_VIEW.for_explorer()
    assert [(layer["number"], layer["numHeads"], layer["prefix"]) for layer in data["layers"]] == [
        (0, 2, ["CLS"]),
        (1, 3, ["CLS"]),
    ]


def test_a_live_view_opens_with_the_settings_of_its_map(record: AttentionRecord) -> None:
    drawn = attention_map(record.layers[1], PICTURE, GRID, (2, 1), [2], "max", PREFIX, direction="incoming", temperature=0.5)
    drawn = replace(drawn, opacity=0.25, scale="log", colour_map="viridis")
    wanted = ViewSettings(
        layer=1, heads=(2,), combine="max", direction="incoming", temperature=0.5, opacity=0.25, scale="log",
        colour_map="viridis", pin=(2, 1),
    )  # fmt: skip
    data = data_of(html_view(record.layers, PICTURE, GRID, PREFIX, opens_on=drawn))
    assert data["settings"] == json.loads(json.dumps(wanted.for_explorer()))


def test_a_live_view_of_all_heads_and_a_prefix_token_says_so(record: AttentionRecord) -> None:
    drawn = attention_map(record.layers[1], PICTURE, GRID, 0, prefix_tokens=PREFIX)
    data = data_of(html_view(record.layers, PICTURE, GRID, PREFIX, opens_on=drawn))
    assert (data["settings"]["heads"], data["settings"]["query"], data["settings"]["pin"]) == (None, "prefix", None)
