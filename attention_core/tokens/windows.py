"""How models cut a feature map into windows: which patch each token of each window is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import torch
import torch.nn.functional as F
from torch import Tensor, nn

Size = tuple[int, int]


@dataclass(frozen=True, eq=False)
class Windows:
    """index (num_windows, n), long: where each token of each window lies on the feature map of rows × cols, as
    row · cols + col; -1 for padding. Every position lies in one window.
    """

    index: Tensor
    rows: int
    cols: int

    @property
    def num_windows(self) -> int:
        return self.index.shape[0]

    def place(self, positions: Sequence[int]) -> tuple[Tensor, Tensor]:
        """The window of each position and its token there, two tensors (len(positions),).

        Raises ValueError where a position is outside the map.
        """
        count = self.rows * self.cols
        wrong = [position for position in positions if not 0 <= position < count]
        if wrong:
            raise ValueError(f"position must be 0–{count - 1} on {self.rows} × {self.cols} patches, received {wrong[0]}")
        flat = self.index.flatten()
        real = (flat >= 0).nonzero()[:, 0]
        place_of = torch.empty(count, dtype=torch.long, device=flat.device).index_put_((flat[real],), real)
        place = place_of[torch.tensor(list(positions), dtype=torch.long, device=flat.device)]
        return place // self.index.shape[1], place % self.index.shape[1]


def _blocks(positions: Tensor, side: Size) -> Tensor:
    """Cut (rows, cols) into neighbouring windows of `side`, (windows, n), both row by row."""
    rows, cols = positions.shape
    cut = positions.view(rows // side[0], side[0], cols // side[1], side[1])
    return cut.permute(0, 2, 1, 3).reshape(-1, side[0] * side[1])


def _strided(positions: Tensor, side: Size) -> Tensor:
    """Cut (rows, cols) into windows of `side` patches that are spread evenly over all of it, (windows, n)."""
    rows, cols = positions.shape
    cut = positions.view(side[0], rows // side[0], side[1], cols // side[1])
    return cut.permute(1, 3, 0, 2).reshape(-1, side[0] * side[1])


def _map(rows: int, cols: int) -> Tensor:
    return torch.arange(rows * cols).view(rows, cols)


def _padded(positions: Tensor, side: Size) -> Tensor:
    rows, cols = positions.shape
    return F.pad(positions, (0, -cols % side[1], 0, -rows % side[0]), value=-1)


def _swin(block: Any, rows: int, cols: int, _path: str) -> Windows:
    """Shifted first, padded then."""
    shifted = _map(rows, cols).roll((-block.shift_size[0], -block.shift_size[1]), (0, 1))
    side = (block.window_size[0], block.window_size[1])
    return Windows(_blocks(_padded(shifted, side), side), rows, cols)


def _torchvision_swin(block: Any, rows: int, cols: int, _path: str) -> Windows:
    """Padded first, shifted then, and not along a side that one window covers."""
    side = (block.window_size[0], block.window_size[1])
    padded = _padded(_map(rows, cols), side)
    shift = [0 if window >= length else by for window, length, by in zip(side, padded.shape, block.shift_size, strict=True)]
    return Windows(_blocks(padded.roll((-shift[0], -shift[1]), (0, 1)), side), rows, cols)


def _tiny_vit(block: Any, rows: int, cols: int, _path: str) -> Windows:
    side = (block.window_size, block.window_size)
    return Windows(_blocks(_padded(_map(rows, cols), side), side), rows, cols)


def _max_vit(block: Any, rows: int, cols: int, path: str) -> Windows:
    neighbours = getattr(block, "partition_block", path.endswith("attn_block"))
    side = (block.partition_size[0], block.partition_size[1])
    if rows % side[0] or cols % side[1]:
        raise ValueError(f"{path} needs a multiple of {side[0]} × {side[1]} patches, received {rows} × {cols}")
    return Windows((_blocks if neighbours else _strided)(_map(rows, cols), side), rows, cols)


def _mobile_vit(block: Any, rows: int, cols: int, _path: str) -> Windows:
    """The map is enlarged to a multiple of the block's patches; each pixel of a patch attends to that pixel of the others."""
    across, down = -(-cols // block.patch_size[1]), -(-rows // block.patch_size[0])
    rows, cols = down * block.patch_size[0], across * block.patch_size[1]
    return Windows(_strided(_map(rows, cols), (down, across)), rows, cols)


CUTS: Final[dict[str, Callable[[Any, int, int, str], Windows]]] = {
    "timm SwinTransformerBlock": _swin,
    "timm SwinTransformerV2Block": _swin,
    "timm SwinTransformerV2CrBlock": _swin,
    "timm TinyVitBlock": _tiny_vit,
    "timm PartitionAttentionCl": _max_vit,
    "timm PartitionAttention2d": _max_vit,
    "timm ParallelPartitionAttention": _max_vit,
    "timm MobileVitBlock": _mobile_vit,
    "torchvision ShiftedWindowAttention": _torchvision_swin,
    "torchvision ShiftedWindowAttentionV2": _torchvision_swin,
}
CHANNELS_FIRST: Final = {"timm PartitionAttention2d", "timm MobileVitBlock"}


def kind_of(module: nn.Module) -> str | None:
    """The key of `CUTS` for a windowed block; the library and name of its class, so that neither needs to be imported."""
    for each in type(module).__mro__:
        if (name := f"{each.__module__.partition('.')[0]} {each.__name__}") in CUTS:
            return name
    return None
