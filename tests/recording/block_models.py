"""Small seeded models of many kinds of blocks, with the names that plain hooks need to check their recording."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import timm
import torchvision
from timm.models.vision_transformer import ParallelScalingBlock, ResPostBlock, VisionTransformer
from torch import Tensor, nn
from torchvision.models.swin_transformer import PatchMergingV2, SwinTransformerBlockV2

from tests.recording.feature_models import ARCHITECTURES, SIDE, SWIN, TWICE_TWO, build, paths
from tests.recording.feature_models import Case as FeatureCase

Build = Callable[[], nn.Module]


@dataclass(frozen=True)
class Case:
    """A small model and its blocks.

    attention, mlp: modules of a block. The sum of their outputs is what the stream gets from attention or MLP. A number
    after a colon selects one call of a module that is called several times. scale: the parameter of the layer scale.
    norm: the norm of the sum with attention's output (post-norm). norm_of_mlp: the norm of the sum with the MLP's.
    norm_alone: the norm of attention's output alone.
    """

    build: Build
    blocks: list[str]
    attention: tuple[str, ...]
    mlp: tuple[str, ...]
    scale: str = ""
    norm: str = ""
    norm_of_mlp: str = ""
    norm_alone: str = ""
    side: int = SIDE
    sequence_first: bool = False

    @property
    def model(self) -> nn.Module:
        return build(FeatureCase(self.build, self.blocks, ""))


class Encoder(nn.Module):
    """torch's own blocks over patches of 16 px."""

    def __init__(self, norm_first: bool, batch_first: bool) -> None:
        super().__init__()
        self.patches = nn.Conv2d(3, 24, 16, 16)
        layer = partial(nn.TransformerEncoderLayer, 24, 4, 32, norm_first=norm_first, batch_first=batch_first)
        self.layers = nn.ModuleList(layer() for _ in range(2))
        self.batch_first = batch_first

    def forward(self, pixels: Tensor) -> Tensor:
        x = self.patches(pixels).flatten(2).transpose(1, 2)  # (B, N, D)
        x = x if self.batch_first else x.transpose(0, 1)
        for layer in self.layers:
            x = layer(x)
        return x


def of_blocks(block: type[nn.Module], **options: Any) -> Build:
    sizes: dict[str, Any] = {"img_size": SIDE, "patch_size": 16, "embed_dim": 24, "depth": 2, "num_heads": 4, "mlp_ratio": 2}
    return lambda: VisionTransformer(**sizes, num_classes=2, block_fn=block, **options)


def explicit() -> nn.Module:
    model = of_blocks(timm.models.vision_transformer.Block)()
    for block in model.blocks:
        block.attn.fused_attn = False
    return model


def known(name: str) -> tuple[Build, list[str]]:
    return ARCHITECTURES[name].build, ARCHITECTURES[name].blocks


OF_TIMM = ("drop_path1",), ("drop_path2",)
SWIN_BLOCKS = [f"layers.{stage}.blocks.{block}" for stage, block in TWICE_TWO]
SWINS_OF_TORCHVISION = [f"features.{2 * stage + 1}.{block}" for stage, block in TWICE_TWO]
CASES = {
    "timm ViT": Case(*known("timm ViT"), *OF_TIMM),
    "timm ViT, explicit": Case(explicit, paths("blocks.{}", 2), *OF_TIMM),
    "timm DINOv2, registers": Case(*known("timm DINOv2, registers"), *OF_TIMM, scale="ls1.gamma", side=56),
    "timm EVA-02, rotary": Case(*known("timm EVA-02, rotary"), *OF_TIMM, side=56),
    "timm BEiT": Case(*known("timm BEiT"), *OF_TIMM, scale="gamma_1"),
    "timm ViT, two attentions side by side": Case(
        *known("timm ViT, two calls a block"), ("attns.0", "attns.1"), ("ffns.0", "ffns.1"), scale="attns.{}.ls.gamma"
    ),
    "timm ViT, MLP beside attention": Case(
        of_blocks(ParallelScalingBlock, init_values=0.7), paths("blocks.{}", 2), ("attn_out_proj",), ("mlp_out_proj",),
        scale="ls.gamma",
    ),
    "timm ViT, norms of outputs": Case(
        of_blocks(ResPostBlock), paths("blocks.{}", 2), *OF_TIMM, norm_alone="norm1"
    ),
    "timm Swin": Case(*known("timm Swin"), *OF_TIMM),
    "timm Swin V2": Case(
        lambda: timm.create_model("swinv2_tiny_window8_256", img_size=SIDE, num_classes=4, **SWIN), SWIN_BLOCKS, *OF_TIMM,
        norm_alone="norm1",
    ),
    "timm PVT": Case(*known("timm PVT"), *OF_TIMM, side=64),
    "torchvision ViT": Case(*known("torchvision ViT"), ("dropout",), ("mlp",)),
    "torchvision Swin": Case(*known("torchvision Swin"), ("stochastic_depth:0",), ("stochastic_depth:1",)),
    "torchvision Swin V2": Case(
        lambda: torchvision.models.SwinTransformer(
            [4, 4], 24, [2, 2], [2, 3], [3, 3], block=SwinTransformerBlockV2, downsample_layer=PatchMergingV2
        ),
        SWINS_OF_TORCHVISION, ("stochastic_depth:0",), ("stochastic_depth:1",), norm_alone="norm1",
    ),
    "torch, post-norm": Case(
        lambda: Encoder(False, True), paths("layers.{}", 2), ("dropout1",), ("dropout2",), norm="norm1", norm_of_mlp="norm2"
    ),
    "torch, pre-norm, sequence first": Case(
        lambda: Encoder(True, False), paths("layers.{}", 2), ("dropout1",), ("dropout2",), sequence_first=True
    ),
    "transformers ViT": Case(*known("transformers ViT"), ("attention",), ("mlp",)),
    "transformers DINOv2, registers": Case(
        *known("transformers DINOv2, registers"), ("layer_scale1",), ("layer_scale2",), scale="layer_scale1.lambda1"
    ),
    "transformers CLIP": Case(*known("transformers CLIP"), ("self_attn",), ("mlp",)),
    "transformers Swin": Case(*known("transformers Swin"), ("drop_path:0",), ("mlp",)),
}  # fmt: skip
