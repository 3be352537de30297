"""Which tokens the queries and keys of a call are: prefix and patches in full, a summary of them, or parts of the image.

A plain ViT attends over prefix and patches in every layer. Swin, MaxViT and MobileViT attend inside windows, which arrive as a
batch; PVT pools its keys, MViT its queries; CaiT's last layers and SigLIP's head have one query. A model's name plays no part,
but for those in REORDERED.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from attention_core.capture.layer_record import LayerRecord
from attention_core.images.patch_grid import PatchGrid

MIN_SIDE: Final = 4
"""A grid of fewer patches a side is taken for a coincidence of numbers."""
REORDERED: Final = ("Hiera", "HieraModel")
"""Models, of timm and transformers, that take their tokens out of the rows and columns of the image (Ryali et al. 2023)."""
Kind = Literal["tokens", "one query", "windows", "other"]


@dataclass(frozen=True)
class TokenLayout:
    """What the tokens of one layer are, for one image.

    kind: "tokens" where both queries and keys are `prefix` tokens and the patches of a grid; "one query" where only the keys
    are; "windows" where the image was cut into parts that lie in the batch; "other" where none of these fits.
    queries, keys: their grids over the image, coarser than the model's in later stages. One is coarser than the other where
    a layer pools its queries (MViT) or its keys (PVT). None where they are no grid.
    """

    kind: Kind
    queries: PatchGrid | None = None
    keys: PatchGrid | None = None
    prefix: int = 0

    @property
    def grid(self) -> PatchGrid | None:
        """The finer of the two."""
        grids = [grid for grid in (self.queries, self.keys) if grid is not None]
        return max(grids, key=lambda grid: grid.num_patches, default=None)


def token_layout(layer: LayerRecord, grid: PatchGrid, num_prefix: int) -> TokenLayout:
    """Compare the layer's numbers of queries and keys with the model's grid for the image, halved any number of times."""
    if layer.q.shape[0] > 1:
        return TokenLayout("windows")
    for prefix in dict.fromkeys((num_prefix, 0)):
        keys, queries = (_grid_of(count - prefix, grid) for count in (layer.num_keys, layer.num_queries))
        if keys is not None and layer.num_queries == 1 < layer.num_keys:
            return TokenLayout("one query", None, keys, prefix)
        if keys is not None and queries is not None:
            return TokenLayout("tokens", queries, keys, prefix)
    return TokenLayout("other")


def finest_side(layers: list[LayerRecord], size: int, num_prefix: int) -> int | None:
    """Patches along one side of the finest grid that any layer attends on, for a square image of `size` pixels.

    All windows of an image together are its patches. None where no layer's tokens fill a square that divides the size.
    """
    counts = {
        count - prefix
        for layer in layers
        for count in (layer.q.shape[0] * layer.num_queries, layer.num_keys)
        for prefix in (num_prefix, 0)
    }
    sides = [side for n in counts if n > 0 and (side := math.isqrt(n)) ** 2 == n and side >= MIN_SIDE and size % side == 0]
    return max(sides, default=None)


def halved(finest: PatchGrid) -> Iterator[PatchGrid]:
    """The grid, and those of later stages, each of half as many patches a side, rounded up."""
    grid = finest
    while grid.num_patches > 1:
        yield grid
        grid = PatchGrid(-(-grid.rows // 2), -(-grid.cols // 2), grid.patch_size * 2)
    yield grid


def _grid_of(patches: int, finest: PatchGrid) -> PatchGrid | None:
    return next((grid for grid in halved(finest) if grid.num_patches == patches), None)
