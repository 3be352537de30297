"""What every model in Regard can do with an image, whatever it is made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from PIL import Image
from torch import Tensor, nn

from attention_core.patches import PatchGrid
from attention_core.recording import AttentionRecord, record_attention

MIN_ACROSS: Final = 4
MAX_ACROSS: Final = 64
"""Patches along the longer side: at most 4,096 patches, which a browser can hold and hover at 60 frames a second."""
MAX_PIXELS_ACROSS: Final = 1024


@dataclass(frozen=True)
class VisionModel:
    """A model ready to record. Tokens are `prefix_tokens`, then the patches of the grid in row-major order.

    module maps a tensor (1, 3, height, width), normalised with `mean` and `std`, to anything; only its attention is used.
    source says where the weights were found, in words for the page.
    """

    name: str
    title: str
    module: nn.Module
    patch_size: int
    default_across: int
    prefix_tokens: tuple[str, ...] = ()
    mean: tuple[float, float, float] = (0.5, 0.5, 0.5)
    std: tuple[float, float, float] = (0.5, 0.5, 0.5)
    source: str = "computed from the image; no weights"
    licence: str = "MIT"

    def grid_for(self, image: Image.Image, across: int | None = None) -> PatchGrid:
        """The grid that keeps the image's aspect ratio, with `across` patches along its longer side.

        Raises ValueError where `across` is out of range or gives more than MAX_PIXELS_ACROSS pixels.
        """
        across = self.default_across if across is None else across
        limit = max_across(self.patch_size)
        if not MIN_ACROSS <= across <= limit:
            raise ValueError(
                f"patches across must be {MIN_ACROSS}–{limit} for patches of {self.patch_size} px, received {across}"
            )
        return PatchGrid.fitting(image.height, image.width, self.patch_size, across)

    def preprocess(self, image: Image.Image, grid: PatchGrid) -> Tensor:
        """The image at the size of the grid, (1, 3, grid.height, grid.width), normalised."""
        resized = image.convert("RGB").resize((grid.width, grid.height), Image.Resampling.BICUBIC)
        pixels = torch.from_numpy(np.asarray(resized, dtype=np.float32) / 255)  # (height, width, 3)
        return ((pixels - torch.tensor(self.mean)) / torch.tensor(self.std)).permute(2, 0, 1)[None]

    def record(self, image: Image.Image, across: int | None = None, keep_v: bool = True) -> tuple[AttentionRecord, PatchGrid]:
        """Run the model on the image and return its attention with the grid it lies on.

        Raises ValueError as `grid_for` does, or where the model's attention cannot be seen.
        """
        grid = self.grid_for(image, across)
        pixels = self.preprocess(image, grid)
        with torch.inference_mode(), record_attention(keep_v) as record:
            self.module(pixels)
        tokens = len(self.prefix_tokens) + grid.num_patches
        if not record.layers or any(layer.num_keys != tokens for layer in record.layers):
            raise ValueError(
                f"expected attention over {tokens} tokens in {self.name}, "
                f"received {[layer.num_keys for layer in record.layers] or 'no attention call'}"
            )
        return record, grid


def max_across(patch_size: int) -> int:
    """The most patches along the longer side that MAX_ACROSS and MAX_PIXELS_ACROSS leave."""
    return min(MAX_ACROSS, MAX_PIXELS_ACROSS // patch_size)
