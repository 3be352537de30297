"""A recording: a picture, a model, and the model's attention over the picture."""

from __future__ import annotations

import copy
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

import torch
from torch import Tensor

from attention_core import AttentionRecord, BlockRecord, PatchGrid, VisionModel
from attention_core.capture.layer_record import LayerRecord
from attention_core.models.cost import LARGE_PATCHES
from attention_core.tokens.feature_map import FeatureKind, FeatureMap
from attention_core.tokens.layer_on_image import LayerOnImage, layers_on_image
from ui.pictures import Picture
from ui.shared.sized import tensors_in
from ui.shared.work import Work

WITH_FEATURES: Final = " with features"
"""Suffix of the key of a large recording with features. Its layers equal those of the recording without features."""


@dataclass(frozen=True)
class Recipe:
    """A way to find a recording in the cache, or to make it again as work (ui/shared/work.py).

    name, what: of the work. find: looks into the cache. make: does the work. made: takes the recording out of its result. says:
    describes the progress. options: keywords of `load_model`.
    """

    name: str
    what: str
    find: Callable[[], Recording | None]
    make: Callable[[Work], Any]
    says: Callable[[Work], str]
    made: Callable[[Any], Recording] = lambda result: result
    options: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Recording:
    """One model's attention over one picture. `key` identifies both, with all settings that matter."""

    key: str
    model: VisionModel
    picture: Picture
    record: AttentionRecord
    grid: PatchGrid
    layers: tuple[LayerOnImage, ...]
    """The layers that can be drawn, in the order of their calls."""
    layer_keys: tuple[str, ...] = ()
    """Cache keys of the drawn layers, if they differ from `key`. Recordings that share a layer share its key."""
    seconds: float = 0.0
    """Duration of the pass."""
    again: Callable[[], Recording] | None = field(default=None, compare=False, repr=False)
    """Finds or makes the whole recording, if this is an outline. The page's script uses it."""
    recipe: Recipe | None = field(default=None, compare=False, repr=False)

    @property
    def whole(self) -> Recording:
        """The recording with its numbers. For an outline, this may take a whole pass."""
        return self if self.again is None else self.again()

    def outline(self, again: Callable[[], Recording], recipe: Recipe) -> Recording:
        """Return a copy of some kilobytes for page runs. Its tensors have shapes but no numbers."""
        known: dict[int, Any] = {id(self.model): self.model, id(self.picture): self.picture}
        known |= {id(each): torch.empty_like(each, device="meta") for each in tensors_in(self)}
        return replace(copy.deepcopy(self, known), again=again, recipe=recipe)

    def layer_key(self, layer: int) -> str:
        """Return the cache key of a drawn layer. Recordings that share a layer share its key."""
        return self.layer_keys[layer] if self.layer_keys else self.key.removesuffix(WITH_FEATURES)

    def feature_map(self, layer: int, kind: FeatureKind) -> FeatureMap:
        """Return the features of a drawn layer's patches. Raises ValueError if they were not recorded."""
        whole = self.whole
        return self.model.feature_map(whole.record, self.grid, whole.layers[layer].layer.index, kind)

    @property
    def contributes(self) -> bool:
        """True if the heads' outputs in the residual stream are known for some drawn layer."""
        return any(block.projection is not None for block in self._blocks)

    @property
    def contributes_to_stream(self) -> bool:
        """True if every drawn layer's head outputs can be compared with the residual stream that they are added to."""
        blocks = [block for block in self._blocks if block.moves is not None and block.projection is not None]
        return len(blocks) == len(self.layers) and not any(block.projection and block.projection.norm_after for block in blocks)

    @property
    def _blocks(self) -> list[BlockRecord]:
        """The recorded blocks of the drawn layers."""
        calls = [each.layer.index for each in self.layers]
        return [self.record.blocks[call] for call in calls if call in self.record.blocks]

    @property
    def large(self) -> bool:
        """True if there are too many patches to send all queries and keys to a browser."""
        return self.grid.num_patches > LARGE_PATCHES

    @property
    def in_browser(self) -> bool:
        """True if the browser computes rows from q and k. Otherwise Python computes them for the clicked patch."""
        return self.model.plain and not self.large and all(map(self._follows_in_browser, range(len(self.layers))))

    def scores_at(self, layer: int) -> LayerRecord:
        """Return a drawn layer's queries and keys, without the mask of `hidden_keys`."""
        kept = self.layers[layer].layer
        return kept if self.hidden_keys(layer) is None else replace(kept, mask=None, _logsumexp=None)

    def hidden_keys(self, layer: int) -> Tensor | None:
        """Return the keys that an edit has hidden from each head, (H, N) bool; None if there are none."""
        mask = self.layers[layer].layer.mask
        by_key = mask is not None and mask.dtype == torch.bool and mask.shape[:1] + mask.shape[2:3] == (1, 1)
        return ~mask[0, :, 0] if by_key and mask is not None else None

    def _follows_in_browser(self, layer: int) -> bool:
        return self.layers[layer].layer.follows_from_qk or self.hidden_keys(layer) is not None

    def grid_at(self, layer: int) -> PatchGrid:
        """Return the grid of the layer's patches."""
        return self.layers[layer].grid

    def prefix_at(self, layer: int) -> tuple[str, ...]:
        """Return the layer's prefix tokens."""
        return self.model.prefix_tokens[: self.layers[layer].prefix]


def make_recording(
    key: str,
    picture: Picture,
    model: VisionModel,
    across: int,
    on_layer: Callable[[int], None] | None = None,
    features: bool = False,
) -> Recording:
    """Record the model's attention over the picture. The result is not in the cache yet.

    on_layer: called at every attention call. features: True to record features of patches too. The heads' outputs and the
    movement of tokens by blocks are always recorded.
    """
    options: dict[str, Any] = {"on_layer": on_layer, "keep_on": "cpu", "features": features, "blocks": True}
    start = time.perf_counter()
    record, grid = model.record(picture.image, across, **options)
    seconds = time.perf_counter() - start
    return recording_of(key, picture, model, record, grid, seconds=seconds)


def recording_of(
    key: str, picture: Picture, model: VisionModel, record: AttentionRecord, grid: PatchGrid, **more: Any
) -> Recording:
    """Return a pass's record as a recording. Every layer that can be drawn is laid on the picture."""
    return Recording(key, model, picture, record, grid, tuple(layers_on_image(model, record, grid)), **more)
