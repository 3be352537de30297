"""Small models and pictures for atlases."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import timm
import torch
from PIL import Image

from attention_core import VisionModel
from attention_core.models.timm_models import as_vision_model


def of_timm(name: str, **options: Any) -> VisionModel:
    """Return a model without learned weights."""
    torch.manual_seed(0)
    module = timm.create_model(name, **options).eval().requires_grad_(False)
    for parameter in module.parameters():
        if parameter.ndim > 1:
            torch.nn.init.normal_(parameter, std=0.3)
    if side := options.get("img_size"):
        module.pretrained_cfg = {"input_size": (3, side, side)}
    return as_vision_model(module, name, name, source="none", licence="none")


@cache
def vit(class_token: bool = True) -> VisionModel:
    """Return three layers of three heads over CLS and patches of 8 px, for pictures of any shape."""
    size = {"img_size": 64, "patch_size": 8, "embed_dim": 48, "depth": 3, "num_heads": 3, "dynamic_img_size": True}
    pool = {} if class_token else {"class_token": False, "global_pool": "avg"}
    return of_timm("vit_tiny_patch16_224", **size, **pool)


@cache
def swin() -> VisionModel:
    """Return two stages of windows."""
    return of_timm("swin_tiny_patch4_window7_224", img_size=56, embed_dim=24, depths=(2, 2), num_heads=(2, 3))


def picture(seed: int, width: int = 48, height: int = 48) -> Image.Image:
    """Return coarse noise, the same for the same seed."""
    coarse = np.random.default_rng(seed).integers(0, 256, (6, 6, 3), np.uint8)
    return Image.fromarray(coarse).resize((width, height), Image.Resampling.BICUBIC)


def folder_of(folder: Path, count: int, wide: int = 3, broken: int = 0) -> Path:
    """Write `count` PNGs, and `broken` files that are not pictures. If `wide`, every third picture is wider than high."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(count):
        shape = (64, 40) if wide and number % wide == 0 else (48, 48)
        picture(number, *shape).save(folder / f"{number:03d}.png")
    for number in range(broken):
        (folder / f"{7 * number:03d}-broken.jpg").write_text("no picture")
    return folder
