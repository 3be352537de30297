from __future__ import annotations

import numpy as np
import pytest
import timm
import torch
from PIL import Image

from attention_core import PatchGrid, VisionModel, record_attention
from attention_core.analysis.rollout import rollout
from attention_core.capture.layer_record import LayerRecord
from attention_core.models.timm_models import as_vision_model
from attention_core.tokens.layer_on_image import WHY_NOT, LayerOnImage, layers_left_out, layers_on_image
from tests.models.reference import with_strong_attention

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


def test_a_head_that_pools_with_one_query_is_not_a_layer_of_patches() -> None:
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


def test_tokens_that_do_not_fit_the_grid_are_refused() -> None:
    model = siglip()
    record, grid = model.record(PICTURE, 8)
    where = layers_on_image(model, record, grid)[0]
    where.require_tokens(grid, 0)
    for wrong, prefix in ((grid, 1), (PatchGrid(4, 4, 16), 0)):
        with pytest.raises(ValueError, match="received 48 queries and 48 keys"):
            where.require_tokens(wrong, prefix)


def made(name: str, **options: object) -> VisionModel:
    module = timm.create_model(name, pretrained=False, num_classes=0, **options).eval()
    return as_vision_model(module, name, name, source="", licence="")


@pytest.mark.parametrize(
    ("name", "options", "expected"),
    [
        ("cait_xxs24_224", {"depth": 2}, {"one query": 2}),
        ("pvt_v2_b0", {"depths": (1, 1, 1, 1)}, {}),
        ("twins_svt_small", {"depths": (2, 2, 1, 1)}, {"windows": 3}),
        ("hiera_tiny_224", {"stages": (1, 1, 1, 1)}, {"other": 4}),
    ],
)
def test_a_layer_left_out_has_a_reason(name: str, options: dict[str, object], expected: dict[str, int]) -> None:
    model = made(name, **options)
    record, grid = model.record(PICTURE)
    drawn = layers_on_image(model, record, grid)
    found = layers_left_out(model, record, grid, drawn)
    assert {reason: len(paths) for reason, paths in found.items()} == expected and set(expected) <= set(WHY_NOT)
    assert len(drawn) + sum(expected.values()) == len(record.layers)


@pytest.mark.parametrize("name", ["pvt_v2_b0", "mvitv2_tiny", "nest_tiny", "coatnet_0_rw_224", "pit_ti_224", "volo_d1_224"])
def test_a_drawn_layer_has_its_tokens_in_the_images_order(name: str) -> None:
    """If a few patches of the picture change, the query that changes most lies at their place."""
    torch.manual_seed(0)
    model = made(name)
    with_strong_attention(model.module)
    record, grid = model.record(PICTURE)
    pixels = model.preprocess(PICTURE, grid)
    size, row, col = grid.height // 14, grid.height // 4, grid.width * 5 // 8
    pixels[..., row : row + size, col : col + size] += 3
    with torch.inference_mode(), record_attention(keep_v=False) as changed:
        model.module(pixels)
    layers = layers_on_image(model, record, grid)
    assert layers
    for each in layers:
        after = changed.layers[record.layers.index(each.layer)]
        kept, now = ((of.q if of.softmaxed is None else of.softmaxed)[0, :, each.prefix :] for of in (each.layer, after))
        moved = (now - kept).norm(dim=(0, 2))
        asking = each.queries or each.grid
        at_row, at_col = asking.position(int(moved.argmax()))
        scale = asking.rows / grid.height
        away = max(abs(at_row + 0.5 - (row + size / 2) * scale), abs(at_col + 0.5 - (col + size / 2) * scale))
        assert away <= size / 2 * scale + 1.5, each.layer.path


@pytest.mark.parametrize("pooled", ["keys", "queries"])
def test_a_summary_stands_for_its_patches(pooled: str) -> None:
    """Compare with the whole matrix over patches: each patch has its cell's row, and an even share of its cell's weight."""
    fine, coarse = PatchGrid(5, 6, 8), PatchGrid(3, 3, 16)
    prefix, counts = 2, {True: 2 + coarse.num_patches, False: 2 + fine.num_patches}
    torch.manual_seed(4)
    q, k = (torch.randn(1, 2, counts[pooled == name], 4) for name in ("queries", "keys"))
    layer = LayerRecord(q, k, None, 0.7)
    where = LayerOnImage(layer, fine, prefix, None, *((coarse, None) if pooled == "queries" else (None, coarse)))
    matrix = layer.weights()[0].double()
    for axis, is_coarse in ((1, pooled == "queries"), (2, pooled == "keys")):
        if is_coarse:
            cells = [*range(prefix), *(prefix + row // 2 * 3 + col // 2 for row in range(5) for col in range(6))]
            matrix = matrix.index_select(axis, torch.tensor(cells))
            if axis == 2:
                matrix = matrix / torch.tensor([cells.count(cell) for cell in cells])
    where.require_tokens(fine, prefix)
    torch.testing.assert_close(matrix.sum(-1), torch.ones_like(matrix[..., 0]))
    for token in (0, 1, 2, 9, 31):
        torch.testing.assert_close(where.row(token).double(), matrix[:, token], atol=1e-6, rtol=1e-5)
        torch.testing.assert_close(where.column(token).double(), matrix[:, :, token], atol=1e-6, rtol=1e-5)
    with pytest.raises(ValueError, match="token must be 0–31, received 32"):
        where.row(32)
    with pytest.raises(ValueError, match=f"received {len(q[0, 0])} queries and {len(k[0, 0])} keys"):
        where.require_tokens(coarse, prefix)
