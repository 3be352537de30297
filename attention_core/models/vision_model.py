"""A vision model, ready to record pictures, whatever library it comes from."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
import torch
from PIL import Image
from torch import Tensor, nn

from attention_core.capture.layer_record import LayerRecord
from attention_core.images.decoding import ImageSource, load_image, load_images
from attention_core.images.patch_grid import PatchGrid
from attention_core.models.cost import LARGE_PATCHES, PassCost, PassEstimate, room_for_pass
from attention_core.models.measured_cost import measure_cost
from attention_core.models.placement import in_words, placement_of
from attention_core.recording.record import AttentionRecord
from attention_core.recording.recorder import record_attention
from attention_core.tokens.feature_map import FeatureKind, FeatureMap, feature_map
from attention_core.tokens.layouts import REORDERED, TokenLayout, token_layout
from attention_core.tokens.stitching import feature_sizes

MIN_ACROSS: Final = 4
MAX_ACROSS: Final = 128
"""Patches along the longer side: at most 16,384 patches. Above LARGE_PATCHES an estimate comes first."""
MAX_PIXELS_ACROSS: Final = 1024


@dataclass(frozen=True)
class VisionModel:
    """A model ready to record. Its tokens are `prefix_tokens`, then the patches of the grid in row-major order.

    module maps a tensor (1, 3, height, width), normalised with `mean` and `std`, to anything; only its attention is used.
    patch_size: the step from patch to patch in pixels, a cell of the grid. kernel_size: the side of the square that a patch
    reads, if patches overlap; None means `patch_size`.
    plain: whether every layer attends over all tokens; if not, `layout` tells the tokens of a layer.
    fixed_grid: (rows, cols) of a model that takes one size only; the picture is stretched to it.
    num_layers: attention calls over tokens in a pass.
    source: the origin of the weights. notes: one sentence for each change from the model's training.
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
    library: str = "Regard"
    kernel_size: int | None = None
    plain: bool = True
    fixed_grid: tuple[int, int] | None = None
    num_layers: int = 1
    notes: tuple[str, ...] = ()

    @property
    def device(self) -> torch.device:
        """Device of the module."""
        return placement_of(self.module)[0]

    @property
    def dtype(self) -> torch.dtype:
        """Floating-point type of the module."""
        return placement_of(self.module)[1]

    @property
    def placement(self) -> str:
        """Device and type for people: "the CPU in float32"."""
        return in_words(self.device, self.dtype)

    @property
    def across_limits(self) -> tuple[int, int]:
        """The fewest and the most patches along the longer side that `grid_for` takes."""
        if self.fixed_grid is not None:
            return max(self.fixed_grid), max(self.fixed_grid)
        return MIN_ACROSS, max_across(self.patch_size)

    def grid_for(self, image: ImageSource, across: int | None = None) -> PatchGrid:
        """Return the grid that keeps the image's aspect ratio, with `across` patches along its longer side.

        A model of one size returns its own grid. Raises ImageError as `load_image` does, and ValueError if `across` is out of
        range, gives more than MAX_PIXELS_ACROSS pixels, or is not the number of a model of one size.
        """
        image = load_image(image)
        across = self.default_across if across is None else across
        low, high = self.across_limits
        if self.fixed_grid is not None:
            if across != high:
                raise ValueError(f"{self.title} takes one size: patches across must be {high}, received {across}")
            return PatchGrid(*self.fixed_grid, self.patch_size)
        if not low <= across <= high:
            raise ValueError(f"patches across must be {low}–{high} for patches of {self.patch_size} px, received {across}")
        return PatchGrid.fitting(image.height, image.width, self.patch_size, across)

    @cached_property
    def cost(self) -> PassCost:
        """Cost of a recorded pass on this machine, measured at first use, in about the time of 50 × 50 patches."""
        return measure_cost(self)

    @property
    def is_measured(self) -> bool:
        """True if `cost` is known, so that estimates take no time."""
        return "cost" in vars(self)

    @cached_property
    def _reorders(self) -> bool:
        return any(type(part).__name__ in REORDERED for part in self.module.modules())

    def estimate(self, grid: PatchGrid, features: bool = False) -> PassEstimate:
        """Return the time and memory that recording on this grid takes, with values, blocks and, if asked for, features."""
        return self.cost.at(len(self.prefix_tokens) + grid.num_patches, features)

    def preprocess(self, image: ImageSource, grid: PatchGrid) -> Tensor:
        """Return the image as the module takes it: (1, 3, grid.height, grid.width), normalised, on its device, of its type."""
        resized = load_image(image).resize((grid.width, grid.height), Image.Resampling.BICUBIC)
        pixels = torch.from_numpy(np.asarray(resized, dtype=np.float32) / 255)  # (height, width, 3)
        normalised = (pixels - torch.tensor(self.mean)) / torch.tensor(self.std)
        return normalised.permute(2, 0, 1)[None].to(*placement_of(self.module))

    def record(
        self,
        image: ImageSource | Sequence[ImageSource],
        across: int | None = None,
        keep_v: bool = True,
        on_layer: Callable[[int], None] | None = None,
        keep_on: torch.device | str | None = None,
        features: bool | Collection[int] = False,
        blocks: bool = False,
    ) -> tuple[AttentionRecord, PatchGrid]:
        """Run the model on the image and return its attention with the grid it lies on.

        Args:
            image: anything that `load_image` takes, or a list of images, which run as one batch: image i is number i of the
                axis B of every layer, and `record.image(i)` is its own record.
            across: patches along the longer side; None takes the model's own number.
            keep_v: whether values are kept in addition to queries and keys.
            on_layer: called with the number of each attention call as it ends; an exception from it stops the model.
            keep_on: the device of the record; None leaves it where the model runs.
            features: whether `record.features` gets what the model's blocks return; or the numbers of some layers, such as
                [9, -1].
            blocks: whether `record.blocks` gets how heads write into the residual stream, and how far blocks move tokens.

        Raises:
            ImageError: as `load_image` does, and for an empty list.
            ValueError: as `grid_for` does, if the images of a list have different grids, or if no attention can be seen.
            TooLargeError: if that takes more memory than is free; above LARGE_PATCHES it says how many patches fit.
        """
        images = load_images(image)
        grid = self._common_grid(images, across)
        kept = [self._call_number(layer) for layer in features] if isinstance(features, Collection) else features
        recording = record_attention(keep_v, keep_on, on_call=on_layer, model=self.module, features=kept, blocks=blocks)
        with room_for_pass(self, grid, images[0], len(images), features is not False):
            pixels = torch.cat([self.preprocess(each, grid) for each in images])
            with torch.inference_mode(), feature_sizes(self.module) as sizes, recording as record:
                self.module(pixels)
        record.num_images = len(images)
        if self.plain:
            self._require_all_tokens(record, grid)
            record.grid, record.prefix_tokens = grid, self.prefix_tokens
        else:
            record.require()
            record.feature_sizes = sizes
        return record, grid

    def feature_map(
        self, record: AttentionRecord, grid: PatchGrid, layer: int, kind: FeatureKind = "features", image: int = 0
    ) -> FeatureMap:
        """Return a vector per patch of one recorded layer, on the layer's own grid.

        Args:
            layer: the number of the attention call, or from the end with -1, -2, …
            kind: "features", the residual stream after the layer's block through the norm of the model's head; "raw", without
                the norm; or "q", "k" or "v" of all heads.
            image: its number in a batch.

        Raises:
            ValueError: for an unknown layer, kind or image, or if it was not kept or has no known place on the image.
        """
        return feature_map(self, record.image(image), grid, self._call_number(layer), kind)

    def _call_number(self, layer: int) -> int:
        if not isinstance(layer, int) or not -self.num_layers <= layer < self.num_layers:
            raise ValueError(f"layer must be 0–{self.num_layers - 1} of {self.name}, or -1, -2, …; received {layer!r}")
        return layer % self.num_layers

    def _common_grid(self, images: Sequence[Image.Image], across: int | None) -> PatchGrid:
        grids = [self.grid_for(image, across) for image in images]
        if any(grid != grids[0] for grid in grids):
            shapes = ", ".join(f"{grid.rows} × {grid.cols}" for grid in grids)
            raise ValueError(
                f"images of one batch need one grid of patches, received {shapes}; crop them to one shape, or record each alone"
            )
        return grids[0]

    def _require_all_tokens(self, record: AttentionRecord, grid: PatchGrid) -> None:
        tokens = len(self.prefix_tokens) + grid.num_patches
        if not record.layers or any(layer.num_keys != tokens for layer in record.layers):
            raise ValueError(
                f"expected attention over {tokens} tokens in {self.name}, "
                f"received {[layer.num_keys for layer in record.layers] or 'no attention call'}"
            )

    def layout(self, layer: LayerRecord, grid: PatchGrid) -> TokenLayout:
        """Return the tokens of a recorded layer: prefix and patches, windows of the image, or something else."""
        if self._reorders:
            return TokenLayout("other")
        return token_layout(layer, grid, len(self.prefix_tokens))


def max_across(patch_size: int) -> int:
    """Return the most patches along the longer side within MAX_ACROSS and MAX_PIXELS_ACROSS."""
    return min(MAX_ACROSS, MAX_PIXELS_ACROSS // patch_size)


def opening_across(wanted: int, patch_size: int) -> int:
    """Return the number nearest to `wanted` within the limits that needs no estimate first on a square picture."""
    return max(MIN_ACROSS, min(wanted, max_across(patch_size), math.isqrt(LARGE_PATCHES)))
