"""The cost of a large pass is announced before it starts. Its speed is measured in benchmarks/."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
import timm
import torch
from PIL import Image

from attention_core import VisionModel, load_model
from attention_core.models import cost as estimates
from attention_core.models import free_memory, measured_cost, vision_model
from attention_core.models.cost import PassCost, TooLargeError, duration, largest_across, size
from attention_core.models.timm_models import as_vision_model

DEPTH, WIDTH, HEADS, PATCH = 3, 48, 2, 8
WIDE = Image.new("RGB", (64, 32), "grey")


@pytest.fixture(scope="module")
def vit() -> VisionModel:
    torch.manual_seed(0)
    sizes = {"embed_dim": WIDTH, "depth": DEPTH, "num_heads": HEADS, "patch_size": PATCH, "img_size": 64}
    module = timm.create_model("vit_tiny_patch16_224", dynamic_img_size=True, num_classes=0, **sizes).eval()
    return as_vision_model(module.requires_grad_(False), "tiny", "Tiny ViT", source="seeded", licence="MIT")


def test_the_operations_are_those_of_the_architecture(vit: VisionModel) -> None:
    """A multiplication and an addition count one each.

    Per token: q, k, v and the projection 4·D², the MLP 8·D², attention 2·N·D.
    """
    linear, pairs = vit.cost.operations
    embedding = 2 * 3 * PATCH**2 * WIDTH
    assert pairs == pytest.approx(DEPTH * 4 * WIDTH, rel=1e-3)
    assert linear == pytest.approx(DEPTH * 24 * WIDTH**2 + embedding, rel=1e-2)


@pytest.mark.parametrize("across", [56, 100])
def test_the_bytes_are_those_of_a_larger_pass(vit: VisionModel, across: int) -> None:
    grid = vit.grid_for(WIDE, across)
    with measured_cost._LiveBytes() as live:
        record, _ = vit.record(WIDE, across, blocks=True)
    said = vit.estimate(grid)
    assert said.kept == pytest.approx(record.nbytes, rel=0.01)
    tensors = said.peak / estimates.OVERHEAD
    assert record.nbytes < live.peak == pytest.approx(tensors, rel=0.02)


@pytest.mark.parametrize("across", [7, 24, 56])
def test_the_bytes_of_features_are_known_before(vit: VisionModel, across: int) -> None:
    grid = vit.grid_for(WIDE, across)
    record, _ = vit.record(WIDE, across, blocks=True, features=True)
    said, without = vit.estimate(grid, features=True), vit.estimate(grid)
    assert said.kept == record.nbytes and said.kept - without.kept == record.features_nbytes
    tokens, norm = 1 + grid.num_patches, 2 * WIDTH * 4
    assert record.features_nbytes == DEPTH * tokens * WIDTH * 4 + norm
    assert said.peak - without.peak == math.ceil(estimates.OVERHEAD * record.features_nbytes)


def test_features_count_if_memory_is_short(vit: VisionModel, monkeypatch: pytest.MonkeyPatch) -> None:
    square = Image.new("RGB", (64, 64), "grey")
    free = math.ceil(vit.estimate(vit.grid_for(square, 80)).peak / (1 - free_memory.RESERVE))
    monkeypatch.setattr(free_memory, "available_bytes", lambda: free)
    assert vit.record(square, 80)[1].cols == 80
    with pytest.raises(TooLargeError) as error:
        vit.record(square, 80, features=True)
    assert error.value.across is not None and 64 < error.value.across < 80


def test_masks_that_grow_with_the_square_are_counted() -> None:
    cost = PassCost(
        *(measured_cost._growth([400, 1600], (400 * 3 + 400**2 * 5, 1600 * 3 + 1600**2 * 5)) for _ in range(3)), speed=1.0
    )
    assert cost.at(16_384).peak == pytest.approx(16_384 * 3 + 16_384**2 * 5)
    assert measured_cost._growth([400, 1600], (500.0, 1600.0)) == (1.0, 0.0), "overhead that does not grow is no square"


def test_the_time_is_the_operations_at_the_measured_speed(vit: VisionModel) -> None:
    linear, pairs = vit.cost.operations
    assert vit.cost.at(1000).seconds == pytest.approx((1000 * linear + 1000**2 * pairs) / vit.cost.speed)
    assert vit.cost is vit.cost and vit.is_measured, "measured once"
    assert not replace(vit).is_measured


def test_a_pass_that_does_not_fit_is_refused_with_the_largest_that_does(
    vit: VisionModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    square = Image.new("RGB", (64, 64), "grey")
    free = math.ceil(vit.estimate(vit.grid_for(square, 80)).peak / (1 - free_memory.RESERVE))
    monkeypatch.setattr(free_memory, "available_bytes", lambda: free)
    with pytest.raises(TooLargeError, match=r"128 × 128 patches of Tiny ViT take about .* at most 80 ") as error:
        vit.record(square, 128)
    assert error.value.across == 80
    record, grid = vit.record(square, 80)
    assert grid.num_patches == 6400 and record.layers[0].num_keys == 6401
    wider = largest_across(vit, WIDE, free)
    assert wider is not None and vit.grid_for(WIDE, wider).num_patches <= 6400 < vit.grid_for(WIDE, wider + 1).num_patches
    assert largest_across(vit, WIDE, 10) is None
    monkeypatch.setattr(free_memory, "available_bytes", lambda: 10)
    with pytest.raises(TooLargeError, match="choose a smaller model"):
        vit.record(square, 128)


def test_a_batch_takes_the_memory_of_all_its_images(vit: VisionModel, monkeypatch: pytest.MonkeyPatch) -> None:
    square = Image.new("RGB", (64, 64), "grey")
    free = 2 * math.ceil(vit.estimate(vit.grid_for(square, 70)).peak / (1 - free_memory.RESERVE))
    monkeypatch.setattr(free_memory, "available_bytes", lambda: free)
    with pytest.raises(TooLargeError, match=r"80 × 80 patches of Tiny ViT in each of 2 images take .* at most 70 "):
        vit.record([square, square], 80)
    assert vit.record(square, 80)[1].cols == 80
    assert vit.record([square, square], 70)[0].layers[0].q.shape[0] == 2


def test_a_picture_of_usual_size_is_not_measured(vit: VisionModel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vision_model, "measure_cost", None)
    assert vit.record(Image.new("RGB", (64, 64), "grey"), 64)[1].num_patches == 4096


@pytest.mark.nightly
def test_16384_patches_give_exact_rows() -> None:
    noise = Image.effect_noise((256, 256), 60).convert("RGB")
    record, grid = load_model("raw-patches", patch_size=8).record(noise, 128)
    (layer,) = record.layers
    assert (grid.rows, grid.cols, grid.height) == (128, 128, 1024) and layer.num_keys == 16_384
    token = grid.index(77, 12)
    q, k = layer.q[0, 0, token].double(), layer.k[0, 0].double()
    expected = torch.softmax(k @ q * layer.scale, 0)
    torch.testing.assert_close(layer.rows([token])[0, 0, 0].double(), expected, atol=1e-5, rtol=0)
    some = list(range(0, 16_384, 331))
    torch.testing.assert_close(layer.columns([3])[0, 0, some, 0], layer.rows(some)[0, 0, :, 3], atol=1e-6, rtol=1e-4)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (duration(0.2), "1 s"),
        (duration(42.4), "42 s"),
        (duration(89), "89 s"),
        (duration(91), "2 min"),
        (duration(600), "10 min"),
        (size(12_300_000), "12 MB"),
        (size(1_440_000_000), "1.4 GB"),
    ],
)
def test_times_and_sizes_read_well(said: str, expected: str) -> None:
    assert said == expected
