"""torchvision's architectures, and the vision models of transformers."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn
from torchvision.models import MaxVit, SwinTransformer, VisionTransformer
from torchvision.models.swin_transformer import PatchMergingV2, SwinTransformerBlockV2

from tests.architectures.harness import Case, as_built
from tests.architectures.hub_case import EXPLICIT, TWINS, VISION, Inputs, case, caught, own_of_twin, pixels, returned_by, twin
from tests.models import reference

SWIN: dict[str, Any] = {"patch_size": [2, 2], "embed_dim": 16, "depths": [2, 1], "num_heads": [2, 4], "window_size": [4, 4]}
vision = partial(case, "vision")


TORCHVISION = {"x": pixels()["pixel_values"]}


def softmaxes(module: nn.Module) -> list[Tensor]:
    """Return every explicit softmax of a model: (B, H, Nq, Nk), or (B, windows, H, Nq, Nk)."""
    return [weights.flatten(0, 1) if weights.ndim == 5 else weights for weights in caught(module, lambda: TORCHVISION)]


def multihead(module: nn.Module) -> list[Tensor]:
    return reference.torchvisions_own(module, TORCHVISION["x"])


def torchvision(
    name: str, build: Callable[[], nn.Module], truth: Any = softmaxes, way: str = "explicit", unseen: str = ""
) -> Case:
    return Case("vision", "torchvision", name, build, lambda module: module(**TORCHVISION), truth, {way: as_built}, unseen)


def sam_windows(module: nn.Module, inputs: Inputs) -> list[Tensor]:
    """Return the weights of SAM's own attention, (B · windows · H, Nq, Nk) with four heads."""
    return [
        weights.view(-1, 4, *weights.shape[1:]) for weights in returned_by("VisionAttention$", twin("eager"))(module, inputs)
    ]


CASES = [
    torchvision("ViT", partial(VisionTransformer, 32, 8, 2, 4, 32, 40), multihead, "fused"),
    torchvision("Swin", partial(SwinTransformer, **SWIN)),
    torchvision(
        "Swin V2", partial(SwinTransformer, **SWIN, block=SwinTransformerBlockV2, downsample_layer=PatchMergingV2)
    ),
    torchvision("MaxViT", partial(MaxVit, (32, 32), 16, 2, [16, 32], [1, 1], 8, 0.0), unseen="axes"),
    vision("ViT", "ViTConfig", VISION, pixels),
    vision("DeiT", "DeiTConfig", VISION, pixels),
    vision("DINOv2", "Dinov2Config", VISION, pixels),
    vision("DINOv2 with registers", "Dinov2WithRegistersConfig", VISION, pixels),
    vision("DINOv3", "DINOv3ViTConfig", VISION | {"num_register_tokens": 4}, pixels),
    vision("BEiT", "BeitConfig", VISION | {"use_relative_position_bias": True}, pixels),
    vision(
        "Data2Vec", "Data2VecVisionConfig", VISION | {"use_relative_position_bias": True}, pixels, own_of_twin, TWINS,
    ),
    vision(
        "Swin", "SwinConfig", {"image_size": 32, "patch_size": 2, "embed_dim": 16, "depths": [2, 1], "num_heads": [2, 4],
        "window_size": 4}, pixels, returned_by("SwinAttention$"),
    ),
    vision(
        "Swin V2", "Swinv2Config", {"image_size": 32, "patch_size": 2, "embed_dim": 16, "depths": [2, 1],
        "num_heads": [2, 4], "window_size": 4}, pixels, returned_by("SelfAttention$"), ways=EXPLICIT,
    ),
    vision(
        "SegFormer", "SegformerConfig", {"depths": [1, 1], "hidden_sizes": [16, 32], "num_attention_heads": [1, 2],
        "num_encoder_blocks": 2, "sr_ratios": [4, 1], "patch_sizes": [7, 3], "strides": [4, 2], "mlp_ratios": [2, 2]},
        pixels,
    ),
    vision(
        "PVT", "PvtConfig", {"image_size": 64, "depths": [1, 1, 1, 1], "hidden_sizes": [16, 16, 32, 32],
        "num_attention_heads": [1, 2, 2, 4]}, partial(pixels, 64), ways=EXPLICIT,
    ),
    vision(
        "PVT V2", "PvtV2Config", {"image_size": 64, "depths": [1, 1, 1, 1], "hidden_sizes": [16, 16, 32, 32],
        "num_attention_heads": [1, 2, 2, 4]}, partial(pixels, 64), returned_by("SelfAttention"), ways=EXPLICIT,
    ),
    vision(
        "Hiera", "HieraConfig", {"image_size": [64, 64], "embed_dim": 16, "depths": [1, 1, 1, 1],
        "num_heads": [1, 2, 4, 8]}, partial(pixels, 64), ways=EXPLICIT, unseen="axes",
    ),
    vision("CLIP image tower", "CLIPVisionConfig", VISION, pixels),
    vision("SigLIP with attention pooling", "SiglipVisionConfig", VISION, pixels, returned_by("Attention$")),
    vision(
        "SAM image tower", "SamVisionConfig", {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4,
        "mlp_dim": 40, "image_size": 32, "patch_size": 4, "window_size": 3, "global_attn_indexes": [1],
        "output_channels": 16}, pixels, sam_windows, TWINS,
    ),
    vision("YOLOS", "YolosConfig", VISION | {"image_size": [32, 32], "num_detection_tokens": 5}, pixels),
    vision("ViT-MAE", "ViTMAEConfig", VISION, lambda: pixels() | {"noise": torch.linspace(0, 1, 16).expand(2, 16)}),
    vision("DPT", "DPTConfig", VISION | {"image_size": 32}, pixels),
    vision("I-JEPA", "IJepaConfig", VISION, pixels),
    vision(
        "ViViT", "VivitConfig", VISION | {"num_frames": 4, "tubelet_size": [2, 8, 8]},
        lambda: {"pixel_values": torch.randn(2, 4, 3, 32, 32, generator=torch.Generator().manual_seed(1))},
    ),
    vision(
        "CvT", "CvtConfig", {"patch_sizes": [7, 3], "patch_stride": [4, 2], "patch_padding": [2, 1], "embed_dim": [16, 32],
        "num_heads": [1, 2], "depth": [1, 2], "mlp_ratio": [2.0, 2.0], "attention_drop_rate": [0.0, 0.0],
        "drop_rate": [0.0, 0.0], "drop_path_rate": [0.0, 0.0], "qkv_bias": [True, True], "cls_token": [False, True],
        "qkv_projection_method": ["dw_bn", "dw_bn"], "kernel_qkv": [3, 3], "padding_kv": [1, 1], "stride_kv": [2, 2],
        "padding_q": [1, 1], "stride_q": [1, 1]}, pixels, caught, ways=EXPLICIT,
    ),
]  # fmt: skip
