"""`VisionModel.record` takes one image or a batch, in any form."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest
import timm
import torch
from PIL import Image

from attention_core import ImageError, load_model
from attention_core.models.timm_models import as_vision_model, build_module
from attention_core.models.vision_model import VisionModel

FIRST = Image.effect_mandelbrot((96, 64), (-2, -1, 1, 1), 40).convert("RGB")
SECOND = FIRST.transpose(Image.Transpose.FLIP_LEFT_RIGHT)


@pytest.fixture(scope="module")
def vit() -> VisionModel:
    torch.manual_seed(1)
    return as_vision_model(build_module("vit_tiny_patch16_224", depth=3), "tiny", "Tiny", source="test", licence="MIT")


def as_png(image: Image.Image) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()


@pytest.mark.parametrize(
    "form", [as_png, lambda image: io.BytesIO(as_png(image)), np.asarray, lambda image: torch.from_numpy(np.array(image) / 255)]
)
def test_any_form_of_an_image_is_recorded(form: Any) -> None:
    model = load_model("random-heads")
    record, grid = model.record(form(FIRST), 6)
    expected, _ = model.record(FIRST, 6)
    assert (grid.rows, grid.cols) == (4, 6) == (model.grid_for(form(FIRST), 6).rows, 6)
    torch.testing.assert_close(record.layers[0].q, expected.layers[0].q, atol=0, rtol=0)


def test_a_list_runs_as_one_batch(vit: VisionModel) -> None:
    record, grid = vit.record([FIRST, as_png(SECOND), np.asarray(FIRST)], 6)
    assert (grid.rows, grid.cols) == (4, 6) and len(record.layers) == 3
    for layer, first, second in zip(record.layers, *(vit.record(each, 6)[0].layers for each in (FIRST, SECOND)), strict=True):
        rows = layer.rows([0, 7])
        assert rows.shape == (3, 3, 2, 25)
        torch.testing.assert_close(rows[[0, 1]], torch.cat([first.rows([0, 7]), second.rows([0, 7])]))
        torch.testing.assert_close(rows[0], rows[2])


def test_a_batch_of_windows_keeps_images_apart() -> None:
    torch.manual_seed(1)
    module = timm.create_model("swin_tiny_patch4_window7_224", depths=(2, 2, 2, 2), embed_dim=24, num_classes=0).eval()
    model = as_vision_model(module, "swin", "Swin", source="test", licence="MIT")
    assert not model.plain
    both, alone = model.record([FIRST, SECOND])[0], model.record(SECOND)[0]
    assert [layer.q.shape[0] for layer in both.layers] == [2 * layer.q.shape[0] for layer in alone.layers]
    count = alone.layers[0].q.shape[0]
    torch.testing.assert_close(both.layers[0].q[count:], alone.layers[0].q)


def test_images_of_two_grids_are_not_a_batch(vit: VisionModel) -> None:
    with pytest.raises(ValueError, match=r"need one grid of patches, received 4 × 6, 6 × 6; crop them to one shape"):
        vit.record([FIRST, FIRST.resize((64, 64))], 6)
    with pytest.raises(ImageError, match="at least one image"):
        vit.record([])


@pytest.mark.parametrize("wrong", [5, [FIRST, None], "no-such-file.jpg"])
def test_a_value_that_is_not_an_image_gets_a_sentence(vit: VisionModel, wrong: Any) -> None:
    with pytest.raises(ImageError, match=r"Expected an image as a path|cannot be read"):
        vit.record(wrong)
    with pytest.raises(ImageError):
        vit.preprocess(wrong, vit.grid_for(FIRST))
