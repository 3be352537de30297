import copy
import json

import pytest
import timm
import torch
import torch.nn.functional as F
from safetensors.torch import save

from attention_core import load_model
from attention_core.models import repatched, timm_models
from attention_core.models.reference_positions import PlainPositions, has_plain_positions
from tests.models.conftest import Hub

SMALL = {"img_size": 56, "embed_dim": 24, "depth": 1, "num_heads": 3, "num_classes": 0}
"""A model of 4 × 4 patches."""


def built(architecture: str) -> torch.nn.Module:
    torch.manual_seed(0)
    return timm_models.build_module(architecture, **SMALL)


def test_positions_are_resized_without_antialiasing() -> None:
    positions = PlainPositions(torch.randn(1, 12, 5), (3, 4))
    expected = F.interpolate(positions.learned.view(1, 3, 4, 5).permute(0, 3, 1, 2), (7, 2), mode="bicubic", antialias=False)
    torch.testing.assert_close(positions.on(7, 2), expected.permute(0, 2, 3, 1))


def test_the_learned_grid_is_untouched() -> None:
    positions = PlainPositions(torch.randn(1, 12, 5), (3, 4))
    assert torch.equal(positions.on(3, 4), positions.learned.view(1, 3, 4, 5))


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("vit_small_patch14_dinov2", True),
        ("vit_small_patch14_dinov2.lvd142m", True),
        ("vit_giant_patch14_dinov2.lvd142m", True),
        ("vit_small_patch14_reg4_dinov2.lvd142m", False),
        ("vit_small_patch16_224.dino", False),
    ],
)
def test_only_models_with_such_a_reference_are_changed(name: str, plain: bool) -> None:
    assert has_plain_positions(name) is plain


def test_on_the_learned_grid_nothing_changes() -> None:
    torch.manual_seed(0)
    untouched = timm.create_model("vit_small_patch14_dinov2", dynamic_img_size=True, **SMALL).eval()
    changed, pixels = built("vit_small_patch14_dinov2"), torch.randn(2, 3, 56, 56)
    with torch.inference_mode():
        assert torch.equal(changed.forward_features(pixels), untouched.forward_features(pixels))
        narrow = pixels[..., :42]
        assert (changed.forward_features(narrow) - untouched.forward_features(narrow)).abs().max() > 1e-3


def test_weights_are_saved_under_timms_names_and_load_again() -> None:
    architecture, pixels = "vit_small_patch14_dinov2", torch.randn(2, 3, 42, 70)
    module = built(architecture)
    with torch.no_grad():
        module.blocks[0].mlp.fc1.weight.mul_(1.5)  # trained further
    state = module.state_dict()
    assert set(state) == set(timm.create_model(architecture, **SMALL).state_dict())
    opened = timm_models.build_module(architecture, state, **SMALL)
    torch.manual_seed(1)
    other = timm_models.build_module(architecture, **SMALL)
    other.load_state_dict(state)
    nested = torch.nn.Sequential(timm_models.build_module(architecture, **SMALL))
    nested.load_state_dict(torch.nn.Sequential(module).state_dict())
    with torch.inference_mode():
        for each in (opened, other, nested[0]):
            assert torch.equal(each.forward_features(pixels), module.forward_features(pixels))


def test_a_model_from_the_hub_and_a_copy_with_other_patches_have_them_too(hub: Hub) -> None:
    architecture = "vit_small_patch14_dinov2"
    arguments = {**SMALL, "init_values": 1e-5}
    hub.files["tests/small/model.safetensors"] = save(timm.create_model(architecture, **arguments).state_dict())
    described = {"architecture": architecture, "num_classes": 0, "model_args": arguments}
    described["pretrained_cfg"] = {"input_size": [3, 56, 56], "num_classes": 0, "license": "mit"}
    hub.files["tests/small/config.json"] = json.dumps(described).encode()
    model = load_model("hf-hub:tests/small")
    for each in (model, repatched(model, stride=7)):
        assert isinstance(each.module.positions, PlainPositions)
        assert "without antialiasing" in " ".join(each.notes)


def test_a_copy_has_positions_of_its_own() -> None:
    module = built("vit_small_patch14_dinov2")
    pixels = torch.randn(1, 3, 42, 70)
    with torch.inference_mode():
        before, copied = module(pixels), copy.deepcopy(module)
        module.positions.learned.zero_()
        assert torch.equal(copied(pixels), before)
        assert not torch.equal(module(pixels), before)
