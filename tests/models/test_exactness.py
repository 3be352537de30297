"""Every registered architecture, and others, with seeded random weights: the recording equals what the model computes."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torch import Tensor, nn

from attention_core import AttentionRecord, PatchGrid, VisionModel, record_attention
from attention_core.models import registered_models, timm_models, torchvision_models, transformers_models
from attention_core.models.registry import CARDS, ModelCard
from tests.models import reference

TWO_LAYERS = {"depth": 2}
PYRAMIDS = {
    "swin": {"depths": (2, 1, 1, 1)},
    "hiera": {"stages": (1, 1, 1, 1)},
    "pvt": {"depths": (1, 1, 1, 1)},
    "xcit": {"depth": 1},
    "convit": {"depth": 3, "local_up_to_layer": 2},
    **{whole: {} for whole in ("maxvit", "mobilevit", "levit", "test_")},
}
"""Options that make a model short. In a plain ViT every layer is like its first."""
HUB_CARDS = [info.card for info in registered_models() if info.card and info.card.repository]
UNREGISTERED = [
    "levit_128s", "cait_xxs24_224", "pvt_v2_b0", "hiera_tiny_224", "vit_pe_core_tiny_patch16_384", "test_vit4",
    "beit_base_patch16_224", "convit_tiny", "naflexvit_base_patch16_gap", "xcit_nano_12_p16_224",
]  # fmt: skip


@dataclass
class Run:
    model: VisionModel
    record: AttentionRecord
    grid: PatchGrid
    pixels: Tensor
    own: list[Tensor]


def picture(width: int = 90, height: int = 60) -> Image.Image:
    return Image.fromarray(np.random.default_rng(0).integers(0, 256, (height, width, 3), np.uint8))


def run_with(model: VisionModel, own: Callable[[nn.Module, Tensor], list[Tensor]]) -> Run:
    across = None if model.fixed_grid else 6
    record, grid = model.record(picture(), across)
    pixels = model.preprocess(picture(), grid)
    return Run(model, record, grid, pixels, own(model.module, pixels))


def timm_run(name: str, architecture: str) -> Run:
    overrides = next((chosen for start, chosen in PYRAMIDS.items() if architecture.startswith(start)), TWO_LAYERS)
    module = reference.with_strong_attention(timm_models.build_module(architecture, **overrides))
    return run_with(timm_models.as_vision_model(module, name, name, source="", licence=""), reference.timms_own)


def torchvision_run(card: ModelCard) -> Run:
    module = torchvision_models.build_vit_b16()
    del module.encoder.layers[2:]
    reference.with_strong_attention(module)
    return run_with(torchvision_models.vision_model(module, card, "", card.licence), reference.torchvisions_own)


def transformers_run(card: ModelCard, folder: Path) -> Run:
    transformers = pytest.importorskip("transformers")
    (folder / "preprocessor_config.json").write_text('{"image_mean": [0.5, 0.5, 0.5], "image_std": [0.5, 0.5, 0.5]}')
    model = transformers.ViTModel(transformers.ViTConfig(num_hidden_layers=2, attn_implementation="sdpa"))
    reference.with_strong_attention(model)
    vision = transformers_models.as_vision_model(model, folder, card.name, card.title, source="", licence="")
    return run_with(vision, lambda module, pixels: reference.transformers_own(module.model, pixels, **module.extras))


@pytest.fixture(scope="module", params=[*HUB_CARDS, *UNREGISTERED], ids=lambda of: getattr(of, "name", of))
def ran(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Run:
    torch.manual_seed(0)
    card = request.param
    if isinstance(card, str):
        return timm_run(card, card)
    if card.library == "torchvision":
        return torchvision_run(card)
    if card.library == "transformers":
        return transformers_run(card, tmp_path_factory.mktemp("vit"))
    return timm_run(card.name, card.architecture)


def test_recorded_rows_are_the_models_own_weights(ran: Run) -> None:
    layers = ran.record.layers
    of_tokens = ran.own[
        sum(unseen.over_channels for unseen in ran.record.unseen) :
    ]  # XCiT's attention over channels comes first
    assert len(of_tokens) == len(layers) > 0
    for layer, own in zip(layers, of_tokens, strict=True):
        rows = layer.rows(range(layer.num_queries))
        torch.testing.assert_close(rows, own.view_as(rows), atol=1e-5, rtol=0)
    assert max(own.amax(-1).mean() * own.shape[-1] for own in of_tokens) > 1.5  # even weights show no error


def test_a_patch_is_at_its_place_in_the_layout(ran: Run) -> None:
    """A change of one cell in the picture changes only the key of that patch, in the first layer of a plain ViT."""
    if not ran.model.plain:
        assert any(ran.model.layout(layer, ran.grid).kind != "tokens" for layer in ran.record.layers) or ran.model.fixed_grid
        return
    step, row, col = ran.model.patch_size, 1, ran.grid.cols - 2
    changed = ran.pixels.clone()
    changed[..., row * step : (row + 1) * step, col * step : (col + 1) * step] += 1
    with torch.inference_mode(), record_attention() as record:
        ran.model.module(changed)
    moved = (record.layers[0].k - ran.record.layers[0].k).abs().amax((0, 1, 3)) > 1e-4
    assert moved.nonzero().flatten().tolist() == [len(ran.model.prefix_tokens) + ran.grid.index(row, col)]


TOKENS = {"CLS": ("cls_token", "class_token"), "distillation": ("dist_token",), "register 1": ("reg_token",)}


def test_each_prefix_token_is_at_the_place_of_its_name(ran: Run) -> None:
    """A change of the parameter of that name changes the first layer's key there, and no other."""
    parameters = {name.rpartition(".")[2]: parameter for name, parameter in ran.model.module.named_parameters()}
    checked = 0
    for name in ran.model.prefix_tokens if ran.model.plain else ():
        known = next((parameters[held] for held in TOKENS.get(name, ()) if held in parameters), None)
        if known is None:
            continue
        before = known.clone()
        with torch.no_grad():
            known.view(-1, known.shape[-1])[0] += torch.linspace(-1, 1, known.shape[-1])
        with torch.inference_mode(), record_attention() as record:
            ran.model.module(ran.pixels)
        with torch.no_grad():
            known.copy_(before)
        moved = (record.layers[0].k - ran.record.layers[0].k).abs().amax((0, 1, 3)) > 1e-4
        assert moved.nonzero().flatten().tolist() == [ran.model.prefix_tokens.index(name)]
        checked += 1
    assert checked or not ran.model.plain or not ran.model.prefix_tokens


def test_the_grid_keeps_the_pictures_shape_if_the_model_allows_it(ran: Run) -> None:
    if ran.model.fixed_grid:
        assert (ran.grid.rows, ran.grid.cols) == ran.model.fixed_grid
        assert any("takes" in note and "only" in note for note in ran.model.notes)
    else:
        assert (ran.grid.rows, ran.grid.cols) == (4, 6)
        assert ran.model.layout(ran.record.layers[0], ran.grid).grid == ran.grid
    assert ran.pixels.shape == (1, 3, ran.grid.height, ran.grid.width)


def test_the_card_describes_the_model(ran: Run) -> None:
    card = next((card for card in CARDS if card.name == ran.model.name), None)
    if card is None:
        return
    assert ran.model.prefix_tokens == card.prefix_tokens
    assert (ran.model.patch_size, ran.model.plain) == (card.patch_size, card.plain)
    assert ran.model.default_across == card.default_across
    assert (ran.model.fixed_grid is not None) == card.fixed_size
    assert (ran.model.mean, ran.model.std, ran.model.library) == (card.mean, card.std, card.library)
