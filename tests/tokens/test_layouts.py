import pytest
import torch
from PIL import Image
from torch import Tensor, nn

from attention_core import LayerRecord, PatchGrid, VisionModel
from attention_core.models.loading import _safe_name
from attention_core.tokens.layouts import TokenLayout, finest_side, token_layout

GRID = PatchGrid(rows=4, cols=7, patch_size=8)
COARSE = PatchGrid(rows=2, cols=4, patch_size=16)


def layer(queries: int, keys: int, batch: int = 1) -> LayerRecord:
    return LayerRecord(torch.zeros(batch, 2, queries, 3), torch.zeros(batch, 2, keys, 3), None, 1.0)


@pytest.mark.parametrize(
    ("recorded", "expected"),
    [
        (layer(30, 30), TokenLayout("tokens", GRID, GRID, 2)),
        (layer(28, 28), TokenLayout("tokens", GRID, GRID, 0)),
        (layer(10, 10), TokenLayout("tokens", COARSE, COARSE, 2)),
        (layer(8, 8), TokenLayout("tokens", COARSE, COARSE, 0)),
        (layer(28, 8), TokenLayout("tokens", GRID, COARSE, 0)),
        (layer(10, 30), TokenLayout("tokens", COARSE, GRID, 2)),
        (layer(1, 30), TokenLayout("one query", None, GRID, 2)),
        (layer(1, 28), TokenLayout("one query", None, GRID, 0)),
        (layer(7, 7, batch=4), TokenLayout("windows")),
        (layer(28, 10), TokenLayout("other")),
        (layer(29, 29), TokenLayout("other")),
        (layer(5, 5), TokenLayout("other")),
    ],
)
def test_a_layout_follows_from_the_numbers_of_tokens(recorded: LayerRecord, expected: TokenLayout) -> None:
    assert token_layout(recorded, GRID, num_prefix=2) == expected


@pytest.mark.parametrize(
    ("layers", "side"),
    [
        ([layer(37, 37)], 6),
        ([layer(36, 36), layer(9, 9)], 6),
        ([layer(9, 9, batch=64)], 24),
        ([layer(1, 37)], 6),
        ([layer(25, 25)], None),  # 48 pixels do not make five patches
        ([layer(5, 5)], None),  # 2 × 2 is a coincidence
        ([], None),
    ],
)
def test_the_finest_grid_is_found_among_the_layers(layers: list[LayerRecord], side: int | None) -> None:
    assert finest_side(layers, size=48, num_prefix=1) == side


class OneSize(nn.Module):
    def forward(self, pixels: Tensor) -> Tensor:
        x = pixels.flatten(2).mT[:, :25]
        for _ in range(3):
            x = nn.functional.scaled_dot_product_attention(x, x, x)
        return x


def one_size(plain: bool) -> VisionModel:
    return VisionModel("one", "One size", OneSize(), 10, 6, plain=plain, fixed_grid=(6, 6))


def test_a_model_of_one_size_stretches_the_picture_to_it() -> None:
    model = one_size(plain=False)
    image = Image.new("RGB", (90, 30))
    assert model.across_limits == (6, 6)
    assert model.grid_for(image) == model.grid_for(image, 6) == PatchGrid(6, 6, 10)
    assert model.preprocess(image, model.grid_for(image)).shape == (1, 3, 60, 60)
    with pytest.raises(ValueError, match="One size takes one size: patches across must be 6, received 7"):
        model.grid_for(image, 7)


def test_only_a_plain_model_must_have_its_number_of_tokens() -> None:
    record, _ = one_size(plain=False).record(Image.new("RGB", (8, 8)))
    assert [kept.num_keys for kept in record.layers] == [25] * 3
    with pytest.raises(ValueError, match="expected attention over 36 tokens in one, received"):
        one_size(plain=True).record(Image.new("RGB", (8, 8)))


def test_a_model_without_attention_gives_a_sentence() -> None:
    with pytest.raises(ValueError, match="no attention over tokens was seen; looked for"):
        VisionModel("none", "None", nn.Identity(), 10, 6, plain=False).record(Image.new("RGB", (8, 8)))


def test_progress_comes_layer_by_layer_and_can_cancel_the_model() -> None:
    seen: list[int] = []
    one_size(plain=False).record(Image.new("RGB", (8, 8)), on_layer=seen.append)
    assert seen == [0, 1, 2]
    with pytest.raises(InterruptedError):
        one_size(plain=False).record(Image.new("RGB", (8, 8)), on_layer=_stop)


def _stop(index: int) -> None:
    raise InterruptedError


@pytest.mark.parametrize(
    ("published", "asked"),
    [
        (None, "model.safetensors"),
        ("pytorch_model.bin", "model.safetensors"),
        ("open_clip_pytorch_model.bin", "open_clip_model.safetensors"),
        ("other.safetensors", "other.safetensors"),
    ],
)
def test_safetensors_replace_a_pickled_file(published: str | None, asked: str) -> None:
    assert _safe_name(published) == asked
