"""What a page shows: a picture, a model, and what was recorded of it."""

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
"""Ends the key of a large recording with features, which smaller ones always have. Its layers are those of the one without."""


@dataclass(frozen=True)
class Recipe:
    """How the server finds a recording, or makes it again as work of its own (ui/shared/work.py).

    name, what: of the work. make: does it; `made` takes the recording out of its result. says: how far the work is. options:
    what `load_model` takes besides the model's name.
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
    """One model's attention over one picture. `key` names the pair, with all settings that matter."""

    key: str
    model: VisionModel
    picture: Picture
    record: AttentionRecord
    grid: PatchGrid
    layers: tuple[LayerOnImage, ...]
    """Those that can be drawn, in the order of their calls."""
    layer_keys: tuple[str, ...] = ()
    """The names of the drawn layers, if they differ from the key. A layer that two recordings share has one name."""
    seconds: float = 0.0
    """That the pass took."""
    again: Callable[[], Recording] | None = field(default=None, compare=False, repr=False)
    """Finds or makes the recording of an outline, for the page's script."""
    recipe: Recipe | None = field(default=None, compare=False, repr=False)

    @property
    def whole(self) -> Recording:
        """With its numbers, whatever that takes."""
        return self if self.again is None else self.again()

    def outline(self, again: Callable[[], Recording], recipe: Recipe) -> Recording:
        """All that pages ask of a recording in every run, in some kilobytes: its tensors have shapes and no numbers."""
        known: dict[int, Any] = {id(self.model): self.model, id(self.picture): self.picture}
        known |= {id(each): torch.empty_like(each, device="meta") for each in tensors_in(self)}
        return replace(copy.deepcopy(self, known), again=again, recipe=recipe)

    def layer_key(self, layer: int) -> str:
        """Return the name of a drawn layer. A layer that two recordings share has one name."""
        return self.layer_keys[layer] if self.layer_keys else self.key.removesuffix(WITH_FEATURES)

    def feature_map(self, layer: int, kind: FeatureKind) -> FeatureMap:
        """What the patches of a drawn layer are, where that was recorded. Raises ValueError where it cannot be told."""
        whole = self.whole
        return self.model.feature_map(whole.record, self.grid, whole.layers[layer].layer.index, kind)

    @property
    def contributes(self) -> bool:
        """Whether it is known of any drawn layer what its heads write into the stream."""
        return any(block.projection is not None for block in self._blocks)

    @property
    def contributes_to_stream(self) -> bool:
        """Whether what heads write can be held, in every drawn layer, against the stream that it is added to."""
        found = [block for block in self._blocks if block.moves is not None and block.projection is not None]
        return len(found) == len(self.layers) and not any(block.projection and block.projection.norm_after for block in found)

    @property
    def _blocks(self) -> list[BlockRecord]:
        """Of the drawn layers, where they were recorded."""
        calls = [each.layer.index for each in self.layers]
        return [self.record.blocks[call] for call in calls if call in self.record.blocks]

    @property
    def large(self) -> bool:
        """Whether it has more patches than a browser should hold the queries and keys of."""
        return self.grid.num_patches > LARGE_PATCHES

    @property
    def in_browser(self) -> bool:
        """Whether the browser computes rows itself, from q and k; else Python does, for the patch that is clicked."""
        return self.model.plain and not self.large and all(map(self._follows_in_browser, range(len(self.layers))))

    def scores_at(self, layer: int) -> LayerRecord:
        """A drawn layer's queries and keys, without the mask of `hidden_keys`."""
        kept = self.layers[layer].layer
        return kept if self.hidden_keys(layer) is None else replace(kept, mask=None, _logsumexp=None)

    def hidden_keys(self, layer: int) -> Tensor | None:
        """(H, N): the keys that no query of a head attends to, where an edit has hidden some; None where all are seen."""
        mask = self.layers[layer].layer.mask
        by_key = mask is not None and mask.dtype == torch.bool and mask.shape[:1] + mask.shape[2:3] == (1, 1)
        return ~mask[0, :, 0] if by_key and mask is not None else None

    def _follows_in_browser(self, layer: int) -> bool:
        return self.layers[layer].layer.follows_from_qk or self.hidden_keys(layer) is not None

    def grid_at(self, layer: int) -> PatchGrid:
        """On which the layer's patches lie."""
        return self.layers[layer].grid

    def prefix_at(self, layer: int) -> tuple[str, ...]:
        """The layer's prefix tokens."""
        return self.model.prefix_tokens[: self.layers[layer].prefix]


def make_recording(
    key: str,
    picture: Picture,
    model: VisionModel,
    across: int,
    on_layer: Callable[[int], None] | None = None,
    features: bool = False,
) -> Recording:
    """The model's attention over the picture, not kept yet; on_layer is told of every attention call.

    features: whether what patches are is recorded too. What heads write and how far blocks move tokens always is.
    """
    recorded: dict[str, Any] = {"on_layer": on_layer, "keep_on": "cpu", "features": features, "blocks": True}
    begun = time.perf_counter()
    record, grid = model.record(picture.image, across, **recorded)
    seconds = time.perf_counter() - begun
    return recording_of(key, picture, model, record, grid, seconds=seconds)


def recording_of(
    key: str, picture: Picture, model: VisionModel, record: AttentionRecord, grid: PatchGrid, **more: Any
) -> Recording:
    """Return what a pass recorded, with every layer that can be drawn laid on the picture."""
    return Recording(key, model, picture, record, grid, tuple(layers_on_image(model, record, grid)), **more)
