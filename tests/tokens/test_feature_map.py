"""A patch's features belong to its place: windows, maps and sequences, of plain and of windowed models."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import timm
import torch
import torch.nn.functional as F
import transformers
from PIL import Image
from torch import Tensor, nn

from attention_core import AttentionRecord, FeatureMap, PatchGrid, VisionModel, load_model
from attention_core.models.timm_models import as_vision_model
from attention_core.models.transformers_models import OfPixels
from attention_core.tokens.feature_map import KINDS
from attention_core.tokens.stitching import windows_of

PICTURES = [Image.effect_noise((96, 64), seed).convert("RGB") for seed in (80, 30)]
SWIN = {"img_size": (48, 72), "embed_dim": 24, "depths": (2, 2), "num_heads": (2, 3), "window_size": 3, "num_classes": 0}


def of_module(module: nn.Module, **about: Any) -> VisionModel:
    return VisionModel("tiny", "Tiny", module.eval().requires_grad_(False), **about)


def vit() -> VisionModel:
    torch.manual_seed(0)
    sizes = {"img_size": 32, "patch_size": 8, "embed_dim": 24, "depth": 3, "num_heads": 3, "num_classes": 0, "reg_tokens": 2}
    module = timm.create_model("vit_tiny_patch16_224", dynamic_img_size=True, **sizes).eval().requires_grad_(False)
    return as_vision_model(module, "tiny", "Tiny", source="", licence="")


def windowed(name: str, step: int, grid: tuple[int, int], num_layers: int, **options: Any) -> VisionModel:
    torch.manual_seed(0)
    about = {"patch_size": step, "default_across": max(grid), "plain": False, "fixed_grid": grid, "num_layers": num_layers}
    module = timm.create_model(name, **options)
    for part in module.modules():
        if hasattr(part, "fused_attn"):
            part.fused_attn = True  # q and k of an explicit softmax are not seen
    return of_module(module, **about)


def swin() -> VisionModel:
    return windowed("swin_tiny_patch4_window7_224", 4, (12, 18), 4, **SWIN)


@pytest.fixture(scope="module")
def model() -> VisionModel:
    return vit()


@pytest.fixture(scope="module")
def recorded(model: VisionModel) -> tuple[AttentionRecord, PatchGrid]:
    return model.record(PICTURES, 6, features=True)


@pytest.mark.parametrize("image", [0, 1])
def test_patches_follow_the_prefix_in_a_plain_model(
    model: VisionModel, recorded: tuple[AttentionRecord, PatchGrid], image: int
) -> None:
    record, grid = recorded
    assert (grid.rows, grid.cols, model.prefix_tokens) == (4, 6, ("CLS", "register 1", "register 2"))
    layer = record[2]
    assert layer.v is not None
    heads = {"q": layer.q, "k": layer.k, "v": layer.v}
    expected = {kind: torch.cat(list(tensor[image]), -1) for kind, tensor in heads.items()}
    expected |= {"raw": record.features[2].raw[image], "features": record.features[2].normed[image]}
    for kind in KINDS:
        found = model.feature_map(record, grid, -1, kind, image)
        assert (found.grid, found.layer, found.kind) == (grid, 2, kind)
        assert torch.equal(found.prefix, expected[kind][:3]) and torch.equal(found.patches, expected[kind][3:])


def test_they_are_float32_whatever_the_model_is(model: VisionModel) -> None:
    half = VisionModel("half", "Half", model.module.to(torch.bfloat16), 8, 4, model.prefix_tokens, num_layers=3)
    try:
        record, grid = half.record(PICTURES[0], 6, features=[0])
        assert record.features[0].raw.dtype == torch.bfloat16
        assert {half.feature_map(record, grid, 0, kind).patches.dtype for kind in KINDS} == {torch.float32}
    finally:
        model.module.float()


def by_window(model: VisionModel, record: AttentionRecord, call: int, kind: str) -> Tensor:
    """Return q, k or v, put back token by token."""
    layer = record[call]
    windows = windows_of(model.module, layer, record.feature_sizes.get(layer.path))
    assert windows is not None
    heads = getattr(layer, kind)
    patches = torch.full((windows.rows * windows.cols, heads.shape[1] * heads.shape[3]), torch.nan)
    for window, places in enumerate(windows.index.tolist()):
        for token, place in enumerate(places):
            if place >= 0:
                patches[place] = torch.cat([heads[window, head, token] for head in range(heads.shape[1])])
    return patches


@pytest.mark.parametrize("call", [0, 1, 3])
def test_each_patch_of_shifted_windows_is_put_back(call: int) -> None:
    model = swin()
    record, grid = model.record(PICTURES, features=True)
    one = record.image(1)
    for kind in ("q", "k", "v"):
        found = model.feature_map(record, grid, call, kind, image=1)
        assert torch.equal(found.patches, by_window(model, one, call, kind)) and found.prefix.shape[0] == 0
    last = model.feature_map(record, grid, call, image=1)
    assert last.grid == (PatchGrid(12, 18, 4) if call < 2 else PatchGrid(6, 9, 8))
    assert torch.equal(last.patches, record.features[call].normed[1].flatten(0, 1))


def moved(model: VisionModel, call: int, kind: str, row: int, col: int) -> tuple[FeatureMap, Tensor]:
    """Return how far each patch's features move if one cell (row, col of the layer's grid) of the picture changes."""
    grid = model.grid_for(PICTURES[0])
    picture = PICTURES[0].resize((grid.width, grid.height))
    record, grid = model.record(picture, features=True)
    before = model.feature_map(record, grid, call, kind)
    side = grid.height // before.grid.rows
    changed = picture.copy()
    changed.paste("white", (col * side, row * side, (col + 1) * side, (row + 1) * side))
    after = model.feature_map(model.record(changed, features=True)[0], grid, call, kind)
    return before, (after.patches - before.patches).norm(dim=1).view(before.grid.rows, before.grid.cols)


PLACED: dict[str, tuple[Callable[[], VisionModel], int]] = {
    "swin, channels last": (swin, 1),
    "swin, second stage": (swin, 2),
    "max vit, channels first": (lambda: windowed("test_maxvit", 4, (40, 40), 8, num_classes=0), 0),
    "mobile vit, windows in the batch": (lambda: windowed("mobilevit_xxs", 8, (16, 24), 9, num_classes=0), 0),
    "pvt, a sequence with pooled keys": (lambda: windowed("pvt_v2_b0", 4, (16, 24), 8, num_classes=0), 0),
    "mvit, a sequence with pooled queries": (lambda: windowed("mvitv2_tiny", 4, (56, 56), 10, num_classes=0), 1),
}


@pytest.mark.parametrize(
    ("name", "kind"), [(name, kind) for name in PLACED for kind in ("raw", "q") if (name[:4], kind) != ("mvit", "q")]
)
def test_the_patch_that_changes_most_is_at_the_changed_place(name: str, kind: str) -> None:
    build, call = PLACED[name]
    model = build()
    row, col = 3, 5
    found, distance = moved(model, call, kind, row, col)
    peak = divmod(int(distance.argmax()), found.grid.cols)
    assert max(abs(peak[0] - row), abs(peak[1] - col)) <= 1, f"{peak} for {(row, col)} on {found.grid}"
    assert distance[row, col] > 3 * distance.median()


def test_a_layer_with_unknown_windows_still_has_features() -> None:
    sizes = {"embed_dim": 24, "depths": [1, 1], "num_heads": [2, 3], "window_size": 3, "image_size": 48, "patch_size": 4}
    module = OfPixels(transformers.SwinModel(transformers.SwinConfig(**sizes, attn_implementation="sdpa")))
    model = of_module(module, patch_size=4, default_across=12, plain=False, fixed_grid=(12, 12), num_layers=2)
    record, grid = model.record(PICTURES[0], features=True)
    found = model.feature_map(record, grid, -1)
    assert found.grid == PatchGrid(6, 6, 8) and torch.equal(found.patches, record.features[1].normed[0])
    with pytest.raises(ValueError, match=r"layer 1 \(model.encoder.layers.1.*\) cannot be laid on the image"):
        model.feature_map(record, grid, -1, "q")


def test_one_query_is_not_a_map() -> None:
    sizes = {"img_size": 64, "embed_dim": 24, "depth": 1, "num_heads": 3, "num_classes": 0}
    cait = timm.create_model("cait_xxs24_224", depth_token_only=1, **{**sizes, "depth": 1})
    model = of_module(cait, patch_size=16, default_across=4, fixed_grid=(4, 4), plain=False, num_layers=2)
    record, grid = model.record(PICTURES[0], features=True)
    assert record.features[1].raw.shape == (1, 1, 24)
    for kind in KINDS:
        with pytest.raises(ValueError, match="cannot be laid on the image"):
            model.feature_map(record, grid, 1, kind)


def test_hieras_tokens_are_not_in_the_images_order() -> None:
    hiera = timm.create_model("hiera_tiny_224", img_size=64, stages=(1, 1, 1, 1), num_classes=0)
    model = of_module(hiera, patch_size=4, default_across=16, fixed_grid=(16, 16), plain=False, num_layers=4)
    record, grid = model.record(PICTURES[0], features=True)
    with pytest.raises(ValueError, match="cannot be laid on the image"):
        model.feature_map(record, grid, 0)


class Softmax(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return (x @ x.mT).softmax(-1) @ x


class Explicit(nn.Module):
    """Attention among a patch's pixels. Its q and k are not seen."""

    def __init__(self) -> None:
        super().__init__()
        self.inner = Softmax()

    def forward(self, x: Tensor) -> Tensor:
        return self.inner(F.unfold(x, 8, stride=8).mT[:, None])


def test_missing_features_give_a_sentence(model: VisionModel, recorded: tuple[AttentionRecord, PatchGrid]) -> None:
    record, grid = model.record(PICTURES[0], 6, keep_v=False, features=[0, -1])
    assert list(record.features) == [0, 2]
    cases: list[tuple[dict[str, Any], str]] = [
        ({"layer": 1}, r"layer 1 \(blocks.1.attn\) has no features: it lies in no block, or they were not asked for"),
        ({"layer": 0, "kind": "v"}, "the values of layer 0 were not kept; record with keep_v=True"),
        ({"layer": 0, "kind": "z"}, "kind must be one of features, raw, q, k, v, received 'z'"),
        ({"layer": 3}, "layer must be 0–2 of tiny, or -1, -2, …; received 3"),
        ({"layer": -4}, "received -4"),
        ({"layer": 0, "image": 1}, "image must be 0–0, received 1"),
    ]
    for asked, sentence in cases:
        with pytest.raises(ValueError, match=sentence):
            model.feature_map(record, grid, **asked)
    with pytest.raises(ValueError, match=r"layer must be the number of a recorded attention call \(0–0\), received 2"):
        model.feature_map(AttentionRecord(record.layers[:1]), grid, 2)
    explicit = of_module(Explicit(), patch_size=8, default_across=6)
    record, grid = explicit.record(PICTURES[0], 6, features=True)
    with pytest.raises(ValueError, match="layer 0 is an explicit softmax, whose q, k and v are not seen; take features"):
        explicit.feature_map(record, grid, 0, "k")


def test_a_model_without_blocks_has_queries_keys_and_values() -> None:
    model = load_model("raw-patches")
    record, grid = model.record(PICTURES[0], 6, features=True)
    assert model.feature_map(record, grid, 0, "k").patches.shape == (24, 3 * 16**2)
    with pytest.raises(ValueError, match="it lies in no block"):
        model.feature_map(record, grid, 0)
