"""Vision models of transformers through the hub's mirror. The extra is optional, and these tests are skipped without it."""

import importlib.util
import json
from collections.abc import Callable
from typing import Any

import pytest
import torch

from attention_core import VisionModel, load_model, record_attention
from attention_core.models import transformers_models
from tests.models import reference
from tests.models.conftest import Hub, picture, refused, served

transformers = pytest.importorskip("transformers", reason="transformers is an optional extra")

SIZE: dict[str, Any] = {
    "hidden_size": 24, "num_hidden_layers": 2, "num_attention_heads": 3, "intermediate_size": 30, "image_size": 32,
}  # fmt: skip
FOUR = ("register 1", "register 2", "register 3", "register 4")
KINDS: list[tuple[str, str, dict[str, Any], tuple[str, ...]]] = [
    ("ViTConfig", "ViTModel", {"patch_size": 8}, ("CLS",)),
    ("DeiTConfig", "DeiTModel", {"patch_size": 8}, ("CLS", "distillation")),
    ("Dinov2Config", "Dinov2Model", {"patch_size": 8}, ("CLS",)),
    ("Dinov2WithRegistersConfig", "Dinov2WithRegistersModel", {"patch_size": 8}, ("CLS", *FOUR)),
    ("DINOv3ViTConfig", "DINOv3ViTModel", {"patch_size": 8, "num_register_tokens": 4}, ("CLS", *FOUR)),
    ("CLIPVisionConfig", "CLIPVisionModel", {"patch_size": 8}, ("CLS",)),
    ("SiglipVisionConfig", "SiglipVisionModel", {"patch_size": 8}, ()),
    ("BeitConfig", "BeitModel", {"patch_size": 8}, ("CLS",)),
]


def serve(hub: Hub, config: Any, model: Any, repository: str = "tests/vision") -> None:
    hub.files |= {f"{repository}/{name}": body for name, body in served(config, model).items()}


@pytest.mark.parametrize(("config_class", "model_class", "options", "prefix"), KINDS, ids=[kind[1] for kind in KINDS])
def test_a_model_by_name_is_loaded_and_recorded_exactly(
    hub: Hub, config_class: str, model_class: str, options: dict[str, Any], prefix: tuple[str, ...]
) -> None:
    config = getattr(transformers, config_class)(**SIZE, **options)
    torch.manual_seed(0)
    original = reference.with_strong_attention(getattr(transformers, model_class)(config))
    serve(hub, config, original)
    said: list[tuple[int, int]] = []
    model = load_model("tests/vision", progress=lambda done, total: said.append((done, total)))
    size = len(hub.files["tests/vision/model.safetensors"])
    assert said[-1] == (size, size)
    assert (model.prefix_tokens, model.patch_size, model.library) == (prefix, 8, "transformers")
    assert (model.mean, model.std) == ((0.1, 0.2, 0.3), (0.4, 0.5, 0.6))
    assert model.plain and (model.source, model.licence) == ("hub, tests/vision", "see the model's page")
    record, grid = model.record(picture(), None if model.fixed_grid else 7)
    assert (grid.rows, grid.cols) == (model.fixed_grid or (5, 7))
    own = reference.transformers_own(model.module.model, model.preprocess(picture(), grid), **model.module.extras)
    assert len(own) == 2
    for layer, weights in zip(record.layers, own, strict=False):
        torch.testing.assert_close(layer.rows(range(layer.num_queries)), weights, atol=1e-5, rtol=0)


def test_registers_come_between_cls_and_the_patches(hub: Hub) -> None:
    config = transformers.DINOv3ViTConfig(**SIZE, patch_size=8, num_register_tokens=4)
    serve(hub, config, reference.with_strong_attention(transformers.DINOv3ViTModel(config)))
    model = load_model("tests/vision")
    record, grid = model.record(picture(), 7)
    with torch.no_grad():
        model.module.model.embeddings.register_tokens[0, 2] += torch.linspace(-1, 1, 24)
    with torch.inference_mode(), record_attention() as changed:
        model.module(model.preprocess(picture(), grid))
    moved = (changed.layers[0].k - record.layers[0].k).abs().amax((0, 1, 3)) > 1e-5
    assert moved.nonzero().flatten().tolist() == [model.prefix_tokens.index("register 3")]


def vit(**options: Any) -> tuple[Any, Any]:
    config = transformers.ViTConfig(**SIZE, patch_size=8, **options)
    return config, transformers.ViTModel(config)


def edited(config: Any, **values: Any) -> bytes:
    return json.dumps(json.loads(config.to_json_string(use_diff=False)) | values).encode()


TROUBLES: dict[str, tuple[Callable[[Any], dict[str, Any]], str]] = {
    "a text model": (lambda config: {"model_type": "bert", "image_size": None}, "no model of RGB pictures"),
    "masked": (lambda config: {"model_type": "vit_mae"}, "hides and shuffles"),
    "its own code": (
        lambda config: {"model_type": "unheard_of", "auto_map": {"AutoConfig": "code.Config", "AutoModel": "code.Model"}},
        "cannot build tests/vision",
    ),
    "another depth": (
        lambda config: {"num_hidden_layers": 3},
        "do not fit the configuration of tests/vision: layers.2.attention.k_proj.bias (24) is missing, "
        "layers.2.attention.k_proj.weight (24 × 24) is missing, layers.2.attention.o_proj.bias (24) is missing and 13 more "
        "tensors do not fit; choose another model.",
    ),
    "another width": (lambda config: {"intermediate_size": 40}, "layers.0.mlp.fc1.bias is (30) where (40) was expected, "),
    "one channel": (lambda config: {"num_channels": 1}, "no model of RGB pictures"),
}


@pytest.mark.parametrize("trouble", TROUBLES)
@pytest.mark.filterwarnings("ignore")
def test_an_unusable_model_is_one_sentence(hub: Hub, trouble: str) -> None:
    change, message = TROUBLES[trouble]
    config, model = vit()
    serve(hub, config, model)
    hub.files["tests/vision/config.json"] = edited(config, **change(config))
    assert message in refused("tests/vision")


def test_a_repository_of_pickles_is_one_sentence(hub: Hub) -> None:
    serve(hub, *vit())
    del hub.files["tests/vision/model.safetensors"]
    hub.files["tests/vision/pytorch_model.bin"] = b"\x80\x04."
    assert "pickled weights" in refused("tests/vision")
    assert "tests/vision/pytorch_model.bin" not in hub.gets()


def test_without_the_extra_the_install_command_is_named(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    assert "pip install transformers" in refused("tests/vision") and hub.seen == []
    assert "check the spelling" in refused("../../etc/passwd"), "no extra would help"


def test_pictures_without_normalisation_stay_unchanged(hub: Hub) -> None:
    serve(hub, *vit())
    hub.files["tests/vision/preprocessor_config.json"] = b'{"do_normalize": false, "image_mean": [9, 9, 9]}'
    model = load_model("tests/vision")
    assert isinstance(model, VisionModel) and (model.mean, model.std) == ((0.0,) * 3, (1.0,) * 3)
    assert transformers_models.FILES[-1] == "model.safetensors"


def test_a_model_that_narrows_its_windows_on_a_small_picture_keeps_them(hub: Hub) -> None:
    config = transformers.SwinConfig(embed_dim=12, depths=[1, 2], num_heads=[2, 3], image_size=32, patch_size=4, window_size=4)
    serve(hub, config, transformers.SwinModel(config))
    model = load_model("tests/vision")
    record, grid = model.record(picture())
    assert model.fixed_grid == (grid.rows, grid.cols) == (8, 8)
    assert [(layer.num_queries, layer.num_keys) for layer in record.layers] == [(16, 16)] * 3
