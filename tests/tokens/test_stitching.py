from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import timm
import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torchvision.models import SwinTransformer as TorchvisionSwin

from attention_core import AttentionRecord, LayerRecord, record_attention
from attention_core.tokens.stitching import Windows, feature_sizes, stitched_columns, stitched_rows, windows_of

BATCH = 2
APART = 10_000
SWIN = {"depths": (2, 2), "embed_dim": 24, "num_heads": (2, 3), "num_classes": 0}


def swin(name: str = "swin_tiny_patch4_window7_224", size: tuple[int, int] = (56, 84), **options: Any) -> nn.Module:
    return timm.create_model(name, img_size=size, window_size=4, **SWIN, **options)


def fused(model: nn.Module) -> nn.Module:
    """Use torch's fused attention. timm's Swin passes it bias and mask of every window as one mask."""
    for module in model.modules():
        if hasattr(module, "fused_attn"):
            module.fused_attn = True
    return model


def tiny_vit() -> nn.Module:
    options = {"depths": (1, 1, 1, 1), "embed_dims": (16, 32, 32, 64), "num_heads": (1, 2, 2, 4), "num_classes": 0}
    return timm.create_model("tiny_vit_5m_224", **options)


def max_vit_parallel() -> nn.Module:
    options = {"depths": (1, 1), "embed_dim": (32, 64), "stem_width": 32, "img_size": 128, "num_classes": 0}
    return timm.create_model("maxvit_tiny_pm_256", **options)


def max_vit_channels_first() -> nn.Module:
    options = {"transformer_use_nchw_attn": True, "transformer_norm_layer": "batchnorm2d", "num_classes": 0}
    return timm.create_model("test_maxvit", **options)


MODELS: dict[str, tuple[Callable[[], nn.Module], tuple[int, int]]] = {
    "swin, padded": (swin, (56, 84)),
    "swin, fused": (lambda: fused(swin(size=(64, 96))), (64, 96)),
    "swin, any size": (lambda: swin(strict_img_size=False), (60, 100)),
    "swin, any size, small": (lambda: swin(strict_img_size=False), (12, 44)),
    "swin v2": (lambda: swin("swinv2_tiny_window8_256"), (56, 84)),
    "swin v2, any size": (lambda: swin("swinv2_tiny_window8_256", strict_img_size=False), (100, 60)),
    "swin v2 cr": (lambda: swin("swinv2_cr_tiny_224", (64, 96)), (64, 96)),
    "max vit": (lambda: timm.create_model("test_maxvit", num_classes=0), (160, 320)),
    "max vit, channels first": (max_vit_channels_first, (320, 160)),
    "max vit, parallel": (max_vit_parallel, (128, 192)),
    "tiny vit, padded": (tiny_vit, (160, 224)),
    "mobile vit": (lambda: timm.create_model("mobilevit_xxs", num_classes=0), (128, 192)),
    "mobile vit, enlarged": (lambda: timm.create_model("mobilevit_xxs", num_classes=0), (160, 256)),
    "torchvision swin": (lambda: TorchvisionSwin([4, 4], 24, [2, 2], [2, 3], [4, 4]), (56, 84)),
    "torchvision swin, one window": (lambda: TorchvisionSwin([4, 4], 24, [2, 2], [2, 3], [4, 4]), (12, 84)),
}


@dataclass
class Run:
    model: nn.Module
    record: AttentionRecord
    sizes: dict[str, tuple[int, int]]

    def layers(self) -> Iterator[tuple[LayerRecord, Windows]]:
        for layer in self.record.layers:
            windows = windows_of(self.model, layer, self.sizes[layer.path])
            assert windows is not None
            yield layer, windows


_RUNS: dict[str, Run] = {}


def run(name: str) -> Run:
    """Return the model recorded on BATCH non-square images. It is built once, because nothing changes it."""
    if name not in _RUNS:
        torch.manual_seed(0)
        build, size = MODELS[name]
        model = build().eval()
        for parameter in model.parameters():  # relative positions start near 0, and a wrong window would hardly be visible
            nn.init.normal_(parameter, std=0.1 if "channels" in name else 0.3)  # without a norm, values grow
        with torch.inference_mode(), record_attention() as record, feature_sizes(model) as sizes:
            model(torch.randn(BATCH, 3, *size))
        _RUNS[name] = Run(model, record, sizes)
    return _RUNS[name]


@pytest.fixture(params=MODELS)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


class CaughtError(Exception):
    def __init__(self, tokens: Tensor) -> None:
        super().__init__()
        self.tokens = tokens


class Catch(nn.Module):
    """Replaces a block's attention and returns its inputs."""

    def forward(self, tokens: Tensor, *_args: Any, **_kwargs: Any) -> Tensor:
        raise CaughtError(tokens)


def through_the_models_code(model: nn.Module, path: str, rows: int, cols: int, patch: pytest.MonkeyPatch) -> Tensor:
    """Return positions that the block itself cuts into windows, (BATCH · windows, n).

    They are numbered from 1, and APART by image. 0 is padding.
    """
    holder = model.get_submodule(path.rpartition(".")[0])
    numbers = torch.arange(1.0, rows * cols + 1).view(1, rows, cols, 1) + APART * torch.arange(BATCH).view(-1, 1, 1, 1)
    kind = type(holder).__name__
    if "transformer" in path:
        holder = model.get_submodule(path.partition(".transformer")[0])
        for part in ("conv_kxk", "conv_1x1"):
            patch.setitem(holder._modules, part, nn.Identity())
        patch.setitem(holder._modules, "transformer", Catch())
        cut = caught(lambda: holder(numbers.permute(0, 3, 1, 2)))
    elif type(model) is TorchvisionSwin:
        patch.setattr(F, "linear", Catch().forward)
        cut = caught(lambda: model.get_submodule(path)(numbers))
    else:
        name = path.rpartition(".")[2]
        patch.setitem(holder._modules, name, Catch())
        if kind == "PartitionAttention2d":
            return caught(lambda: holder._partition_attn(numbers.permute(0, 3, 1, 2))).flatten(1)
        if name == "attn_grid":
            patch.setitem(holder._modules, "attn_block", nn.Identity())
        own = ("_attn", "_shifted_window_attn", "_partition_attn", "forward")
        cut = caught(lambda: next(getattr(holder, each) for each in own if hasattr(holder, each))(numbers))
    return cut.flatten(1)


def caught(call: Callable[[], Any]) -> Tensor:
    with pytest.raises(CaughtError) as info:
        call()
    return info.value.tokens


def test_every_token_is_at_the_place_in_the_models_own_code(name: str) -> None:
    it = run(name)
    for layer, windows in it.layers():
        rows, cols = windows.rows, windows.cols  # for a MobileViT: enlarged, so that its numbers are not blended
        with pytest.MonkeyPatch.context() as patch:
            numbers = through_the_models_code(it.model, layer.path, rows, cols, patch)
        index = numbers.long() - 1
        expected = torch.where(numbers > 0, index % APART, -1).view(BATCH, windows.num_windows, -1)
        assert torch.equal(windows.index, expected[0]) and torch.equal(windows.index, expected[1])
        images = torch.where(numbers > 0, index // APART, -1).view(BATCH, -1)
        assert [set(image.tolist()) - {-1} for image in images] == [{0}, {1}]


def window_and_token(name: str, block: Any, path: str, row: int, col: int, size: tuple[int, int]) -> tuple[int, int]:
    """Return the number of the window with the patch at (row, col), and of the token in it.

    Written independently from the papers.
    """
    rows, cols = size
    if "mobile" in name:
        high, wide = block.patch_size
        return row % high * wide + col % wide, row // high * (cols // wide) + col // wide
    if "max" in name:
        high, wide = block.partition_size
        if path.endswith("grid") or "attn_grid" in path:
            apart = rows // high, cols // wide
            return row % apart[0] * apart[1] + col % apart[1], row // apart[0] * wide + col // apart[1]
        return row // high * (cols // wide) + col // wide, row % high * wide + col % wide
    high, wide = (block.window_size,) * 2 if "tiny" in name else block.window_size
    tall, broad = rows + -rows % high, cols + -cols % wide
    if "torchvision" in name:
        shift = [0 if high >= tall else block.shift_size[0], 0 if wide >= broad else block.shift_size[1]]
        row, col = (row - shift[0]) % tall, (col - shift[1]) % broad
    elif "swin" in name:
        row, col = (row - block.shift_size[0]) % rows, (col - block.shift_size[1]) % cols
    return row // high * (broad // wide) + col // wide, row % high * wide + col % wide


def block_of(model: nn.Module, path: str) -> Any:
    while not any(hasattr(model.get_submodule(path), each) for each in ("shift_size", "partition_size", "patch_size")):
        path = path.rpartition(".")[0]
        if type(model.get_submodule(path)).__name__ == "TinyVitBlock":
            break
    return model.get_submodule(path)


def placed(name: str, it: Run, layer: LayerRecord, position: int, incoming: bool) -> Tensor:
    """Return one patch's weights (BATCH, H, rows, cols). Loops over the map look each weight up in all the small matrices."""
    rows, cols = it.sizes[layer.path]
    block, every = block_of(it.model, layer.path), layer.weights()
    if "mobile" in name:
        rows, cols = rows + rows % 2, cols + cols % 2
    window, token = window_and_token(name, block, layer.path, *divmod(position, cols), (rows, cols))
    of_image = every.shape[0] // BATCH
    expected = torch.zeros(BATCH, layer.num_heads, rows, cols)
    for row in range(rows):
        for col in range(cols):
            other, at = window_and_token(name, block, layer.path, row, col, (rows, cols))
            if other == window:
                for image in range(BATCH):
                    matrix = every[image * of_image + window]
                    expected[image, :, row, col] = matrix[:, at, token] if incoming else matrix[:, token, at]
    return expected


def test_a_patchs_row_and_column_equal_loops_over_the_map(name: str) -> None:
    it, random = run(name), torch.Generator().manual_seed(1)
    for layer, windows in it.layers():
        positions = torch.randint(windows.rows * windows.cols, (3,), generator=random).tolist()
        rows, columns = (stitch(layer, windows, positions) for stitch in (stitched_rows, stitched_columns))
        assert rows.shape == columns.shape == (BATCH, layer.num_heads, 3, windows.rows, windows.cols)
        for at, position in enumerate(positions):
            torch.testing.assert_close(rows[:, :, at], placed(name, it, layer, position, False), atol=1e-5, rtol=0)
            torch.testing.assert_close(columns[:, :, at], placed(name, it, layer, position, True), atol=1e-5, rtol=0)


def test_every_patch_is_in_one_window(name: str) -> None:
    for _, windows in run(name).layers():
        count = windows.rows * windows.cols
        assert torch.equal(windows.index[windows.index >= 0].sort().values, torch.arange(count))
        window, token = windows.place(range(count))
        assert torch.equal(windows.index[window, token], torch.arange(count))


def test_a_row_sums_to_1_minus_the_weight_of_padding(name: str) -> None:
    for layer, windows in run(name).layers():
        window, token = windows.place([0, 1])
        rows = stitched_rows(layer, windows, [0, 1]).sum((-2, -1))  # (BATCH, H, 2)
        every = layer.weights().unflatten(0, (BATCH, windows.num_windows))
        for at in range(2):
            padding = windows.index[window[at]] < 0
            given = every[:, window[at], :, token[at]][..., padding].sum(-1)
            torch.testing.assert_close(rows[..., at], 1 - given)
            if not padding.any():
                torch.testing.assert_close(rows[..., at], torch.ones_like(given))


def test_some_models_here_pad_and_some_shift() -> None:
    layers = {name: list(run(name).layers()) for name in MODELS}
    padding = {name for name in layers if any((windows.index < 0).any() for _, windows in layers[name])}
    assert {"swin, padded", "swin v2, any size", "tiny vit, padded", "torchvision swin"} <= padding
    shifted = {name for name in layers if any(windows.index[0, 0] not in (0, -1) for _, windows in layers[name])}
    assert {"swin, padded", "swin, any size", "swin v2", "swin v2 cr", "torchvision swin"} <= shifted


@pytest.mark.parametrize("name", ["swin, fused", "swin v2 cr"])
def test_no_weight_crosses_the_edge_joined_by_a_shift(name: str) -> None:
    layer, windows = list(run(name).layers())[1]
    first, last = windows.cols + 1, windows.rows * windows.cols - 1  # (1, 1) and the other corner of the map
    assert windows.place([first])[0] == windows.place([last])[0]
    for stitch in (stitched_rows, stitched_columns):
        weights = stitch(layer, windows, [first])[:, :, 0]
        assert weights[..., :2, :2].min() > 0
        assert weights[..., 2:, :].max() < 1e-6 and weights[..., 2:].max() < 1e-6


def test_a_model_of_one_size_uses_its_own_size() -> None:
    for name in ("swin, padded", "swin, fused", "swin v2", "swin v2 cr"):
        it = run(name)
        for layer, windows in it.layers():
            own = windows_of(it.model, layer)
            assert own is not None and torch.equal(own.index, windows.index)
            assert (own.rows, own.cols) == it.sizes[layer.path]
    assert list(run("swin, padded").sizes.values())[-1] == (7, 11)  # 14 × 21, merged two by two


@pytest.mark.parametrize("name", ["swin, any size", "max vit", "mobile vit", "torchvision swin", "tiny vit, padded"])
def test_any_other_model_needs_the_size_and_gives_advice(name: str) -> None:
    it = run(name)
    with pytest.raises(ValueError, match=r"takes feature maps of any size; run the model inside feature_sizes\(model\)"):
        windows_of(it.model, it.record.layers[0])


@pytest.mark.parametrize("wrong", [(14, 42), (21, 25), (3, 3)])
def test_a_size_that_does_not_fit_the_layer_is_refused(wrong: tuple[int, int]) -> None:
    it = run("swin, padded")
    message = rf"blocks.0 cuts {wrong[0]} × {wrong[1]} patches into \d+ windows of 16 tokens, received .* batch of 48"
    if wrong == (3, 3):  # one window fits any batch, so this error cannot be noticed
        assert windows_of(it.model, it.record.layers[0], wrong) is not None
        return
    with pytest.raises(ValueError, match=message):
        windows_of(it.model, it.record.layers[0], wrong)


def test_a_map_that_max_vit_cannot_divide_is_refused() -> None:
    it = run("max vit")
    with pytest.raises(ValueError, match="needs a multiple of 5 × 5 patches, received 40 × 81"):
        windows_of(it.model, it.record.layers[0], (40, 81))


def test_a_global_layer_has_no_windows() -> None:
    model = timm.create_model("vit_tiny_patch16_224", depth=1, embed_dim=12, num_heads=3, num_classes=0).eval()
    with torch.inference_mode(), record_attention() as record, feature_sizes(model) as sizes:
        model(torch.randn(1, 3, 224, 224))
    assert windows_of(model, record.layers[0]) is None and sizes == {}
    with record_attention() as bare:
        F.scaled_dot_product_attention(*torch.randn(3, 1, 2, 5, 4))
    assert windows_of(model, bare.layers[0]) is None


def test_a_model_other_than_the_recorded_one_is_refused() -> None:
    layer = run("max vit").record.layers[0]
    with pytest.raises(ValueError, match=r"SwinTransformer has no module 'stages\.0.*give the model that was recorded"):
        windows_of(run("swin, padded").model, layer, (40, 80))


def test_a_foreign_swin_is_not_mistaken_for_timms() -> None:
    class SwinTransformerBlock(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            return F.scaled_dot_product_attention(x, x, x)

    model = nn.Sequential(SwinTransformerBlock())
    with record_attention() as record:
        model(torch.randn(1, 2, 5, 4))
    assert record.layers[0].path == "0" and windows_of(model, record.layers[0]) is None


def test_positions_outside_the_map_are_refused() -> None:
    layer, windows = next(run("swin, padded").layers())
    for wrong in (-1, 14 * 21):
        with pytest.raises(ValueError, match=f"position must be 0–293 on 14 × 21 patches, received {wrong}"):
            stitched_rows(layer, windows, [0, wrong])


def test_a_batch_that_is_not_a_multiple_of_the_windows_is_refused() -> None:
    (layer, _), (_, others) = next(run("swin, padded").layers()), next(run("swin, any size").layers())
    with pytest.raises(ValueError, match="expected a batch of 28 windows an image, received 48"):
        stitched_rows(layer, others, [0])


def test_feature_sizes_leaves_no_hook_even_after_an_error() -> None:
    model = run("swin, padded").model
    with pytest.raises(KeyError), feature_sizes(model):
        assert any(module._forward_pre_hooks for module in model.modules())
        raise KeyError
    assert not any(module._forward_pre_hooks for module in model.modules())


def test_a_model_that_is_itself_a_windowed_block_works() -> None:
    block = run("swin, padded").model.get_submodule("layers.0.blocks.1")
    with torch.inference_mode(), record_attention() as record, feature_sizes(block) as sizes:
        block(torch.randn(1, 14, 21, 24))
    layer = record.layers[0]
    windows = windows_of(block, layer, sizes[layer.path])
    assert windows is not None and torch.equal(windows.index, list(run("swin, padded").layers())[1][1].index)
