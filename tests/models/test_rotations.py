from __future__ import annotations

from typing import Any

import pytest
import timm
import torch
from PIL import Image
from torch import Tensor
from transformers import DINOv3ViTConfig, DINOv3ViTModel

from attention_core import VisionModel, load_model
from attention_core.models.rotations import rotates, unrotated
from attention_core.models.timm_models import as_vision_model
from tests.planted import planted

IMAGE = Image.effect_mandelbrot((96, 64), (-2, -1.2, 1, 1.2), 60).convert("RGB")


def of_timm(name: str, **sizes: Any) -> VisionModel:
    torch.manual_seed(0)
    module = timm.create_model(name, pretrained=False, depth=2, **sizes).eval()
    return as_vision_model(module, name, name, source="none", licence="MIT")


def dinov3() -> VisionModel:
    torch.manual_seed(0)
    sizes: dict[str, Any] = {"hidden_size": 48, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 3}
    module = DINOv3ViTModel(DINOv3ViTConfig(**sizes, num_register_tokens=2, image_size=96, patch_size=16)).eval()
    return VisionModel("dinov3", "DINOv3", module, 16, 6, ("CLS", "register 1", "register 2"), num_layers=2)


def by_hooks(model: VisionModel, pixels: Tensor, norm: str) -> tuple[Tensor, Tensor]:
    """Return q and k of the second block, as its norms of q and k return them."""
    attention = model.module.blocks[1].attn
    seen: dict[str, Tensor] = {}
    hooks = [
        getattr(attention, f"{name}_{norm}").register_forward_hook(lambda *call, name=name: seen.update({name: call[2]}))
        for name in "qk"
    ]
    with torch.inference_mode():
        model.module(pixels)
    for hook in hooks:
        hook.remove()
    return seen["q"][0], seen["k"][0]


@pytest.mark.parametrize("name", ["vit_small_patch16_dinov3", "eva02_tiny_patch14_224", "vit_small_patch16_rope_mixed_224"])
def test_timm_models_that_rotate(name: str) -> None:
    model = of_timm(name)
    record, grid = model.record(IMAGE)
    layer = record.layers[1]
    found = unrotated(model, IMAGE, grid, layer)
    assert found is not None and found.q.shape == layer.q[0].shape and rotates(model, IMAGE)
    q, k = by_hooks(model, model.preprocess(IMAGE, grid), "norm")
    torch.testing.assert_close(found.q, q, atol=1e-5, rtol=1e-5)
    torch.testing.assert_close(found.k, k, atol=1e-5, rtol=1e-5)
    prefix = len(model.prefix_tokens)
    torch.testing.assert_close(found.q[:, :prefix], layer.q[0, :, :prefix], atol=1e-4, rtol=1e-4)
    apart = (found.q @ found.k.mT - layer.q[0] @ layer.k[0].mT).abs()
    assert apart.diagonal(dim1=1, dim2=2).max() < 1e-3 * apart.max(), "at one place position adds nothing, elsewhere it does"


def test_transformers_dinov3_with_registers() -> None:
    model = dinov3()
    record, grid = model.record(IMAGE)
    found = unrotated(model, IMAGE, grid, record.layers[1])
    assert found is not None and rotates(model, IMAGE)
    assert (found.q[:, 3:] - record.layers[1].q[0, :, 3:]).abs().max() > 1e-3


def test_models_that_do_not_rotate() -> None:
    for model in (planted(), load_model("dinov2-small"), load_model("raw-patches")):
        assert not rotates(model, IMAGE), model.name
