"""Small seeded models, with the paths of their blocks and of the norm at their end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import timm
import torch
import torchvision
import transformers
from torch import nn

from attention_core import AttentionRecord, record_attention

BATCH, SIDE = 2, 48


@dataclass(frozen=True)
class Case:
    """A small model, the paths of its blocks and of its last norm, and the side of its pictures."""

    build: Callable[[], nn.Module]
    blocks: list[str]
    norm: str
    side: int = SIDE


def of_timm(name: str, side: int | None = SIDE, **options: Any) -> Callable[[], nn.Module]:
    sizes = {"depth": 3} if side is None or "depths" not in options else {}
    size = {} if side is None else {"img_size": side, "num_classes": 4}
    return lambda: timm.create_model(name, **size, **(sizes if side else {}), **options)


def of_transformers(kind: str, **options: Any) -> Callable[[], nn.Module]:
    sizes = {"hidden_size": 24, "num_hidden_layers": 3, "num_attention_heads": 4, "intermediate_size": 32, "patch_size": 16}
    settings = (options or sizes) | {"image_size": SIDE, "attn_implementation": "sdpa"}
    model, config = getattr(transformers, f"{kind}Model"), getattr(transformers, f"{kind}Config")
    return lambda: model(config(**settings))


def paths(pattern: str, count: int = 3) -> list[str]:
    return [pattern.format(number) for number in range(count)]


NARROW = {"embed_dim": 48, "num_heads": 4}
SWIN = {"embed_dim": 24, "depths": (2, 2), "num_heads": (2, 3), "window_size": 3}
SWIN_OF_TRANSFORMERS = {"embed_dim": 24, "depths": [1, 2], "num_heads": [2, 3], "window_size": 3, "patch_size": 4}
TWICE_TWO = [(stage, block) for stage in (0, 1) for block in (0, 1)]
ARCHITECTURES = {
    "timm ViT": Case(of_timm("vit_tiny_patch16_224"), paths("blocks.{}"), "norm"),
    "timm DeiT, distilled": Case(of_timm("deit_tiny_distilled_patch16_224"), paths("blocks.{}"), "norm"),
    "timm DINOv2, registers": Case(of_timm("vit_small_patch14_reg4_dinov2", 56), paths("blocks.{}"), "norm", 56),
    "timm SigLIP, a pooling head": Case(of_timm("vit_base_patch16_siglip_224", **NARROW), paths("blocks.{}"), "norm"),
    "timm EVA-02, rotary": Case(of_timm("eva02_tiny_patch14_224", 56), paths("blocks.{}"), "fc_norm", 56),
    "timm BEiT": Case(of_timm("beit_base_patch16_224", **NARROW), paths("blocks.{}"), "fc_norm"),
    "timm ViT, two calls a block": Case(of_timm("vit_small_patch16_18x2_224", **NARROW), paths("blocks.{}"), "norm"),
    "timm Swin": Case(
        of_timm("swin_tiny_patch4_window7_224", **SWIN),
        [f"layers.{stage}.blocks.{block}" for stage, block in TWICE_TWO],
        "norm",
    ),
    "timm PVT": Case(of_timm("pvt_v2_b0", None, depths=(1,) * 4), paths("stages.{}.blocks.0", 4), "stages.3.norm", 64),
    "timm MaxViT, channels first": Case(of_timm("test_maxvit", None), paths("stages.{}.blocks.0", 4), "norm", 160),
    "torchvision ViT": Case(
        lambda: torchvision.models.VisionTransformer(SIDE, 16, 3, 4, 24, 32),
        paths("encoder.layers.encoder_layer_{}"),
        "encoder.ln",
    ),
    "torchvision Swin": Case(
        lambda: torchvision.models.SwinTransformer([4, 4], 24, [2, 2], [2, 3], [3, 3]),
        [f"features.{2 * stage + 1}.{block}" for stage, block in TWICE_TWO],
        "norm",
    ),
    "transformers ViT": Case(of_transformers("ViT"), paths("layers.{}"), "layernorm"),
    "transformers DINOv2": Case(of_transformers("Dinov2"), paths("encoder.layer.{}"), "layernorm"),
    "transformers DINOv2, registers": Case(of_transformers("Dinov2WithRegisters"), paths("encoder.layer.{}"), "layernorm"),
    "transformers CLIP": Case(of_transformers("CLIPVision"), paths("encoder.layers.{}"), "post_layernorm"),
    "transformers SigLIP": Case(of_transformers("SiglipVision"), paths("encoder.layers.{}"), "post_layernorm"),
    "transformers Swin": Case(
        of_transformers("Swin", **SWIN_OF_TRANSFORMERS),
        ["encoder.layers.0.blocks.0", "encoder.layers.1.blocks.0", "encoder.layers.1.blocks.1"],
        "layernorm",
    ),
}


def build(case: Case) -> nn.Module:
    """Return the seeded model, with norms that have an effect."""
    torch.manual_seed(0)
    model = case.build().eval().requires_grad_(False)
    for name, parameter in model.named_parameters():
        if parameter.ndim == 1:
            parameter += 0.3 * torch.randn(parameter.shape)
        elif "token" in name:
            parameter.normal_()
    return model


def small() -> nn.Module:
    return build(ARCHITECTURES["timm ViT"])


def recorded(model: nn.Module, images: int = BATCH, **options: Any) -> AttentionRecord:
    torch.manual_seed(1)
    with torch.inference_mode(), record_attention(**options) as record:
        model(torch.randn(images, 3, SIDE, SIDE))
    return record
