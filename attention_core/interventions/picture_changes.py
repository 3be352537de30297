"""A picture with a box of patches changed, so that features and attention can be seen to follow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, get_args

import numpy as np
from PIL import Image, ImageFilter

from attention_core.images.patch_grid import PatchGrid

How = Literal["blur", "blank", "shuffle", "swap"]
HOWS: Final[tuple[How, ...]] = get_args(How)
Box = tuple[int, int, int, int]


@dataclass(frozen=True)
class PictureChange:
    """A change of the patches of a box, in the words of `changed`, before it is known on which grid.

    Raises ValueError if `to` is missing for a swap or goes with another change, and if the box is empty.
    """

    how: How
    box: Box
    to: tuple[int, int] | None = None

    def __post_init__(self) -> None:
        if self.how not in HOWS or min(self.box[2:]) < 1 or (self.to is None) == (self.how == "swap"):
            raise ValueError(f"expected a change such as blur:3,4,5,6 or swap:3,4,5,6>9,9, received {str(self)!r}")

    def __str__(self) -> str:
        """How links say it."""
        to = "" if self.to is None else f">{','.join(map(str, self.to))}"
        return f"{self.how}:{','.join(map(str, self.box))}{to}"

    def fits(self, grid: PatchGrid) -> bool:
        """True if no patch of it lies outside of the grid."""
        rows, cols = self.box[2:]
        return all(row + rows <= grid.rows and col + cols <= grid.cols for row, col in (self.box[:2], self.to or self.box[:2]))

    def made(self, image: Image.Image, grid: PatchGrid) -> Image.Image:
        """Return the changed picture. Raises ValueError as `changed` does."""
        return changed(image, grid, self.box, self.how, self.to)


def changed(
    image: Image.Image,
    grid: PatchGrid,
    box: Box,
    how: How,
    to: tuple[int, int] | None = None,
    seed: int = 0,
) -> Image.Image:
    """The picture at the size of the grid, in pixels, with the patches of a box changed; exact outside of the box.

    The picture is resized as `VisionModel.preprocess` resizes it, so that the model gets these very pixels.

    Args:
        box: (row, col, rows, cols) in patches.
        how: "blur", by a Gaussian two patches wide; "blank", one grey, the mean of the box; "shuffle", its patches in another
            order; "swap", exchanged with the box of the same size at `to`.
        to: (row, col) of the box to swap with, which must not overlap the first.
        seed: of the order.

    Raises:
        ValueError: where there is no such change, and where a box leaves the grid.
    """
    if how not in HOWS:
        raise ValueError(f"how must be one of {', '.join(HOWS)}, received {how!r}")
    _require_inside(box, grid)
    if (to is None) != (how != "swap"):
        raise ValueError(f"`to` goes with swap alone, received {how} and {to}")
    resized = image.convert("RGB").resize((grid.width, grid.height), Image.Resampling.BICUBIC)
    pixels = np.array(resized)
    rows, cols = _slices(box, grid)
    if how == "blur":
        pixels[rows, cols] = np.asarray(resized.filter(ImageFilter.GaussianBlur(2 * grid.patch_size)))[rows, cols]
    elif how == "blank":
        pixels[rows, cols] = pixels[rows, cols].mean((0, 1)).round().astype(np.uint8)
    elif how == "shuffle":
        pixels[rows, cols] = _shuffled(pixels[rows, cols], grid.patch_size, seed)
    elif to is not None:
        other = (*to, *box[2:])
        _require_inside(other, grid)
        if abs(to[0] - box[0]) < box[2] and abs(to[1] - box[1]) < box[3]:
            raise ValueError(f"boxes that are swapped must not overlap, received {box} and {other}")
        there = _slices(other, grid)
        pixels[rows, cols], pixels[there] = pixels[there].copy(), pixels[rows, cols].copy()
    return Image.fromarray(pixels)


def _require_inside(box: Box, grid: PatchGrid) -> None:
    row, col, rows, cols = box
    if min(row, col) < 0 or min(rows, cols) < 1 or row + rows > grid.rows or col + cols > grid.cols:
        raise ValueError(f"expected a box (row, col, rows, cols) inside {grid.rows} × {grid.cols} patches, received {box}")


def _slices(box: Box, grid: PatchGrid) -> tuple[slice, slice]:
    """In pixels."""
    row, col, rows, cols = (number * grid.patch_size for number in box)
    return slice(row, row + rows), slice(col, col + cols)


def _shuffled(pixels: np.ndarray, size: int, seed: int) -> np.ndarray:
    """pixels (rows · P, cols · P, 3) with the patches in another order."""
    height, width, channels = pixels.shape
    cells = pixels.reshape(height // size, size, width // size, size, channels).swapaxes(1, 2)
    flat = cells.reshape(-1, size, size, channels)
    mixed = flat[np.random.default_rng(seed).permutation(len(flat))].reshape(cells.shape)
    return mixed.swapaxes(1, 2).reshape(pixels.shape)
