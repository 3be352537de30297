"""One place for the defaults of a view: what page, command line, live view and file start from."""

from __future__ import annotations

import inspect
import json
import re
from dataclasses import fields

import torch
from PIL import Image

from attention_core import PatchGrid, record_attention
from attention_core.cli.main import _parser
from attention_core.export.attention_map import AttentionMap, attention_map
from attention_core.export.html_view import html_view
from attention_core.export.view_settings import DEFAULT_VIEW, ViewSettings
from ui.components.view import View
from ui.explorer.state import DEFAULTS

NAMES = {"map": "colour_map", "grid": "grid_lines"}
"""Of the page's link."""


def expected() -> dict[str, object]:
    return {field.name: getattr(DEFAULT_VIEW, field.name) for field in fields(ViewSettings)}


def test_the_page_starts_from_them() -> None:
    shared = {NAMES.get(name, name): value for name, value in DEFAULTS.items() if NAMES.get(name, name) in expected()}
    assert len(shared) == len(expected()) - 2, "head and pin are parts of the link alone"
    assert shared.items() <= expected().items()
    assert all(getattr(View(), name) == value for name, value in expected().items())


def test_the_command_line_starts_from_them() -> None:
    asked = vars(_parser().parse_args(["map", "picture.jpg"]))
    shared = {name: asked[name] for name in ("combine", "direction", "temperature", "opacity", "scale", "colour_map")}
    assert shared.items() <= expected().items()


def test_a_file_starts_from_them() -> None:
    defaults = {field.name: field.default for field in fields(AttentionMap)}
    defaults |= {name: parameter.default for name, parameter in inspect.signature(attention_map).parameters.items()}
    shared = {name: defaults[name] for name in ("combine", "direction", "temperature", "opacity", "scale", "colour_map")}
    assert shared.items() <= expected().items()


def test_a_live_view_starts_from_them() -> None:
    q, k, v = torch.randn(3, 1, 2, 12, 5)
    with record_attention() as record:
        torch.nn.functional.scaled_dot_product_attention(q, k, v)
    page = html_view(record.layers, Image.new("RGB", (64, 48)), PatchGrid(3, 4, 16)).page
    data = re.search(r'id="page">(.*?)</script>', page)
    assert data is not None
    view = json.loads(data[1])["view"]
    assert view["opacity"] == DEFAULT_VIEW.opacity and view["gridLines"] is DEFAULT_VIEW.grid_lines
    assert DEFAULT_VIEW.for_canvas().items() <= view.items()
