"""timm's architectures. The truth is every softmax that a model computes when its fused kernels are off."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import timm
import torch
from timm import models
from torch import Tensor, nn

from tests.architectures.harness import Case, Way, as_built
from tests.models import reference

Arrange = Callable[[Tensor], Tensor | None]

PLAIN: dict[str, Any] = {"img_size": 32, "patch_size": 8, "embed_dim": 32, "depth": 2, "num_heads": 4}
WINDOWED: dict[str, Any] = {
    "img_size": 32, "patch_size": 2, "window_size": 4, "embed_dim": 16, "depths": (2, 1), "num_heads": (2, 4),
}  # fmt: skip
PYRAMID: dict[str, Any] = {"depths": (1, 1, 1, 1), "embed_dims": (16, 16, 32, 32), "num_heads": (1, 2, 4, 4)}
BATCH = 2


@contextmanager
def unfused(module: nn.Module) -> Iterator[nn.Module]:
    with reference.unfused(module):
        yield module


WAYS: dict[str, Way] = {"fused": as_built, "explicit": unfused}


def of_heads(weights: Tensor) -> Tensor:
    """Return (B, Nq, Nk) of one head, or (B, H, windows, Nq, Nk) with the windows in the batch, as (B, H, Nq, Nk)."""
    return weights[:, None] if weights.ndim == 3 else weights.movedim(1, -3).flatten(0, -4)


def windows_first(weights: Tensor) -> Tensor:
    """Return (B, windows, H, Nq, Nk) as (B · windows, H, Nq, Nk)."""
    return weights.flatten(0, 1) if weights.ndim == 5 else weights


def heads_in_batch(weights: Tensor) -> Tensor:
    """Return (B · H, Nq, Nk) of four heads as (B, H, Nq, Nk)."""
    return weights.view(-1, 4, *weights.shape[1:])


def unless(left_out: Callable[[Tensor], bool]) -> Arrange:
    return lambda weights: None if left_out(weights) else of_heads(weights)


def nothing(weights: Tensor) -> None:
    """Return None: no softmax of this model is attention of heads × queries × keys."""


def case(
    name: str,
    model: str | Callable[..., nn.Module],
    options: dict[str, Any] | None = None,
    arrange: Arrange = of_heads,
    unseen: str = "",
    size: int = 64,
) -> Case:
    """Return the case. arrange: turns a softmax of the model into weights (B, H, Nq, Nk), or None if it is something else."""
    options = options or {}
    build = partial(timm.create_model, model) if isinstance(model, str) else model
    side = options.get("img_size", size)
    side = side if isinstance(side, int) else side[0]

    def pixels() -> Tensor:
        return torch.randn(BATCH, 3, side, side, generator=torch.Generator().manual_seed(1))

    def truth(module: nn.Module) -> list[Tensor]:
        with reference.unfused(module), reference.softmaxes() as caught:
            module(pixels())
        return [own for weights in caught if (own := arrange(weights)) is not None]

    return Case("vision", "timm", name, partial(build, **options), lambda module: module(pixels()), truth, WAYS, unseen)


def mvit() -> nn.Module:
    return models.mvitv2.MultiScaleVit(
        models.mvitv2.MultiScaleVitCfg(depths=(1, 1), embed_dim=16, num_heads=(1, 2), stride_q=((1, 1), (2, 2))),
        img_size=(64, 64),
    )


def is_over_channels(width: int) -> Callable[[Tensor], bool]:
    return lambda weights: weights.shape[-2] == weights.shape[-1] == width


CASES = [
    case("ViT", "vit_tiny_patch16_224", PLAIN),
    case("ViT with parallel blocks", "vit_small_patch16_18x2_224", PLAIN),
    case("ViT with relative positions", "vit_relpos_small_patch16_224", PLAIN),
    case("DeiT, distilled", "deit_tiny_distilled_patch16_224", PLAIN),
    case("DeiT III", "deit3_small_patch16_224", PLAIN),
    case("DINOv2 with registers", "vit_small_patch14_reg4_dinov2", PLAIN),
    case("DINOv3", "vit_small_patch16_dinov3", PLAIN),
    case("EVA-02", "eva02_tiny_patch14_224", PLAIN),
    case("BEiT", "beit_base_patch16_224", PLAIN),
    case("CLIP image tower", "vit_base_patch16_clip_224", PLAIN),
    case("SigLIP with attention pooling", "vit_base_patch16_siglip_224", PLAIN),
    case("Perception Encoder", "vit_pe_core_tiny_patch16_384", PLAIN),
    case("AIMv2", "aimv2_large_patch14_224", PLAIN),
    case("FlexiViT", "flexivit_small", PLAIN),
    case("NaFlexViT", "naflexvit_base_patch16_gap", {"embed_dim": 32, "depth": 2, "num_heads": 4}),
    case("CaiT", "cait_xxs24_224", PLAIN),
    case(
        "XCiT", "xcit_nano_12_p16_224", {"img_size": 48, "embed_dim": 32, "depth": 2, "num_heads": 4},
        unless(is_over_channels(8)), "channels",
    ),
    case("LeViT", "levit_128s", size=224),
    case("Swin", "swin_tiny_patch4_window7_224", WINDOWED),
    case("Swin V2", "swinv2_tiny_window8_256", WINDOWED),
    case("Swin V2 CR", "swinv2_cr_tiny_224", WINDOWED),
    case("MaxViT", "maxvit_pico_rw_256", {"img_size": 64}),
    case("MobileViT", "mobilevit_xxs"),
    case("MobileViT V2", "mobilevitv2_050", arrange=nothing, unseen="linear|no quer"),
    case("Hiera", "hiera_tiny_224", {"img_size": (64, 64), "embed_dim": 16, "stages": (1, 1, 1, 1)}, unseen="axes"),
    case("Hiera of SAM 2", "sam2_hiera_tiny", {"embed_dim": 16, "stages": (1, 1, 2, 1), "global_att_blocks": (3,)}, size=256),
    case(
        "TinyViT", models.TinyVit, {"embed_dims": (16, 32, 32), "depths": (1, 1, 1), "num_heads": (1, 2, 2),
        "window_sizes": (4, 4, 2)},
    ),
    case("PVT V2", "pvt_v2_b0", PYRAMID),
    case("MViT V2", mvit),
    case("ConViT", "convit_tiny", PLAIN | {"depth": 3, "local_up_to_layer": 2}),
    case("CrossViT", "crossvit_tiny_240", size=240),
    case("Twins SVT", "twins_svt_small", PYRAMID | {"img_size": 64, "wss": (4, 4, 4, 2)}, windows_first),
    case("Twins PCPVT", "twins_pcpvt_small", PYRAMID | {"img_size": 64}),
    case("NesT", models.Nest, {"img_size": 64, "embed_dims": (16, 32, 32), "num_heads": (1, 2, 2), "depths": (1, 1, 1)}),
    case(
        "VOLO", models.VOLO,
        {"img_size": 64, "layers": (1, 1), "embed_dims": (16, 32), "num_heads": (2, 2), "outlook_attention": (True, False)},
        unless(lambda weights: weights.ndim == 5), "axes|no quer",
    ),
    case("CoaT", "coat_tiny", {"img_size": 64}, nothing, "linear|no quer"),
    case(
        "DaViT", "davit_tiny", {"depths": (1, 1), "embed_dims": (16, 32), "num_heads": (2, 4)}, unless(is_over_channels(8)),
        "channels",
    ),
    case("EdgeNeXt", "edgenext_xx_small", arrange=nothing, unseen="channels"),
    case("EfficientFormer", "efficientformer_l1", size=224),
    case("EfficientViT of MSRA", "efficientvit_m0", size=224),
    case("EfficientViT of MIT", "efficientvit_b0", arrange=nothing, unseen="softmax"),
    case("FastViT", "fastvit_sa12"),
    case("GC ViT", "gcvit_xxtiny", {"img_size": 64}),
    case(
        "SAM image tower", "samvit_base_patch16",
        PLAIN | {"img_size": 64, "global_attn_indexes": (1,), "window_size": 3}, heads_in_batch,
    ),
    case(
        "TNT", "tnt_s_patch16_224", {"img_size": 32, "embed_dim": 32, "inner_dim": 16, "depth": 1, "num_heads_outer": 4,
        "num_heads_inner": 2},
    ),
    case("MobileNet V4, hybrid", "mobilenetv4_hybrid_medium", size=160),
    case("SHViT", "shvit_s1"),
    case("LambdaNet", "lambda_resnet26t", arrange=nothing, unseen="cannot be told apart"),
    case("PoolFormer", "poolformer_s12", arrange=nothing, unseen="softmax"),
]  # fmt: skip
