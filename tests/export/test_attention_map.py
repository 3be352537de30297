from __future__ import annotations

import csv
import io
import json
import math
from xml.etree import ElementTree

import numpy as np
import pytest
import torch
from PIL import Image

from attention_core import PatchGrid, record_attention
from attention_core.capture.layer_record import LayerRecord
from attention_core.export.attention_map import AttentionMap, attention_map, layers_map
from attention_core.export.colour_maps import coloured
from attention_core.export.html_view import html_view

GRID = PatchGrid(3, 4, 16)
WHERE = {"grid": [3, 4], "patch_size": 16}
PREFIX = ("CLS", "register 1")
PICTURE = Image.effect_mandelbrot((64, 48), (-2, -1, 1, 1), 40).convert("RGB")


@pytest.fixture
def layer() -> LayerRecord:
    q, k, v = torch.randn(3, 1, 6, 14, 5)
    with record_attention() as record:
        torch.nn.functional.scaled_dot_product_attention(q, k, v)
    return record.layers[0]


@pytest.fixture
def shown(layer: LayerRecord) -> AttentionMap:
    return attention_map(layer, PICTURE, GRID, (2, 1), [1, 4], "mean", PREFIX, {"model": "<tiny> & co"})


def test_a_map_is_the_row_of_its_patch(layer: LayerRecord, shown: AttentionMap) -> None:
    row = layer.weights()[0, [1, 4], 2 + 2 * 4 + 1]
    torch.testing.assert_close(shown.weights, row)
    torch.testing.assert_close(shown.patches, row.mean(0)[2:].view(3, 4))
    assert shown.about == {"model": "<tiny> & co", "heads": [1, 4], "combine": "mean", "query": [2, 1]}
    torch.testing.assert_close(
        attention_map(layer, PICTURE, GRID, 1, None, "max", PREFIX).shown, layer.weights()[0, :, 1].amax(0)
    )


def test_the_png_blends_the_maps_colours_over_the_picture(shown: AttentionMap) -> None:
    drawn = Image.open(io.BytesIO(shown.png()))
    assert drawn.format == "PNG" and drawn.width * 3 == drawn.height * 4
    side = drawn.width // 4
    under = PICTURE.resize(drawn.size, Image.Resampling.LANCZOS)
    place = (3 * side + side // 2, side // 2)
    colour = coloured(shown.patches)[0, 3].numpy().astype(float)
    expected = 0.65 * colour + 0.35 * np.array(under.getpixel(place))
    assert np.abs(np.array(drawn.getpixel(place)) - expected).max() <= 2


def test_the_svg_holds_every_weight_in_full(shown: AttentionMap) -> None:
    root = ElementTree.fromstring(shown.svg())
    values = [float(cell.get("data-value")) for cell in root.iter() if cell.get("data-value")]
    torch.testing.assert_close(torch.tensor(values).view(3, 4), shown.patches)
    assert json.loads(root.find("{*}metadata").text) == shown.about
    assert all("http" not in (value or "") for element in root.iter() for value in element.attrib.values())


def test_the_npz_holds_every_array(shown: AttentionMap) -> None:
    with np.load(io.BytesIO(shown.npz()), allow_pickle=False) as found:
        np.testing.assert_array_equal(found["weights"], shown.weights[:, 2:].view(2, 3, 4).numpy())
        np.testing.assert_array_equal(found["shown"], shown.patches.numpy())
        np.testing.assert_array_equal(found["prefix"], shown.weights[:, :2].numpy())
        assert tuple(found["prefix_tokens"]) == PREFIX and json.loads(str(found["about"])) == shown.about | WHERE


def test_the_csv_has_one_line_per_token(shown: AttentionMap) -> None:
    lines = list(csv.DictReader(io.StringIO(shown.csv())))
    assert [line["token"] for line in lines[:3]] == ["CLS", "register 1", "2"] and len(lines) == 14
    assert [(line["patch_row"], line["patch_column"]) for line in (lines[0], lines[2], lines[-1])] == [
        ("", ""),
        ("0", "0"),
        ("2", "3"),
    ]
    torch.testing.assert_close(torch.tensor([float(line["weight_head_4"]) for line in lines]), shown.weights[1])
    torch.testing.assert_close(torch.tensor([float(line["weight_mean"]) for line in lines]), shown.shown)


def test_the_csv_of_a_rollout_has_its_weights_once() -> None:
    weights = torch.rand(14)
    lines = list(csv.DictReader(io.StringIO(layers_map(weights, PICTURE, GRID, 0, PREFIX).csv())))
    assert list(lines[0]) == ["token", "patch_row", "patch_column", "weight_rollout"]
    torch.testing.assert_close(torch.tensor([float(line["weight_rollout"]) for line in lines]), weights)


def test_a_head_named_twice_counts_once(layer: LayerRecord, shown: AttentionMap) -> None:
    twice = attention_map(layer, PICTURE, GRID, (2, 1), [1, 4, 1], "mean", PREFIX)
    torch.testing.assert_close(twice.shown, shown.shown)
    assert twice.about["heads"] == [1, 4]


@pytest.mark.parametrize("temperature", [0.0, math.inf])
def test_a_view_with_hovering_needs_a_positive_temperature(layer: LayerRecord, temperature: float) -> None:
    drawn = attention_map(layer, PICTURE, GRID, (2, 1), prefix_tokens=PREFIX, temperature=temperature)
    with pytest.raises(ValueError, match=f"a temperature above 0 and finite, received {temperature}"):
        html_view([layer], PICTURE, GRID, PREFIX, opens_on=drawn)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"query": (3, 0)}, r"patch \(3, 0\) is outside the grid: rows 0–2, columns 0–3"),
        ({"heads": [6]}, "heads must be 0–5, received 6"),
        ({"heads": []}, "heads must be 0–5, received none"),
        ({"combine": "sum"}, "combine must be one of mean, max, received 'sum'"),
        ({"grid": PatchGrid(4, 4, 16)}, "expected 18 tokens for .*, received 14 queries and 14 keys"),
        ({"direction": "up"}, "direction must be one of outgoing, incoming, received 'up'"),
        ({"temperature": -1}, "temperature must be 0 or more, received -1"),
        ({"temperature": math.nan}, "temperature must be 0 or more, received nan"),
        ({"query": 99}, "token must be 0–13, received 99"),
    ],
)
def test_missing_settings_are_refused(layer: LayerRecord, change: dict[str, object], message: str) -> None:
    asked = {"grid": GRID, "query": (0, 0), "prefix_tokens": PREFIX} | change
    with pytest.raises(ValueError, match=message):
        attention_map(layer, PICTURE, **asked)  # type: ignore[arg-type]
