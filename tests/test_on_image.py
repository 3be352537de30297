from __future__ import annotations

import numpy as np
import pytest
import timm
import torch
from PIL import Image

from attention_core import PatchGrid, VisionModel
from attention_core.models.timm_models import as_vision_model
from attention_core.on_image import layers_on_image
from attention_core.rollout import rollout

PICTURE = Image.fromarray(np.random.default_rng(0).integers(0, 256, (48, 64, 3), np.uint8))
MODELS = {
    "swin_tiny_patch4_window7_224": {
        "img_size": 56,
        "embed_dim": 24,
        "depths": (2, 2),
        "num_heads": (2, 3),
        "pretrained_cfg_overlay": {"input_size": (3, 56, 56)},
    },
    "mobilevit_xxs": {},
    "levit_128s": {},
}


@pytest.mark.parametrize("name", MODELS)
def test_every_layers_rows_lie_on_a_grid_of_its_own_and_sum_to_one(name: str) -> None:
    module = timm.create_model(name, pretrained=False, num_classes=0, **MODELS[name]).eval()
    model = as_vision_model(module, name, name, source="", licence="")
    record, grid = model.record(PICTURE)
    found = layers_on_image(model, record, grid)
    assert not model.plain and 0 < len(found) <= len(record.layers)
    for each in found:
        count = each.prefix + each.grid.num_patches
        row, column = each.row(count - 1), each.column(count - 1)
        assert row.shape == column.shape == (each.layer.num_heads, count)
        torch.testing.assert_close(row.sum(-1), torch.ones(each.layer.num_heads), atol=1e-4, rtol=0)
        torch.testing.assert_close(row[:, count - 1], column[:, count - 1], atol=1e-5, rtol=1e-3)
        torch.testing.assert_close(each.row(0)[:, count - 1], column[:, 0], atol=1e-5, rtol=1e-3)
    steps = {each.grid.height / grid.height for each in found}
    assert all(0.8 < step < 1.3 for step in steps), "all grids cover the same picture"


def siglip() -> VisionModel:
    sizes = {"img_size": 64, "patch_size": 16, "embed_dim": 24, "depth": 2, "num_heads": 2}
    module = timm.create_model("vit_base_patch16_siglip_224", num_classes=0, dynamic_img_size=True, **sizes).eval()
    return as_vision_model(module, "siglip", "SigLIP", source="", licence="")


def test_a_head_that_pools_with_one_query_is_no_layer_of_patches() -> None:
    model = siglip()
    record, grid = model.record(PICTURE, 8)
    assert [layer.num_queries for layer in record.layers] == [48, 48, 1]
    assert [each.layer for each in layers_on_image(model, record, grid)] == record.layers[:2]
    torch.testing.assert_close(record.rollout(5), rollout(record.layers[:2], 5))
    assert record.show(PICTURE).page == record.show(PICTURE, layers=[1]).page


def test_a_windowed_model_has_no_rollout_and_says_so() -> None:
    name = "swin_tiny_patch4_window7_224"
    module = timm.create_model(name, pretrained=False, num_classes=0, **MODELS[name]).eval()
    record, _ = as_vision_model(module, name, name, source="", licence="").record(PICTURE)
    with pytest.raises(ValueError, match=r"layers\.0\.blocks\.0\.attn attends inside windows of the image"):
        record.rollout(0)


def test_tokens_that_are_not_the_grids_are_refused() -> None:
    model = siglip()
    record, grid = model.record(PICTURE, 8)
    where = layers_on_image(model, record, grid)[0]
    where.require_tokens(grid, 0)
    for wrong, prefix in ((grid, 1), (PatchGrid(4, 4, 16), 0)):
        with pytest.raises(ValueError, match="received 48 queries and 48 keys"):
            where.require_tokens(wrong, prefix)
