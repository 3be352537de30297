"""Patch size and stride of a trained ViT, compared with the convolution and the resampling behind them."""

from pathlib import Path

import numpy as np
import pytest
import timm
import torch
import torch.nn.functional as F
from PIL import Image
from safetensors.torch import save
from timm.layers import resample_abs_pos_embed, resample_patch_embed
from torch import Tensor, nn

from attention_core import VisionModel, load_image, load_model, record_attention
from attention_core.models import repatched
from attention_core.models.patching import can_repatch, repatch

NAME, TRAINED, GRID = "test_vit", 16, 10
PHOTOS = Path(__file__).parents[2] / "assets" / "photos"


def picture(width: int = 90, height: int = 60) -> Image.Image:
    return Image.fromarray(np.random.default_rng(1).integers(0, 256, (height, width, 3), np.uint8))


@pytest.fixture(scope="module")
def state() -> dict[str, Tensor]:
    torch.manual_seed(2)
    state = timm.create_model(NAME).state_dict()
    state["pos_embed"] = torch.randn_like(state["pos_embed"])
    return state


def load(state: dict[str, Tensor], **options: int) -> VisionModel:
    return load_model(NAME, checkpoint=save(state), **options)


def embedded(model: VisionModel, pixels: Tensor) -> Tensor:
    """Return the input of the first block, (1, 1 + N, D)."""
    caught: list[Tensor] = []
    hook = model.module.blocks[0].register_forward_pre_hook(lambda _, args: caught.append(args[0]))
    with torch.inference_mode():
        model.module(pixels)
    hook.remove()
    return caught[0]


@pytest.mark.parametrize("patch_size", [8, 11, 20, 32])
def test_another_patch_size_is_timms_resampled_embedding_on_interpolated_positions(
    patch_size: int, state: dict[str, Tensor]
) -> None:
    model = load(state, patch_size=patch_size)
    record, grid = model.record(picture(), across=6)
    assert (grid.rows, grid.cols, grid.patch_size) == (4, 6, patch_size)
    assert {layer.num_keys for layer in record.layers} == {1 + 24}
    pixels = model.preprocess(picture(), grid)
    weight = resample_patch_embed(state["patch_embed.proj.weight"], [patch_size, patch_size])
    patches = F.conv2d(pixels, weight, state["patch_embed.proj.bias"], stride=patch_size).flatten(2).mT
    positions = resample_abs_pos_embed(state["pos_embed"], new_size=[4, 6], old_size=[GRID, GRID], num_prefix_tokens=1)
    expected = torch.cat([state["cls_token"], patches], 1) + positions
    torch.testing.assert_close(embedded(model, pixels), expected, atol=1e-5, rtol=1e-5)
    assert model.kernel_size is None
    assert any(f"{patch_size} × {patch_size} px" in note and "16 × 16 px" in note for note in model.notes)


@pytest.mark.parametrize(("patch_size", "stride"), [(16, 8), (16, 7), (16, 2), (16, 15), (11, 4), (8, 4)])
def test_overlapping_patches_are_the_convolution_at_that_stride(patch_size: int, stride: int, state: dict[str, Tensor]) -> None:
    model = load(state, patch_size=patch_size, stride=stride)
    record, grid = model.record(picture(), across=9)
    assert (grid.rows, grid.cols, grid.patch_size) == (6, 9, stride)
    assert (model.patch_size, model.kernel_size) == (stride, patch_size)
    assert {layer.num_keys for layer in record.layers} == {1 + 54}
    pixels = model.preprocess(picture(), grid)
    weight = state["patch_embed.proj.weight"]
    weight = weight if patch_size == TRAINED else resample_patch_embed(weight, [patch_size, patch_size])
    before = -(-(patch_size - stride) // 2)
    padded = F.pad(pixels, (before,) * 4, mode="replicate")
    whole = embedded(model, pixels)
    for row, col in [(0, 0), (2, 3), (5, 8)]:
        seen = padded[..., row * stride : row * stride + patch_size, col * stride : col * stride + patch_size]
        patch = (seen * weight).sum((1, 2, 3)) + state["patch_embed.proj.bias"]
        positions = resample_abs_pos_embed(state["pos_embed"], new_size=[6, 9], old_size=[GRID, GRID], num_prefix_tokens=1)
        at = 1 + grid.index(row, col)
        torch.testing.assert_close(whole[0, at], patch + positions[0, at], atol=1e-4, rtol=1e-4)
    assert any("Overlapping" in note and f"every {stride} px" in note for note in model.notes)


def test_a_stride_of_the_patch_size_changes_nothing(state: dict[str, Tensor]) -> None:
    plain, asked = load(state), load(state, patch_size=TRAINED, stride=TRAINED)
    pixels = plain.preprocess(picture(), plain.grid_for(picture(), 6))
    with torch.inference_mode():
        assert torch.equal(plain.module(pixels), asked.module(pixels))
    assert plain.notes == asked.notes and asked.kernel_size is None
    assert plain.notes and all(note.endswith(".") and ". " not in note for note in plain.notes)


def test_a_patch_of_an_overlapping_grid_is_centred_on_its_cell(state: dict[str, Tensor]) -> None:
    """A change inside one cell moves the tokens whose patches overlap it, evenly on all sides."""
    model = load(state, stride=4)
    grid = model.grid_for(picture(), 12)
    pixels = model.preprocess(picture(), grid)
    changed = pixels.clone()
    changed[..., 4 * 4 : 4 * 4 + 4, 6 * 4 : 6 * 4 + 4] += 1
    moved = (embedded(model, changed) - embedded(model, pixels))[0, 1:].abs().amax(-1).view(grid.rows, grid.cols) > 1e-5
    rows, cols = moved.nonzero().unbind(1)
    assert (rows.min(), rows.max(), cols.min(), cols.max()) == (2, 6, 4, 8)


def test_rotary_models_take_both_and_keep_their_prefix() -> None:
    module = timm.create_model("vit_small_patch16_dinov3", depth=1, dynamic_img_size=True).eval()
    patching = repatch(module, patch_size=12, stride=6)
    assert (patching.step, patching.kernel, len(patching.notes)) == (6, 12, 2)
    with torch.inference_mode(), record_attention() as record:
        module(torch.randn(1, 3, 24, 36))
    assert record.layers[0].num_keys == 5 + 4 * 6


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"patch_size": 3}, "patch_size must be 4–64, received 3"),
        ({"patch_size": 65}, "patch_size must be 4–64, received 65"),
        ({"stride": 1}, "stride must be 2–16, the patch size, received 1"),
        ({"stride": 17}, "stride must be 2–16, the patch size, received 17"),
        ({"patch_size": 8, "stride": 9}, "stride must be 2–8, the patch size, received 9"),
    ],
)
def test_values_out_of_range_are_refused(options: dict[str, int], message: str, state: dict[str, Tensor]) -> None:
    with pytest.raises(ValueError, match=message):
        load(state, **options)


def test_models_without_a_free_patch_embedding_are_refused() -> None:
    for module in (nn.Linear(2, 2), timm.create_model("levit_128s"), timm.create_model("vit_tiny_patch16_224")):
        before = {name: value.clone() for name, value in module.state_dict().items()}
        with pytest.raises(ValueError, match=f"received {type(module).__name__}; leave them out"):
            repatch(module, stride=4)
        assert all(torch.equal(value, before[name]) for name, value in module.state_dict().items())


def test_dinov2_small_takes_a_finer_map() -> None:
    image = load_image(PHOTOS / "astronaut.jpg")
    fine = load_model("dinov2-small", stride=7)
    assert (fine.patch_size, fine.kernel_size, fine.default_across) == (7, 14, 37)
    record, grid = fine.record(image, across=24)
    assert grid.patch_size == 7 and {layer.num_keys for layer in record.layers} == {1 + grid.num_patches}
    assert ["37 × 37 patches" in fine.notes[0], "14 × 14 px, one every 7 px" in fine.notes[1]] == [True, True]
    weights = record.layers[-1].rows([0])[0, :, 0, 1:].mean(0)
    assert weights.topk(round(grid.num_patches / 10)).values.sum() / weights.sum() > 0.25  # the map still has a peak


@pytest.mark.parametrize("options", [{"patch_size": 8}, {"stride": 8}, {"patch_size": 20, "stride": 10}])
def test_new_patches_leave_the_loaded_model_unchanged(options: dict[str, int], state: dict[str, Tensor]) -> None:
    trained, again = load(state), load(state, **options)
    before = {name: value.clone() for name, value in trained.module.state_dict().items()}
    cut = repatched(trained, **options)
    assert (cut.patch_size, cut.kernel_size, cut.notes, cut.source) == (
        again.patch_size,
        again.kernel_size,
        again.notes,
        trained.source,
    )
    found, expected = (model.record(picture(), across=6)[0].layers[-1].rows([3]) for model in (cut, again))
    torch.testing.assert_close(found, expected)
    assert all(torch.equal(value, before[name]) for name, value in trained.module.state_dict().items())
    assert trained.patch_size == TRAINED


def test_only_a_vit_with_a_free_image_size_takes_new_patches(state: dict[str, Tensor]) -> None:
    assert can_repatch(load(state).module)
    assert not can_repatch(timm.create_model("levit_128s")) and not can_repatch(load_model("raw-patches").module)
