"""Layers of any model laid on the image: each on its own grid, a window's rows stitched into the whole."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from torch import Tensor

from attention_core.layer_record import LayerRecord
from attention_core.models.vision import VisionModel
from attention_core.patches import PatchGrid
from attention_core.recording import AttentionRecord
from attention_core.window_cuts import Windows
from attention_core.windows import stitched_columns, stitched_rows, windows_of


@dataclass(frozen=True)
class LayerOnImage:
    """A recorded layer of one image. Its tokens are `prefix` tokens and the patches of `grid`, which may be coarser than the
    model's own; with `windows` a patch sees those of its window only."""

    layer: LayerRecord
    grid: PatchGrid
    prefix: int = 0
    windows: Windows | None = None

    def require_tokens(self, grid: PatchGrid, num_prefix: int) -> None:
        """Raises ValueError where the layer's tokens are not `num_prefix` tokens and the patches of `grid`."""
        expected = num_prefix + grid.num_patches
        found = (self.layer.num_queries, self.layer.num_keys)
        if (self.grid, self.prefix) != (grid, num_prefix) or (self.windows is None and found != (expected, expected)):
            raise ValueError(f"expected {expected} tokens for {grid}, received {found[0]} queries and {found[1]} keys")

    def row(self, token: int, temperature: float = 1.0) -> Tensor:
        """Weights (H, prefix + patches) with which this token looks at all; 0 outside its window.

        Raises ValueError where there is no such token.
        """
        if self.windows is None:
            return self.layer.rows([token], temperature)[0, :, 0]
        return stitched_rows(self.layer, self.windows, [token], temperature)[0, :, 0].flatten(1)

    def column(self, token: int, temperature: float = 1.0) -> Tensor:
        """Weights (H, prefix + patches) with which all look at this token; 0 outside its window. Raises as `row` does."""
        if self.windows is None:
            return self.layer.columns([token], temperature)[0, ..., 0]
        return stitched_columns(self.layer, self.windows, [token], temperature)[0, :, 0].flatten(1)


WHY_NOT: Final[dict[str, str]] = {
    "one query": "ask with one query, not with every patch",
    "pooled": "ask, or are asked, in a summary of the patches",
    "windows": "attend within parts of the image whose place is not known",
    "other": "have their tokens in no order that is known",
}
"""Why a layer is not on the image."""


def layers_left_out(model: VisionModel, record: AttentionRecord, grid: PatchGrid) -> dict[str, list[str]]:
    """Paths of the layers that `layers_on_image` leaves out, by the reason, as one of WHY_NOT."""
    drawn = {id(each.layer) for each in layers_on_image(model, record, grid)}
    reasons: dict[str, list[str]] = {}
    for layer in record.layers:
        if id(layer) not in drawn:
            kind = "one query" if layer.num_queries == 1 else model.layout(layer, grid).kind
            pooled = kind == "other" and layer.num_queries != layer.num_keys
            reasons.setdefault(WHY_NOT["pooled" if pooled else kind], []).append(layer.path)
    return reasons


def layers_on_image(model: VisionModel, record: AttentionRecord, grid: PatchGrid) -> list[LayerOnImage]:
    """Those of the record's layers whose tokens have a place on the image: of a plain model all that ask with every patch.

    Pooled keys, layers with one query and unknown cuts are left out.

    grid: the model's own for the image, whose size in pixels all layers share.
    """
    found = []
    for layer in record.layers:
        windows = None if model.plain else windows_of(model.module, layer, record.feature_sizes.get(layer.path))
        if windows is not None:
            step = max(1, grid.height // windows.rows)
            found.append(LayerOnImage(layer, PatchGrid(windows.rows, windows.cols, step), 0, windows))
        elif (layout := model.layout(layer, grid)).kind == "tokens" and layout.grid is not None:
            found.append(LayerOnImage(layer, layout.grid, layout.prefix))
    return found
