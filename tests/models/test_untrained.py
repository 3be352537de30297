import math
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn

from attention_core import PatchGrid, VisionModel, available_models, load_model

PATCH, ROWS, COLS = 8, 3, 5


def picture(height: int = ROWS * PATCH, width: int = COLS * PATCH, seed: int = 0) -> Image.Image:
    return Image.fromarray(np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8))


def standardised_patches(image: Image.Image) -> np.ndarray:
    """Return patches (N, 3·P²) row by row. Each channel of the whole image has mean 0 and deviation 1."""
    pixels = np.asarray(image, np.float64)
    pixels = (pixels - pixels.mean((0, 1))) / pixels.std((0, 1))
    corners = [(row * PATCH, col * PATCH) for row in range(ROWS) for col in range(COLS)]
    return np.stack([pixels[top : top + PATCH, left : left + PATCH].transpose(2, 0, 1).ravel() for top, left in corners])


def softmax(scores: np.ndarray) -> np.ndarray:
    exponentials = np.exp(scores - scores.max(-1, keepdims=True))
    return exponentials / exponentials.sum(-1, keepdims=True)


def test_raw_patches_attend_by_the_products_of_their_standardised_pixels() -> None:
    image = picture()
    record, grid = load_model("raw-patches", patch_size=PATCH).record(image, across=COLS)
    (layer,) = record.layers
    x = standardised_patches(image)
    expected = softmax(x @ x.T / math.sqrt(3 * PATCH**2))
    assert grid == PatchGrid(ROWS, COLS, PATCH)
    np.testing.assert_allclose(layer.rows(range(ROWS * COLS))[0, 0], expected, atol=1e-5)
    np.testing.assert_allclose(layer.v[0, 0], x, atol=1e-5)


def test_random_heads_project_the_standardised_pixels() -> None:
    image = picture()
    model = load_model("random-heads", patch_size=PATCH, num_heads=4, head_dim=6, seed=3)
    record, _ = model.record(image, across=COLS)
    (layer,) = record.layers
    w_q, w_k, w_v = model.module.qkv.double().numpy().reshape(3, 4, 6, 3 * PATCH**2)
    x = standardised_patches(image)
    for head in range(4):
        expected = softmax((x @ w_q[head].T) @ (x @ w_k[head].T).T / math.sqrt(6))
        np.testing.assert_allclose(layer.weights(head=head)[0], expected, atol=1e-5)
        np.testing.assert_allclose(layer.v[0, head], x @ w_v[head].T, atol=1e-4)


def test_random_projections_have_the_promised_deviation() -> None:
    drawn = load_model("random-heads", patch_size=PATCH).module.qkv
    assert drawn.std().item() * math.sqrt(3 * PATCH**2) == pytest.approx(1, rel=0.02)
    assert drawn.mean().item() * math.sqrt(3 * PATCH**2) == pytest.approx(0, abs=0.02)


@pytest.mark.parametrize("name", ["raw-patches", "random-heads"])
@pytest.mark.parametrize("colour", ["black", "white", (13, 200, 77)])
def test_a_flat_picture_attends_evenly(name: str, colour: Any) -> None:
    record, grid = load_model(name).record(Image.new("RGB", (60, 40), colour))
    rows = record.layers[0].rows([0, grid.num_patches - 1])
    torch.testing.assert_close(rows, torch.full_like(rows, 1 / grid.num_patches))


def test_one_flat_channel_counts_as_zero() -> None:
    image = picture()
    pixels = np.asarray(image).copy()
    pixels[..., 1] = 77
    record, _ = load_model("raw-patches", patch_size=PATCH).record(Image.fromarray(pixels), across=COLS)
    middle = record.layers[0].v.reshape(-1, 3, PATCH**2)[:, 1]
    assert (middle == 0).all() and (record.layers[0].v != 0).any()


def keys_of(**options: Any) -> torch.Tensor:
    record, _ = load_model("random-heads", patch_size=PATCH, **options).record(picture(), across=COLS)
    return record.layers[0].k


def test_a_seed_decides_the_heads() -> None:
    assert torch.equal(keys_of(seed=7), keys_of(seed=7))
    assert not torch.allclose(keys_of(seed=7), keys_of(seed=8))


def test_building_random_heads_leaves_torchs_generator_alone() -> None:
    before = torch.random.get_rng_state()
    load_model("random-heads", seed=5)
    assert torch.equal(torch.random.get_rng_state(), before)


@pytest.mark.parametrize(
    ("name", "option", "value", "limits"),
    [
        *(("raw-patches", "patch_size", value, "4–64") for value in (3, 65, 0, -8)),
        *(("random-heads", "patch_size", value, "4–64") for value in (3, 65)),
        *(("random-heads", "num_heads", value, "1–12") for value in (0, 13)),
        *(("random-heads", "head_dim", value, "1–64") for value in (0, 65)),
        *(("random-heads", "seed", value, "0–999") for value in (-1, 1000)),
    ],
)
def test_options_out_of_range_are_refused(name: str, option: str, value: int, limits: str) -> None:
    with pytest.raises(ValueError, match=f"{option} must be {limits}, received {value}"):
        load_model(name, **{option: value})


@pytest.mark.parametrize("options", [{"patch_size": 4}, {"patch_size": 64}, {"num_heads": 12, "head_dim": 1, "seed": 999}])
def test_options_at_their_limits_are_accepted(options: dict[str, int]) -> None:
    record, grid = load_model("random-heads", **options).record(picture(96, 160))
    assert record.layers[0].q.shape[1:] == (options.get("num_heads", 6), grid.num_patches, options.get("head_dim", 64))


@pytest.mark.parametrize("name", ["raw-patches", "random-heads"])
@pytest.mark.parametrize("size", [(40, 24), (24, 40), (50, 50), (128, 16)])
def test_tokens_are_the_patches_of_a_grid_with_the_pictures_shape(name: str, size: tuple[int, int]) -> None:
    model = load_model(name)
    width, height = size
    record, grid = model.record(picture(height, width), across=16)
    assert (grid.cols, grid.rows) == (round(16 * width / max(size)), round(16 * height / max(size)))
    assert model.prefix_tokens == ()
    assert record.layers[0].num_queries == record.layers[0].num_keys == grid.num_patches


def test_record_works_without_v() -> None:
    record, _ = load_model("random-heads").record(picture(), keep_v=False)
    assert record.layers[0].v is None


@pytest.mark.parametrize(("patch_size", "highest"), [(4, 128), (8, 128), (16, 64), (20, 51), (64, 16)])
def test_patches_across_have_limits(patch_size: int, highest: int) -> None:
    model = load_model("raw-patches", patch_size=patch_size)
    image = picture(30, 60)
    assert model.grid_for(image, highest).cols == highest and model.grid_for(image, 4).cols == 4
    for across in (3, 0, -1, highest + 1):
        message = f"patches across must be 4–{highest} for patches of {patch_size} px, received {across}"
        with pytest.raises(ValueError, match=message):
            model.grid_for(image, across)


@pytest.mark.parametrize("patch_size", [4, 16, 27, 28, 64])
def test_the_default_number_of_patches_is_within_the_limits(patch_size: int) -> None:
    model = load_model("raw-patches", patch_size=patch_size)
    assert model.grid_for(picture()).cols == model.default_across


def test_preprocessing_resizes_to_the_grid_and_normalises() -> None:
    model = load_model("raw-patches", patch_size=PATCH)
    pixels = model.preprocess(Image.new("RGBA", (50, 30), (255, 0, 51, 255)), PatchGrid(ROWS, COLS, PATCH))
    assert pixels.shape == (1, 3, ROWS * PATCH, COLS * PATCH)
    torch.testing.assert_close(pixels[0].mean((1, 2)), torch.tensor([1.0, -1.0, -0.6]))


@pytest.mark.parametrize(
    ("module", "received"), [(nn.Identity(), "no attention call"), (nn.Flatten(2), "no attention call"), (None, r"\[7\]")]
)
def test_a_model_whose_attention_cannot_be_seen_is_refused(module: nn.Module | None, received: str) -> None:
    class SevenTokens(nn.Module):
        def forward(self, image: torch.Tensor) -> torch.Tensor:
            x = image.new_zeros(1, 2, 7, 4)
            return nn.functional.scaled_dot_product_attention(x, x, x)

    model = VisionModel("mine", "Mine", module or SevenTokens(), PATCH, 4, prefix_tokens=("CLS",))
    with pytest.raises(ValueError, match=f"expected attention over 9 tokens in mine, received {received}"):
        model.record(picture(30, 60))


def test_an_unknown_model_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ValueError, match="unknown model 'resnet'; expected a name of timm's"):
        load_model("resnet")


def test_models_are_listed_with_the_default_first() -> None:
    models = available_models()
    assert [(model.name, model.trained, model.free_patch_size) for model in models] == [
        ("dinov2-small", True, False),
        ("random-heads", False, True),
        ("raw-patches", False, True),
    ]
    for model in models[1:]:
        built = load_model(model.name)
        assert (built.name, built.title) == (model.name, model.title)
