"""`compare_view`: the content of the page, and the input that it refuses."""

from __future__ import annotations

import base64
import json
import re
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from attention_core import PatchGrid, record_attention
from attention_core.export.compare_parts import COMPARISON, CompareSide, Jointly
from attention_core.export.compare_view import compare_view
from attention_core.export.live_page import HtmlView

WIDTH = 6


def side(rows: int, cols: int, layers: tuple[int, ...] = (1, 3), **more: Any) -> CompareSide:
    torch.manual_seed(rows)
    features = {"features": {number: 3 * torch.randn(rows * cols, WIDTH) for number in layers}}
    picture = Image.effect_noise((16 * cols, 16 * rows), 40)
    return CompareSide(picture=picture, grid=PatchGrid(rows, cols, 16), features=features, **more)


def data_of(view: HtmlView, name: str) -> Any:
    found = re.search(f'<script type="application/json" id="{name}">(.*?)</script>', view.page)
    assert found is not None, name
    return json.loads(found[1])


def test_a_page_carries_features_in_16_bits_under_their_side_layer_and_kind() -> None:
    left, right = side(3, 4, title="A"), side(5, 2, title="B </script>")
    view = compare_view(left, right)
    about = data_of(view, "page")["compare"]
    assert about["settings"] == COMPARISON | {"layers": [1, 1]}
    assert [each["title"] for each in about["pictures"]] == ["A", "B </script>"]
    assert [layer["number"] for layer in about["sides"][1]["layers"]] == [1, 3]
    assert about["shows"] == ["similarity"] and about["kinds"] == ["features"]
    sent = np.frombuffer(base64.b64decode(data_of(view, "features-1-1-features")), "<f2").reshape(10, WIDTH)
    np.testing.assert_array_equal(sent, right.features["features"][3].half().numpy())


def test_two_models_are_queried_at_the_same_place() -> None:
    about = data_of(compare_view(side(3, 4), side(3, 4), one_space=False, settings={"map": "viridis"}), "page")["compare"]
    assert about["settings"]["asks"] == "place" and about["settings"]["map"] == "viridis" and not about["oneSpace"]


def test_joint_results_have_the_ids_that_the_browser_uses() -> None:
    left, right = side(3, 4), side(5, 2)
    labels = [torch.zeros(12).int(), torch.arange(10) % 3]
    view = compare_view(left, right, jointly=Jointly(segments=labels), settings={"layers": [0, 1]})
    page = data_of(view, "page")
    assert page["compare"]["given"] == {"matches": None, "components": None, "segments": "segments"}
    assert page["joint"][0]["k"] == 3 and page["compare"]["shows"] == ["similarity", "segments"]
    assert list(base64.b64decode(page["joint"][0]["bytes"]["labels"])) == [int(each) for each in torch.cat(labels)]


def test_attention_is_offered_if_every_layer_has_it() -> None:
    attention = torch.nn.MultiheadAttention(8, 2, batch_first=True).eval()
    tokens = torch.randn(1, 1 + 12, 8)
    with torch.inference_mode(), record_attention() as record:
        attention(tokens, tokens, tokens)
    left = replace(side(3, 4, (0,)), layers=record.layers, prefix_tokens=("CLS",))
    assert data_of(compare_view(left, side(3, 4, (0,))), "page")["compare"]["shows"] == ["similarity", "both"]
    assert data_of(compare_view(left, left), "page")["compare"]["shows"] == ["similarity", "attention", "both"]
    with pytest.raises(ValueError, match="expected 12 tokens, received 13 queries"):
        compare_view(replace(left, prefix_tokens=()), left)


def test_features_that_do_not_fit_are_refused_with_what_to_do() -> None:
    with pytest.raises(ValueError, match="features of at least one layer, received none"):
        compare_view(replace(side(3, 4), features={}), side(3, 4))
    with_prefix = {"features": {2: torch.zeros(13, WIDTH)}}
    with pytest.raises(
        ValueError, match=r"features of layer 2: expected \(12, D\) .* received \(13, 6\); leave prefix tokens out"
    ):
        compare_view(side(3, 4), replace(side(3, 4), features=with_prefix))


def test_numbers_too_large_for_16_bits_stay_finite() -> None:
    left = replace(side(3, 4), features={"features": {0: torch.full((12, WIDTH), 1e6)}})
    sent = np.frombuffer(base64.b64decode(data_of(compare_view(left, left), "features-0-0-features")), "<f2")
    assert np.isfinite(sent).all()
