"""Features of a layer laid on the image: a row of numbers for each patch of the layer's own grid."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal, Protocol

import torch
from torch import Tensor

from attention_core.capture.features import Features
from attention_core.capture.layer_record import LayerRecord
from attention_core.images.patch_grid import PatchGrid
from attention_core.tokens.layer_on_image import RecordedLayers, TokensOfModel
from attention_core.tokens.layouts import halved
from attention_core.tokens.stitching import windows_of

FeatureKind = Literal["features", "raw", "q", "k", "v"]
KINDS: Final[tuple[FeatureKind, ...]] = ("features", "raw", "q", "k", "v")
"""What a patch can be compared by: features are the residual stream after the layer's block, through the norm that the model's
own head would see it through; raw the same without the norm; q, k and v those of all heads side by side."""


@dataclass(frozen=True, eq=False)
class FeatureMap:
    """patches (rows · cols, D), row by row on `grid`, and prefix (P, D), both float32.

    layer: the number of the attention call. kind: one of KINDS.
    """

    patches: Tensor
    grid: PatchGrid
    prefix: Tensor
    layer: int
    kind: FeatureKind


class FeaturesOfModel(TokensOfModel, Protocol):
    """What must be known of a model besides, such as a `VisionModel`."""

    @property
    def prefix_tokens(self) -> tuple[str, ...]: ...


class RecordedFeatures(RecordedLayers, Protocol):
    """What must be known of a recording of one image, such as an `AttentionRecord`."""

    @property
    def features(self) -> Mapping[int, Features]: ...


def feature_map(
    model: FeaturesOfModel, record: RecordedFeatures, grid: PatchGrid, layer: int, kind: FeatureKind = "features"
) -> FeatureMap:
    """The features of one layer of one recorded image, patch by patch.

    grid: the model's own for the image. The map lies on the layer's, which may be coarser; windows are put back in place.

    Raises:
        ValueError: where there is no such kind or layer, it lies in no block, its values were not kept, or its tokens lie in no
            known place of the image.
    """
    if kind not in KINDS:
        raise ValueError(f"kind must be one of {', '.join(KINDS)}, received {kind!r}")
    place = _Place(model, _call(record, layer), record, grid)
    patches, prefix, on = place.of_block(kind == "features") if kind in ("features", "raw") else place.of_heads(kind)
    return FeatureMap(patches.float(), on, prefix.float(), layer, kind)


def _call(record: RecordedFeatures, layer: int) -> LayerRecord:
    found = next((each for each in record.layers if each.index == layer), None)
    if found is None:
        numbers = [each.index for each in record.layers]
        known = f"{numbers[0]}–{numbers[-1]}" if numbers else "none"
        raise ValueError(f"layer must be the number of a recorded attention call ({known}), received {layer!r}")
    return found


Parts = tuple[Tensor, Tensor, PatchGrid]


class _Place:
    """Where the tokens of one layer lie."""

    def __init__(self, model: FeaturesOfModel, layer: LayerRecord, record: RecordedFeatures, grid: PatchGrid) -> None:
        self._layer, self._features = layer, record.features.get(layer.index)
        self._num_prefix = len(model.prefix_tokens)
        self._grids = list(halved(grid))
        self._windows = None if model.plain else windows_of(model.module, layer, record.feature_sizes.get(layer.path))
        self._kind = model.layout(layer, grid).kind
        if (cut := self._windows) is not None:
            self._kind = "windows"
            self._grids.insert(0, PatchGrid(cut.rows, cut.cols, max(1, grid.height // cut.rows)))

    def of_block(self, normed: bool) -> Parts:
        if self._features is None:
            raise ValueError(
                f"layer {self._layer.index} ({self._layer.path}) has no features: it lies in no block, or they were not asked "
                "for; record with features=True, or take q, k or v"
            )
        if self._kind not in ("tokens", "windows"):
            raise self._nowhere()
        return self._on_image(self._features.normed if normed else self._features.raw)

    def of_heads(self, kind: str) -> Parts:
        heads: Tensor | None = getattr(self._layer, kind)
        if self._layer.softmaxed is not None:
            raise ValueError(f"layer {self._layer.index} is an explicit softmax, whose q, k and v are not seen; take features")
        if heads is None:
            raise ValueError(f"the values of layer {self._layer.index} were not kept; record with keep_v=True")
        if self._windows is None and self._kind != "tokens":
            raise self._nowhere()
        return self._on_image(heads.transpose(1, 2).flatten(2))  # (B, N, H·d)

    def _on_image(self, tokens: Tensor) -> Parts:
        """tokens (1, …, D) of one image, or (windows, n, D), as patches (rows · cols, D), prefix (P, D) and their grid."""
        if self._windows is not None and tokens.shape[:-1] == self._windows.index.shape:
            return _unwindowed(tokens, self._windows.index), tokens.new_empty(0, tokens.shape[-1]), self._grids[0]
        if tokens.shape[0] != 1:
            raise self._nowhere()
        if tokens.ndim == 4:
            return self._of_map(tokens[0])
        for prefix in (self._num_prefix, 0) if tokens.ndim == 3 else ():
            for grid in self._grids:
                if tokens.shape[1] == prefix + grid.num_patches:
                    return tokens[0, prefix:], tokens[0, :prefix], grid
        raise self._nowhere()

    def _of_map(self, tokens: Tensor) -> Parts:
        """tokens (rows, cols, D) or (D, rows, cols)."""
        for by_row in (tokens, tokens.movedim(0, -1)):
            for grid in self._grids:
                if by_row.shape[:2] == (grid.rows, grid.cols):
                    return by_row.flatten(0, 1), by_row.new_empty(0, by_row.shape[-1]), grid
        raise self._nowhere()

    def _nowhere(self) -> ValueError:
        return ValueError(
            f"layer {self._layer.index} ({self._layer.path}) cannot be laid on the image: its tokens have no place there that "
            "is known; take another layer"
        )


def _unwindowed(tokens: Tensor, index: Tensor) -> Tensor:
    """tokens (windows, n, D) at the places that `index` (windows, n) names, (rows · cols, D); padding, -1, is left out."""
    real = index.flatten() >= 0
    found = tokens.flatten(0, 1)[real.to(tokens.device)]
    return torch.empty_like(found).index_copy_(0, index.flatten()[real].to(tokens.device), found)
