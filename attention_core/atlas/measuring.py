"""What every head does over a batch of pictures of one grid, computed while the model runs: no layer is kept."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

import torch
from PIL import Image
from torch import Tensor

from attention_core.analysis.contribution import contributions
from attention_core.analysis.head_statistics import OnWeights, layer_statistics
from attention_core.atlas.columns import NAMES
from attention_core.atlas.patterns import Cells, MeanPatterns, PooledPattern
from attention_core.capture.layer_record import LayerRecord
from attention_core.capture.output_projection import OutputProjection
from attention_core.capture.workspace import Workspace
from attention_core.images.patch_grid import PatchGrid
from attention_core.models import VisionModel
from attention_core.recording.of_calls import FeaturesOfCalls
from attention_core.recording.recorder import record_attention
from attention_core.tokens.layouts import halved

CLS: Final = "CLS"
_AT_A_TIME: Final = 1 << 20
"""Weights, 4 MiB: what is computed of them stays in a processor's cache, and in memory that the process has already."""


@dataclass(frozen=True, eq=False)
class Measured:
    """A batch of B pictures on one grid, in the CPU's memory.

    numbers: of each layer, (B, measures, H), in the order of `columns.NAMES`; NaN where there is none.
    cls_maps: of each layer, (B, H, patches), or None where none was asked for or there is no CLS. features: (B, D), the mean
    over patches of what the last block returns, through the norm of the model's head; None where none was asked for.
    patterns: by layer, (B, H, M, M), where they were asked for.
    """

    grid: PatchGrid
    numbers: list[Tensor]
    cls_maps: list[Tensor | None]
    features: Tensor | None
    patterns: dict[int, Tensor]


class Measurer:
    """A model that measures its heads.

    means: of its heads, to which pictures are compared; without it there is no similarity. cls_map, features, patterns: whether
    `Measured` has these.
    """

    def __init__(
        self,
        model: VisionModel,
        means: MeanPatterns | None = None,
        cls_map: bool = False,
        features: bool = False,
        patterns: bool = False,
    ) -> None:
        self.model = model
        self.means = means
        self.cls_map = cls_map and model.plain and model.prefix_tokens[:1] == (CLS,)
        self.features, self.patterns = features, patterns
        self.workspace = Workspace()
        self._projections: dict[int, OutputProjection | None] | None = None
        self.paths: list[str] = []
        """Of the layers; known once a picture was measured, as is `heads`."""
        self.heads: list[int] = []

    def __call__(self, pictures: Sequence[Image.Image], grid: PatchGrid) -> Measured:
        """Measure pictures that `grid` fits. Raises ValueError where the model's attention cannot be seen."""
        if self._projections is None:
            self._look(pictures[0], grid)
        pixels = torch.cat([self.model.preprocess(picture, grid) for picture in pictures])
        batch = _Batch(self, self._projections or {}, grid, len(pictures))
        module = self.model.module
        attend = None if self.cls_map else batch.attend  # one weight shows a rounding that means over queries do not
        recording = record_attention(copy=False, model=module, features=self.features, take=batch.take, attend=attend)
        with torch.inference_mode(), recording as record:
            module(pixels)
        return batch.measured(self._pooled_features(record.features, grid, len(pictures)) if self.features else None)

    def _look(self, picture: Image.Image, grid: PatchGrid) -> None:
        """Find out, on one picture, which layers there are and how their heads write into the stream."""
        module = self.model.module
        pixels = self.model.preprocess(picture, grid)
        with torch.inference_mode(), record_attention(model=module, blocks=True) as record:
            module(pixels)
        record.require()
        self.paths = [layer.path for layer in record.layers]
        self.heads = [layer.num_heads for layer in record.layers]
        self._projections = {layer.index: record.blocks[layer.index].projection for layer in record.layers}

    def _pooled_features(self, features: FeaturesOfCalls, grid: PatchGrid, count: int) -> Tensor:
        """Of the last block, (B, D): the mean over patches."""
        if not features:
            raise ValueError(f"{self.model.title} has no features: none of its attention lies in a block; leave them out")
        tokens = features[max(features)].normed
        if tokens.ndim == 4:
            by_row = any(tokens.shape[1:3] == (each.rows, each.cols) for each in halved(grid))
            tokens = (tokens if by_row else tokens.movedim(1, -1)).flatten(1, 2)
        prefix = len(self.model.prefix_tokens) if self.model.plain else 0
        kept = tokens[:, prefix:]
        return kept.reshape(count, -1, kept.shape[-1]).mean(1)


class _Batch:
    """One pass: takes each layer as its attention ends."""

    def __init__(
        self, measurer: Measurer, projections: dict[int, OutputProjection | None], grid: PatchGrid, num_images: int
    ) -> None:
        self._measurer, self._projections = measurer, projections
        self._grid, self._num_images = grid, num_images
        self._num_prefix = len(measurer.model.prefix_tokens)
        self._numbers: list[Tensor] = []
        self._cls_maps: list[Tensor | None] = []
        self._patterns: dict[int, Tensor] = {}
        self._kinds: dict[tuple[torch.device, torch.dtype], Cells] = {}
        self._found: dict[str, Tensor] | None = None

    def attend(self, layer: LayerRecord) -> Tensor | None:
        """Compute a layer's weights once, for what is measured of them and for what its heads return, (B, H, N, dv).

        None where torch's own attention does something else than that, in less than 32 bits, or with fewer values than heads.
        """
        v = layer.v
        if v is None or not layer.follows_from_qk or v.shape[1] != layer.num_heads:
            return None
        if v.dtype != torch.promote_types(v.dtype, torch.float32):
            return None
        batch, num_heads, _, width = v.shape
        outputs = v.new_empty(batch, layer.num_queries, num_heads, width).transpose(1, 2)  # as torch's own lie in memory
        self._found = self._statistics(layer, (v, outputs))
        return outputs

    def take(self, layer: LayerRecord, outputs: Tensor | None) -> None:
        """Measure a layer; `outputs` is what its heads returned."""
        found, self._found = self._statistics(layer) if self._found is None else self._found, None
        projection = self._projections.get(layer.index)
        if projection is not None and (outputs is not None or layer.v is not None):
            found["contribution"] = contributions(layer, projection, outputs, self._measurer.workspace).mean(-1)
        none = torch.full((self._num_images, layer.num_heads), math.nan, device=layer.q.device)
        columns = [self._of_images(found[name]) if name in found else none for name in NAMES]
        self._numbers.append(torch.stack(columns, 1))
        wanted = self._measurer.cls_map and self._on_image(layer)
        self._cls_maps.append(layer.rows([0])[:, :, 0, self._num_prefix :] if wanted else None)

    def _on_image(self, layer: LayerRecord) -> bool:
        """Whether queries and keys are the tokens of each picture, not those of windows or of a coarser grid."""
        tokens = self._num_prefix + self._grid.num_patches
        return self._measurer.model.plain and (layer.num_queries, layer.num_keys, layer.q.shape[0]) == (
            tokens,
            tokens,
            self._num_images,
        )

    def _statistics(self, layer: LayerRecord, attend: tuple[Tensor, Tensor] | None = None) -> dict[str, Tensor]:
        """Of so many images at a time as have room in one block, (B, H) each. attend: v, and where weights · v goes."""
        on_image = self._on_image(layer)
        grid, prefix = (self._grid, self._num_prefix) if on_image else (None, 0)
        count = layer.q.shape[0]
        at_a_time = max(1, _AT_A_TIME // (layer.num_heads * layer.num_queries * layer.num_keys))
        parts: list[dict[str, Tensor]] = []
        cells = self._cells(layer) if on_image and self._pools else None
        patterns = None if cells is None else self._patterns_of(layer, cells)
        for start in range(0, count, at_a_time):
            images = slice(start, start + at_a_time)
            some = layer if at_a_time >= count else layer.mapped(partial(_part, images=images, count=count))
            pooled = None if cells is None else PooledPattern(cells)
            uses: list[OnWeights] = [] if pooled is None else [pooled.add]
            if attend is not None:
                v, outputs = attend
                values = self._measurer.workspace.dense("values", v[images])
                uses.append(partial(_attend, values, outputs[images], self._measurer.workspace))
            one = layer_statistics(some, grid, prefix, partial(_each, uses), self._measurer.workspace)
            parts.append(dict(one.means))
            if pooled is not None and patterns is not None:
                pooled.value(patterns[images])
        found = {name: torch.cat([part[name] for part in parts]) for name in parts[0]}
        if patterns is not None:
            self._compare(layer.index, patterns, found)
        return found

    @property
    def _pools(self) -> bool:
        return self._measurer.patterns or self._measurer.means is not None

    def _cells(self, layer: LayerRecord) -> Cells:
        kind = layer.q.device, torch.promote_types(layer.q.dtype, torch.float32)
        if kind not in self._kinds:
            self._kinds[kind] = Cells(self._grid, self._num_prefix, *kind, self._measurer.workspace)
        return self._kinds[kind]

    def _patterns_of(self, layer: LayerRecord, cells: Cells) -> Tensor:
        """Room for those of all images, (B, H, M, M), until those of the next layer."""
        shape = (layer.q.shape[0], layer.num_heads, len(cells.sizes), len(cells.sizes))
        return self._measurer.workspace.empty("patterns", cells.sizes, *shape)

    def _compare(self, layer: int, patterns: Tensor, found: dict[str, Tensor]) -> None:
        means = self._measurer.means
        similarity = None if means is None else means.similarity(layer, patterns, self._measurer.workspace)
        if similarity is not None:
            found["similarity"] = similarity
        if self._measurer.patterns:
            self._patterns[layer] = patterns.to("cpu", copy=True)

    def _of_images(self, values: Tensor) -> Tensor:
        """(B, H) of values (B · windows, H), whose windows lie next to each other."""
        return values.float().reshape(self._num_images, -1, values.shape[1]).mean(1)

    def measured(self, features: Tensor | None) -> Measured:
        """All in the CPU's memory, at once: a batch waits for an accelerator once."""
        numbers = [each.cpu() for each in self._numbers]
        maps = [None if each is None else each.float().cpu() for each in self._cls_maps]
        return Measured(self._grid, numbers, maps, None if features is None else features.float().cpu(), self._patterns)


def _part(tensor: Tensor, images: slice, count: int) -> Tensor:
    return tensor[images] if tensor.shape[0] == count else tensor


def _each(uses: Sequence[OnWeights], queries: slice, weights: Tensor) -> None:
    for use in uses:
        use(queries, weights)


def _attend(v: Tensor, outputs: Tensor, workspace: Workspace, queries: slice, weights: Tensor) -> None:
    """Write what heads return for these queries."""
    out = workspace.empty("returned", v, *weights.shape[:3], v.shape[3])
    outputs[:, :, queries] = torch.matmul(weights, v, out=out)
