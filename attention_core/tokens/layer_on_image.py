"""Layers of any model laid on the image: each on its own grid, a window's rows stitched into the whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

import torch
from torch import Tensor, nn

from attention_core.capture.layer_record import LayerRecord
from attention_core.images.patch_grid import PatchGrid, cell_of_token
from attention_core.tokens.layouts import Kind, TokenLayout
from attention_core.tokens.stitching import stitched_columns, stitched_rows, windows_of
from attention_core.tokens.windows import Windows


@dataclass(frozen=True)
class LayerOnImage:
    """A recorded layer of one image. Its tokens are `prefix` tokens and the patches of `grid`, which may be coarser than the
    model's own; with `windows` a patch attends to those of its window only.

    queries, keys: coarser grids whose cells are the query or key tokens of the patches in them; None where each patch is a
    token itself. A patch has the row of its query cell, and a key cell's weight is spread evenly over its patches, so that
    rows still sum to 1.
    """

    layer: LayerRecord
    grid: PatchGrid
    prefix: int = 0
    windows: Windows | None = None
    queries: PatchGrid | None = None
    keys: PatchGrid | None = None

    def require_tokens(self, grid: PatchGrid, num_prefix: int) -> None:
        """Raises ValueError where the layer's tokens are not `num_prefix` tokens and the patches of `grid`."""
        expected = tuple(num_prefix + (own or grid).num_patches for own in (self.queries, self.keys))
        found = (self.layer.num_queries, self.layer.num_keys)
        if (self.grid, self.prefix) != (grid, num_prefix) or (self.windows is None and found != expected):
            raise ValueError(f"expected {expected[1]} tokens for {grid}, received {found[0]} queries and {found[1]} keys")

    def row(self, token: int, temperature: float = 1.0) -> Tensor:
        """Weights (H, prefix + patches) with which this token attends to all; 0 outside its window.

        Raises ValueError where there is no such token.
        """
        if self.windows is not None:
            return stitched_rows(self.layer, self.windows, [token], temperature)[0, :, 0].flatten(1)
        queries, keys = self._cell_of_token(self.queries), self._cell_of_token(self.keys)
        weights = self.layer.rows([self._at(queries, token)], temperature)[0, :, 0]
        return weights if self.keys is None else (weights / keys.bincount())[:, keys]

    def column(self, token: int, temperature: float = 1.0) -> Tensor:
        """Weights (H, prefix + patches) with which all attend to this token; 0 outside its window. Raises as `row` does."""
        if self.windows is not None:
            return stitched_columns(self.layer, self.windows, [token], temperature)[0, :, 0].flatten(1)
        queries, keys = self._cell_of_token(self.queries), self._cell_of_token(self.keys)
        cell = self._at(keys, token)
        return self.layer.columns([cell], temperature)[0, ..., 0][:, queries] / (keys == cell).sum()

    def _cell_of_token(self, coarse: PatchGrid | None) -> Tensor:
        """The number of the token that stands for each of ours, (prefix + patches): its own, or its cell's in `coarse`."""
        device = self.layer.q.device
        if coarse is None:
            return torch.arange(self.prefix + self.grid.num_patches, device=device)
        return cell_of_token(self.grid, coarse, coarse.patch_size // self.grid.patch_size, self.prefix, device)

    def _at(self, cells: Tensor, token: int) -> int:
        if not 0 <= token < len(cells):
            raise ValueError(f"token must be 0–{len(cells) - 1}, received {token}")
        return int(cells[token])


WHY_NOT: Final[dict[Kind, str]] = {
    "one query": "ask with one query, not with every patch",
    "windows": "attend within parts of the image whose place is not known",
    "other": "have their tokens in no order that is known",
}
"""Why a layer is not on the image, in the words of the page: its layers …"""


class TokensOfModel(Protocol):
    """What must be known of a model, such as a `VisionModel`, to lay its layers on an image."""

    @property
    def module(self) -> nn.Module: ...

    @property
    def plain(self) -> bool: ...

    def layout(self, layer: LayerRecord, grid: PatchGrid) -> TokenLayout:
        """What the tokens of a layer are."""


class RecordedLayers(Protocol):
    """What must be known of a recording, such as an `AttentionRecord`."""

    layers: list[LayerRecord]
    feature_sizes: dict[str, tuple[int, int]]


def layers_left_out(
    model: TokensOfModel, record: RecordedLayers, grid: PatchGrid, on_image: Sequence[LayerOnImage]
) -> dict[Kind, list[str]]:
    """Paths of the layers that are not among those `on_image`, by the reason, which WHY_NOT puts into words."""
    drawn = {id(each.layer) for each in on_image}
    reasons: dict[Kind, list[str]] = {}
    for layer in record.layers:
        if id(layer) not in drawn:
            reasons.setdefault(model.layout(layer, grid).kind, []).append(layer.path)
    return reasons


def layers_on_image(model: TokensOfModel, record: RecordedLayers, grid: PatchGrid) -> list[LayerOnImage]:
    """The record's layers whose tokens have a place on the image: of a plain model all in which every patch is a query.

    Layers with one query, and cuts that are not known, are left out. grid: the model's own for the image; all layers share its
    size in pixels.
    """
    found = []
    for layer in record.layers:
        windows = None if model.plain else windows_of(model.module, layer, record.feature_sizes.get(layer.path))
        if windows is not None:
            step = max(1, grid.height // windows.rows)
            found.append(LayerOnImage(layer, PatchGrid(windows.rows, windows.cols, step), 0, windows))
            continue
        layout = model.layout(layer, grid)
        if layout.kind == "tokens" and layout.grid is not None:
            queries, keys = (None if own == layout.grid else own for own in (layout.queries, layout.keys))
            found.append(LayerOnImage(layer, layout.grid, layout.prefix, None, queries, keys))
    return found
