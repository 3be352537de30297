from dataclasses import dataclass, replace
from pathlib import Path

import pytest
import timm
import torch
from torch import Tensor

from attention_core import (
    AttentionRecord,
    PatchGrid,
    VisionModel,
    WeightsError,
    load_image,
    load_model,
    record_attention,
)
from attention_core.models import weights

PHOTOS = Path(__file__).parents[2] / "assets" / "photos"
LAYERS, HEADS, HEAD_WIDTH = 12, 6, 64


@pytest.fixture(scope="module")
def model() -> VisionModel:
    if not weights.cache_file().is_file() and weights.installed_onnx() is None:
        pytest.fail("the trained weights are missing: run make weights")
    return load_model("dinov2-small")


@dataclass
class Run:
    """One pass over a photograph that is not square: the recording, and the output of each block's `attn.qkv`."""

    record: AttentionRecord
    grid: PatchGrid
    projections: list[Tensor]
    pixels: Tensor
    output: Tensor


@pytest.fixture(scope="module")
def run(model: VisionModel) -> Run:
    image = load_image(PHOTOS / "rocket.jpg")
    projections: list[Tensor] = []
    hooks = [
        block.attn.qkv.register_forward_hook(lambda module, args, output: projections.append(output))
        for block in model.module.blocks
    ]
    try:
        record, grid = model.record(image, across=22)
    finally:
        for hook in hooks:
            hook.remove()
    pixels = model.preprocess(image, grid)
    with torch.inference_mode(), record_attention():
        output = model.module(pixels)
    return Run(record, grid, projections, pixels, output)


def test_tokens_are_cls_and_a_grid_that_keeps_the_aspect_ratio(model: VisionModel, run: Run) -> None:
    width, height = load_image(PHOTOS / "rocket.jpg").size
    assert width != height
    assert model.prefix_tokens == ("CLS",)
    assert max(run.grid.rows, run.grid.cols) == 22 and run.grid.patch_size == 14
    assert abs(run.grid.rows - 22 * height / max(width, height)) <= 0.5
    assert abs(run.grid.cols - 22 * width / max(width, height)) <= 0.5
    assert run.pixels.shape == (1, 3, run.grid.height, run.grid.width)
    shape = (1, HEADS, 1 + run.grid.num_patches, HEAD_WIDTH)
    assert [layer.q.shape for layer in run.record.layers] == [shape] * LAYERS


@pytest.mark.parametrize("index", range(LAYERS))
def test_rows_of_every_layer_equal_an_eager_softmax_of_its_projections(run: Run, index: int) -> None:
    layer, tokens = run.record.layers[index], 1 + run.grid.num_patches
    q, k, v = run.projections[index].view(1, tokens, 3, HEADS, HEAD_WIDTH).permute(2, 0, 3, 1, 4)
    expected = torch.softmax(q @ k.transpose(-2, -1) / HEAD_WIDTH**0.5, -1)
    torch.testing.assert_close(layer.rows(range(tokens)), expected, atol=1e-5, rtol=0)
    assert torch.equal(layer.v, v)


@pytest.mark.parametrize("index", range(LAYERS))
def test_single_rows_and_columns_of_every_layer_are_near_float64(run: Run, index: int) -> None:
    """The relative error of a weight equals the absolute error of its score.

    So float32 has larger errors if scores reach 300.
    """
    layer, tokens = run.record.layers[index], 1 + run.grid.num_patches
    q, k, _ = run.projections[index].double().view(1, tokens, 3, HEADS, HEAD_WIDTH).permute(2, 0, 3, 1, 4)
    scores = q @ k.transpose(-2, -1) / HEAD_WIDTH**0.5
    near = {"atol": 1e-5 * max(1.0, scores.abs().max().item() / 20), "rtol": 0, "check_dtype": False}
    torch.testing.assert_close(layer.rows([0, 40]), scores.softmax(-1)[:, :, [0, 40]], **near)
    torch.testing.assert_close(layer.columns([0, 40]), scores.softmax(-1)[..., [0, 40]], **near)


def test_layers_differ_from_each_other(run: Run) -> None:
    """Otherwise the test above would not notice layers recorded in another order."""
    rows = torch.stack([layer.rows([5])[0] for layer in run.record.layers])
    distances = torch.cdist(rows.flatten(1), rows.flatten(1)) + torch.eye(LAYERS)
    assert distances.min() > 1e-2


def test_the_output_is_the_same_with_and_without_recording(model: VisionModel, run: Run) -> None:
    with torch.inference_mode():
        assert torch.equal(model.module(run.pixels), run.output)


def test_the_first_patch_token_belongs_to_the_upper_left_corner(model: VisionModel, run: Run) -> None:
    """If one patch of the input turns black, the first layer's key of that patch changes, and no other key."""
    row, col = 2, run.grid.cols - 1
    changed = run.pixels.clone()
    changed[..., row * 14 : row * 14 + 14, col * 14 : col * 14 + 14] = 0
    with torch.inference_mode(), record_attention() as record:
        model.module(changed)
    differs = (record.layers[0].k != run.record.layers[0].k).any(-1)[0].any(0)
    assert differs.nonzero().flatten().tolist() == [1 + run.grid.index(row, col)]


def test_no_parameter_requires_gradients(model: VisionModel) -> None:
    assert not model.module.training and not any(parameter.requires_grad for parameter in model.module.parameters())
    assert model.source and model.licence in ("MIT", "Apache-2.0")


@pytest.fixture(scope="module")
def untrained(model: VisionModel) -> VisionModel:
    torch.manual_seed(0)
    module = timm.create_model(weights.ARCHITECTURE, pretrained=False, dynamic_img_size=True, num_classes=0)
    return replace(model, module=module.eval())


def mass_in_the_top_tenth(model: VisionModel, photo: str) -> float:
    """Return the share of the last layer's CLS attention to patches (mean of heads) on the strongest 10 % of patches."""
    record, grid = model.record(load_image(PHOTOS / photo))
    to_patches = record.layers[-1].rows([0])[0, :, 0, 1:].mean(0)
    return (to_patches.topk(round(grid.num_patches / 10)).values.sum() / to_patches.sum()).item()


@pytest.mark.parametrize("photo", ["astronaut.jpg", "coffee.jpg"])
def test_trained_attention_is_concentrated_and_untrained_is_not(model: VisionModel, untrained: VisionModel, photo: str) -> None:
    assert mass_in_the_top_tenth(model, photo) > 0.35
    assert mass_in_the_top_tenth(untrained, photo) < 0.15


@pytest.mark.parametrize("state_dict", [{}, {"cls_token": torch.zeros(1, 1, 5)}])
def test_weights_of_another_model_are_refused(state_dict: dict[str, Tensor], monkeypatch: pytest.MonkeyPatch) -> None:
    found = weights.Weights(state_dict, "somewhere", "MIT")
    monkeypatch.setattr("attention_core.models.trained.find_weights", lambda: found)
    with pytest.raises(WeightsError) as caught:
        load_model("dinov2-small")
    message = str(caught.value)
    assert "somewhere" in message and "do not fit" in message and message.endswith(".") and "\n" not in message
