"""What a page shows: a picture, a model, and what was recorded of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from attention_core import AttentionRecord, PatchGrid, VisionModel
from attention_core.models.cost import LARGE_PATCHES
from attention_core.tokens.feature_map import FeatureKind, FeatureMap
from attention_core.tokens.layer_on_image import LayerOnImage, layers_on_image
from ui.pictures import Picture


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

    def feature_map(self, layer: int, kind: FeatureKind) -> FeatureMap:
        """What the patches of a drawn layer are, where that was recorded. Raises ValueError where it cannot be told."""
        return self.model.feature_map(self.record, self.grid, self.layers[layer].layer.index, kind)

    @property
    def large(self) -> bool:
        """Whether it has more patches than a browser should hold the queries and keys of."""
        return self.grid.num_patches > LARGE_PATCHES

    @property
    def in_browser(self) -> bool:
        """Whether the browser computes rows itself, from q and k; else Python does, for the patch that is clicked."""
        return self.model.plain and not self.large and all(each.layer.follows_from_qk for each in self.layers)

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

    features: whether what patches are is recorded too, and with it the values.
    """
    recorded: dict[str, Any] = {"keep_v": features, "on_layer": on_layer, "keep_on": "cpu", "features": features}
    record, grid = model.record(picture.image, across, **recorded)
    return Recording(key, model, picture, record, grid, tuple(layers_on_image(model, record, grid)))
