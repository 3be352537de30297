"""Small models with random weights, for every way in which blocks and attention are built."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import timm
import torch
import torchvision
import transformers
from PIL import Image
from torch import nn

from attention_core import VisionModel
from attention_core.models.timm_models import as_vision_model
from attention_core.models.transformers_models import OfPixels, prefix_tokens
from tests.architectures.harness import uneven

VIT = {"img_size": 32, "patch_size": 4, "embed_dim": 32, "depth": 4, "num_heads": 4}
CONFIG = {"image_size": 32, "patch_size": 4, "hidden_size": 32, "num_hidden_layers": 4, "num_attention_heads": 4}


def picture() -> Image.Image:
    return Image.fromarray(np.random.default_rng(0).integers(0, 256, (32, 32, 3), np.uint8))


def of_timm(name: str, size: int = 32, explicit: bool = False, **options: Any) -> VisionModel:
    torch.manual_seed(0)
    module = uneven(timm.create_model(name, **options)).requires_grad_(False)
    module.pretrained_cfg = {"input_size": (3, size, size)}
    for part in module.modules() if explicit else ():
        if hasattr(part, "fused_attn"):
            part.fused_attn = False
    return as_vision_model(module, name, name, source="random", licence="MIT")


def of_transformers(kind: str, implementation: str = "sdpa", **options: Any) -> VisionModel:
    torch.manual_seed(0)
    config = getattr(transformers, f"{kind}Config")(**CONFIG | options, attn_implementation=implementation)
    model = uneven(getattr(transformers, f"{kind}Model")(config))
    prefix = prefix_tokens(model)
    module = OfPixels(model).eval().requires_grad_(False)
    size = {"patch_size": 4, "default_across": 8, "fixed_grid": (8, 8), "num_layers": 4}
    return VisionModel(kind, kind, module, **size, prefix_tokens=prefix, library="transformers")


def of_torchvision() -> VisionModel:
    torch.manual_seed(0)
    module = torchvision.models.VisionTransformer(32, 4, 4, 4, 32, 64, num_classes=7)
    nn.init.normal_(module.heads.head.weight)
    module = uneven(module).eval().requires_grad_(False)
    size = {"patch_size": 4, "default_across": 8, "fixed_grid": (8, 8), "num_layers": 4}
    return VisionModel("torchvision", "torchvision", module, **size, prefix_tokens=("CLS",), library="torchvision")


SWIN = {"img_size": 64, "patch_size": 4, "window_size": 4, "embed_dim": 16, "depths": (2, 2), "num_heads": (2, 4)}

MODELS: dict[str, Callable[[], VisionModel]] = {
    "pre-norm": lambda: of_timm("vit_tiny_patch16_224", **VIT, num_classes=5),
    "explicit softmax": lambda: of_timm("vit_tiny_patch16_224", **VIT, explicit=True),
    "layer scale": lambda: of_timm("vit_small_patch14_dinov2", **VIT),
    "registers": lambda: of_timm("vit_small_patch14_reg4_dinov2", **VIT),
    "post-norm": lambda: of_timm("vit_relpos_small_patch16_rpn_224", **VIT),
    "parallel": lambda: of_timm("vit_small_patch16_18x2_224", **VIT),
    "rotary": lambda: of_timm("eva02_tiny_patch14_224", **VIT),
    "distilled": lambda: of_timm("deit_tiny_distilled_patch16_224", **VIT),
    "class attention": lambda: of_timm("cait_xxs24_224", **VIT),
    "no CLS": lambda: of_timm("vit_base_patch16_siglip_224", **VIT, num_classes=0),
    "Swin": lambda: of_timm("swin_tiny_patch4_window7_224", 64, **SWIN),
    "Swin V2": lambda: of_timm("swinv2_tiny_window8_256", 64, **SWIN),
    "torchvision": of_torchvision,
    "transformers ViT": lambda: of_transformers("ViT"),
    "transformers ViT, eager": lambda: of_transformers("ViT", "eager"),
    "transformers DINOv2": lambda: of_transformers("Dinov2"),
    "transformers registers": lambda: of_transformers("Dinov2WithRegisters", num_register_tokens=2),
    "transformers BEiT": lambda: of_transformers("Beit"),
}
