"""Another patch size, or overlapping patches, for a ViT that was trained without."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import torch
from torch import nn

MIN_PATCH: Final = 4
MAX_PATCH: Final = 64
MIN_STRIDE: Final = 2


@dataclass(frozen=True)
class Patching:
    """step: pixels from patch to patch. kernel: side of the square that a patch reads. notes: sentences about it."""

    step: int
    kernel: int
    notes: tuple[str, ...] = ()


def repatch(module: nn.Module, patch_size: int | None = None, stride: int | None = None) -> Patching:
    """Change a timm ViT in place; None leaves a setting as it was trained.

    Position embeddings keep their trained grid and are interpolated once, to each image's own.

    Args:
        module: a ViT that takes any image size.
        patch_size: in pixels. The patch embedding is resampled so that a resized patch gives the same token as far as possible
            (pseudo-inverse resize: Beyer et al. 2023, FlexiViT).
        stride: in pixels. Below the patch size patches overlap (Amir et al. 2021): the image is padded by repeating its edge,
            so that patch (row, col) stays centred on its cell, to half a pixel.

    Raises:
        ValueError: if the model is no ViT with a free image size, or a setting is out of range.
    """
    embed = _free_patch_embedding(module)
    trained = embed.patch_size[0] if embed is not None else 0
    wanted = trained if patch_size is None else patch_size
    if patch_size is None and stride is None:
        return Patching(trained, trained)
    if embed is None:
        raise ValueError(
            "patch_size and stride can be set for plain timm ViTs with square patches and a free image size only; "
            f"received {type(module).__name__}; leave them out"
        )
    if not MIN_PATCH <= wanted <= MAX_PATCH:
        raise ValueError(f"patch_size must be {MIN_PATCH}–{MAX_PATCH}, received {wanted}")
    step = wanted if stride is None else stride
    if not MIN_STRIDE <= step <= wanted:
        raise ValueError(f"stride must be {MIN_STRIDE}–{wanted}, the patch size, received {step}")
    notes = []
    if wanted != trained:
        rows, cols = embed.grid_size
        embed.set_input_size(img_size=(rows * wanted, cols * wanted), patch_size=(wanted, wanted))
        notes.append(_RESAMPLED.format(wanted=wanted, trained=trained))
    if step < wanted:
        _overlap(embed, wanted, step)
        notes.append(_OVERLAPPING.format(wanted=wanted, step=step, finer=f"{wanted / step:.2g}"))
    return Patching(step, wanted, tuple(notes))


_RESAMPLED: Final = (
    "Patches of {wanted} × {wanted} px: the patch embedding, learned on {trained} × {trained} px, is resampled, and the model "
    "has not been trained on what it now sees."
)
_OVERLAPPING: Final = (
    "Overlapping patches: each reads {wanted} × {wanted} px, one every {step} px; the map is {finer} times finer a side, and "
    "the model, trained on patches side by side, sees neighbours that share pixels."
)


def _free_patch_embedding(module: nn.Module) -> Any:
    """Patch embedding of a ViT with any image size and square patches; None for other models."""
    embed: Any = getattr(module, "patch_embed", None)
    known = all(hasattr(embed, name) for name in ("patch_size", "grid_size", "set_input_size"))
    if not (known and is_dynamic(module) and isinstance(getattr(embed, "proj", None), nn.Conv2d)):
        return None
    square = embed.patch_size[0] == embed.patch_size[1] == embed.proj.kernel_size[0]
    return embed if square else None


def can_repatch(module: nn.Module) -> bool:
    """True if `repatch` can change the module's patches."""
    return _free_patch_embedding(module) is not None


def is_dynamic(module: nn.Module) -> bool:
    """True for a ViT that interpolates its positions to each image; Swin's option of the same name pads windows."""
    return bool(getattr(module, "dynamic_img_size", False)) and hasattr(module, "num_prefix_tokens")


def _overlap(embed: Any, kernel: int, step: int) -> None:
    """Pad by ⌈(kernel − step) / 2⌉ repeated pixels: one patch for every `step` pixels of the image."""
    old = embed.proj
    padding = -(-(kernel - step) // 2)
    kind = {"device": old.weight.device, "dtype": old.weight.dtype}
    new = nn.Conv2d(
        old.in_channels,
        old.out_channels,
        kernel,
        stride=step,
        padding=padding,
        padding_mode="replicate",
        bias=old.bias is not None,
        **kind,
    )
    with torch.no_grad():
        for name, parameter in old.named_parameters():
            new.get_parameter(name).copy_(parameter).requires_grad_(parameter.requires_grad)
    embed.proj = new.train(old.training)
    embed.patch_size = (step, step)
