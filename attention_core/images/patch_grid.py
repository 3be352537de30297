"""Cutting an image into square patches and putting it back together. Positions are always (row, col)."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class PatchGrid:
    """`rows` × `cols` square patches of `patch_size` pixels, numbered row by row from 0."""

    rows: int
    cols: int
    patch_size: int

    def __post_init__(self) -> None:
        if min(self.rows, self.cols, self.patch_size) < 1:
            raise ValueError(f"rows, cols and patch_size must be 1 or more, received {self}")

    @classmethod
    def covering(cls, height: int, width: int, patch_size: int) -> PatchGrid:
        """The smallest grid that covers height × width pixels."""
        if patch_size < 1:
            raise ValueError(f"patch_size must be 1 or more, received {patch_size}")
        return cls(math.ceil(height / patch_size), math.ceil(width / patch_size), patch_size)

    @classmethod
    def fitting(cls, height: int, width: int, patch_size: int, across: int) -> PatchGrid:
        """`across` patches along the longer side; the shorter side keeps the aspect ratio, rounded to whole patches."""
        longer = max(height, width)
        return cls(max(1, round(across * height / longer)), max(1, round(across * width / longer)), patch_size)

    @property
    def num_patches(self) -> int:
        return self.rows * self.cols

    @property
    def height(self) -> int:
        """In pixels."""
        return self.rows * self.patch_size

    @property
    def width(self) -> int:
        """In pixels."""
        return self.cols * self.patch_size

    def index(self, row: int, col: int) -> int:
        """The number of the patch at (row, col). Raises ValueError outside the grid."""
        if not (0 <= row < self.rows and 0 <= col < self.cols):
            raise ValueError(f"patch ({row}, {col}) is outside the grid: rows 0–{self.rows - 1}, columns 0–{self.cols - 1}")
        return row * self.cols + col

    def position(self, index: int) -> tuple[int, int]:
        """The (row, col) of patch number `index`. Raises ValueError outside the grid."""
        if not 0 <= index < self.num_patches:
            raise ValueError(f"patch {index} is outside the grid: 0–{self.num_patches - 1}")
        return divmod(index, self.cols)


def cell_of_token(grid: PatchGrid, coarse: PatchGrid, factor: int, num_prefix: int, device: torch.device) -> Tensor:
    """Of each token the number, among prefix tokens and cells of `coarse`, of its cell of `factor` × `factor` patches."""
    row = torch.arange(grid.rows, device=device)[:, None] // factor
    col = torch.arange(grid.cols, device=device)[None, :] // factor
    patches = (row * coarse.cols + col).flatten() + num_prefix
    return torch.cat([torch.arange(num_prefix, device=device), patches])


def patchify(image: Tensor, patch_size: int) -> Tensor:
    """Cut images (..., C, height, width) into patches (..., N, C·P·P), row by row (ViT: Dosovitskiy et al. 2021, eq. 1).

    A height or width that is no multiple of `patch_size` is filled up at the bottom and right by repeating the last line.
    Raises ValueError on fewer than three axes.
    """
    if image.ndim < 3:
        raise ValueError(f"image must be (..., channels, height, width), received {tuple(image.shape)}")
    *lead, channels, height, width = image.shape
    grid = PatchGrid.covering(height, width, patch_size)
    rows = torch.arange(grid.height, device=image.device).clamp_max(height - 1)
    cols = torch.arange(grid.width, device=image.device).clamp_max(width - 1)
    filled = image[..., rows[:, None], cols]  # (..., C, rows·P, cols·P)
    cells = filled.reshape(-1, channels, grid.rows, patch_size, grid.cols, patch_size)
    patches = cells.permute(0, 2, 4, 1, 3, 5)  # (B, rows, cols, C, P, P)
    return patches.reshape(*lead, grid.num_patches, channels * patch_size**2)


def unpatchify(patches: Tensor, grid: PatchGrid, height: int | None = None, width: int | None = None) -> Tensor:
    """Put patches (..., N, C·P·P) back into images (..., C, height, width); undoes `patchify`.

    `height` and `width` cut off what `patchify` filled up; without them the whole grid is returned. Raises ValueError
    where the patches do not fit the grid.
    """
    if patches.ndim < 2:
        raise ValueError(f"patches must be (..., {grid.num_patches}, C·P·P), received {tuple(patches.shape)}")
    *lead, count, length = patches.shape
    size = grid.patch_size
    if count != grid.num_patches or length % size**2:
        raise ValueError(
            f"expected {grid.num_patches} patches of C·{size}·{size} numbers for {grid}, received {count} of {length}"
        )
    channels = length // size**2
    cells = patches.reshape(-1, grid.rows, grid.cols, channels, size, size)
    image = cells.permute(0, 3, 1, 4, 2, 5).reshape(*lead, channels, grid.height, grid.width)
    return image[..., :height, :width]
