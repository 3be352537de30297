"""Two models without learned weights: raw patches, and random heads. Both take any patch size."""

from __future__ import annotations

import math
from typing import Final

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from attention_core.images.patch_grid import patchify
from attention_core.models.vision_model import VisionModel

MIN_PATCH: Final = 4
MAX_PATCH: Final = 64
MAX_RANDOM_HEADS: Final = 12
MAX_HEAD_DIM: Final = 64
MAX_SEED: Final = 999


def raw_patches(patch_size: int = 16) -> VisionModel:
    """Parameter-free self-attention: q = k = v = the standardised pixels of a patch, one head of width 3·P²."""
    _check("patch_size", patch_size, MIN_PATCH, MAX_PATCH)
    module = PatchAttention(patch_size).eval()
    return VisionModel("raw-patches", "Raw patches", module, patch_size, default_across=min(37, 1024 // patch_size))


def random_heads(patch_size: int = 16, num_heads: int = 6, head_dim: int = 64, seed: int = 0) -> VisionModel:
    """Untrained heads: each projects the standardised patch with its own W_q, W_k, W_v drawn from N(0, 1/(3·P²))."""
    _check("patch_size", patch_size, MIN_PATCH, MAX_PATCH)
    _check("num_heads", num_heads, 1, MAX_RANDOM_HEADS)
    _check("head_dim", head_dim, 1, MAX_HEAD_DIM)
    _check("seed", seed, 0, MAX_SEED)
    module = PatchAttention(patch_size, num_heads, head_dim, seed).eval()
    across = min(37, 1024 // patch_size)
    return VisionModel(
        "random-heads", "Random heads", module, patch_size, across, source=f"drawn at random, seed {seed}; untrained"
    )


class PatchAttention(nn.Module):
    """One self-attention layer straight on patches of pixels; without `num_heads` it has no parameters.

    Pixels are standardised over the whole image, channel by channel, so that a dot product is large where two patches
    deviate from the image's mean colour in the same way, and negative where they deviate in opposite ways.
    """

    def __init__(self, patch_size: int, num_heads: int | None = None, head_dim: int = 64, seed: int = 0) -> None:
        super().__init__()
        self.patch_size = patch_size
        self.num_heads = num_heads
        self.head_dim = head_dim
        if num_heads is not None:
            width = 3 * patch_size**2
            generator = torch.Generator().manual_seed(seed)
            drawn = torch.randn(3 * num_heads * head_dim, width, generator=generator) / math.sqrt(width)
            self.qkv = nn.Parameter(drawn, requires_grad=False)
        else:  # without a tensor of its own it would be nowhere, and in no precision
            self.register_buffer("nothing", torch.empty(0), persistent=False)

    def forward(self, image: Tensor) -> Tensor:
        """image (B, 3, height, width) → (B, H, N, d)."""
        x = patchify(standardise(image), self.patch_size)  # (B, N, 3·P²)
        if self.num_heads is None:
            q = k = v = x[:, None]
        else:
            projected = (x @ self.qkv.T).view(*x.shape[:2], 3, self.num_heads, self.head_dim)  # (B, N, 3, H, d)
            q, k, v = projected.permute(2, 0, 3, 1, 4)  # (B, H, N, d) each
        return F.scaled_dot_product_attention(q, k, v)


def standardise(image: Tensor) -> Tensor:
    """Each channel of each image (B, C, height, width) to mean 0 and standard deviation 1; a flat channel becomes 0.

    Computed in float32 at least, so that half precision rounds once.
    """
    wide = image.to(torch.promote_types(image.dtype, torch.float32))
    centred = wide - wide.mean((-2, -1), keepdim=True)
    deviation = centred.std((-2, -1), keepdim=True, correction=0)
    return torch.where(deviation > 1e-6, centred / deviation.clamp_min(1e-6), torch.zeros_like(centred)).to(image.dtype)


def _check(name: str, value: int, low: int, high: int) -> None:
    if not low <= value <= high:
        raise ValueError(f"{name} must be {low}–{high}, received {value}")
