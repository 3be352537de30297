"""Classes and their names."""

from __future__ import annotations

from dataclasses import replace

import timm
import torch
import torchvision

from attention_core.interventions.classes import class_names, logits_of, num_classes
from attention_core.models.timm_models import as_vision_model
from tests.interventions.cases import MODELS
from tests.planted import planted


def of_timm(**options: object) -> object:
    module = timm.create_model("vit_tiny_patch16_224", depth=1, embed_dim=24, num_heads=3, **options).eval()
    return as_vision_model(module, "tiny", "tiny", source="random", licence="MIT")


def test_names_of_imagenet() -> None:
    names = class_names(of_timm())
    assert len(names) == 1000 and names[0] == "tench" and "Egyptian cat" in names


def test_names_from_a_model() -> None:
    labels = ["cat", "dog"]
    model = of_timm(num_classes=2, pretrained_cfg_overlay={"label_names": labels, "num_classes": 2})
    assert class_names(model) == ("cat", "dog")
    assert class_names(of_timm(num_classes=3)) == ("class 0", "class 1", "class 2")


def test_torchvisions_names() -> None:
    module = torchvision.models.VisionTransformer(32, 4, 1, 4, 32, 64, num_classes=1000)
    names = class_names(replace(MODELS["torchvision"](), module=module))
    assert names[0] == "tench" and len(names) == 1000


def test_without_a_classifier() -> None:
    for name in ("no CLS", "transformers ViT"):
        model = MODELS[name]()
        assert num_classes(model) == 0 and class_names(model) is None and logits_of(model, torch.zeros(1, 32)) is None


def test_values_are_one_number_for_each_class() -> None:
    logits = torch.randn(2, 5, dtype=torch.float16)
    assert torch.equal(logits_of(planted(), logits), logits.float())
    assert logits_of(planted(), torch.randn(2, 6)) is None and logits_of(planted(), {"logits": logits}) is None
