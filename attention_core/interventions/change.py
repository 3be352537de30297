"""How far an edit moved what a model makes of a picture."""

from __future__ import annotations

from dataclasses import dataclass, replace

import torch
import torch.nn.functional as F
from torch import Tensor

from attention_core.images.patch_grid import PatchGrid, cell_of_token
from attention_core.interventions.classes import Target, class_names, target_of, top_of
from attention_core.interventions.outcome import Outcome, map_of
from attention_core.models import VisionModel
from attention_core.tokens.feature_map import FeatureMap


@dataclass(frozen=True, eq=False)
class Change:
    """How far an edit moved the features; a distance is 1 − the cosine of before and after, 0 for what stays.

    cls: of CLS, None where there is none. patches (rows · cols,): of each patch of `grid`, in the last layer on the image.
    by_layer (L, rows · cols): after each layer's block; NaN for layers whose features have no known place. A patch has the
    distance of its cell where a layer's grid is coarser. target: of the class that was asked for. top_before, top_after: the
    most probable classes, empty without a classifier.
    """

    grid: PatchGrid
    cls: float | None
    patches: Tensor
    by_layer: Tensor
    target: Target | None = None
    top_before: tuple[tuple[str, float], ...] = ()
    top_after: tuple[tuple[str, float], ...] = ()

    @property
    def mean(self) -> float:
        """Over all patches."""
        return float(self.patches.mean())


def change(model: VisionModel, before: Outcome, after: Outcome, target: int | None = None) -> Change:
    """How far `after` is from `before`, two passes of the model on one grid.

    target: the number of a class; None takes the most probable one before. Raises ValueError where the grids differ, or where
    there is no such class.
    """
    if before.grid != after.grid or before.last.prefix.shape != after.last.prefix.shape:
        raise ValueError(f"expected two passes on one grid of patches, received {before.grid} and {after.grid}")
    grid = before.grid
    both = before.cls(model), after.cls(model)
    cls = None if both[0] is None or both[1] is None else float(distance(both[0], both[1]))
    by_layer = torch.stack([_moved(model, before, after, layer.index) for layer in before.record.layers])
    moved = Change(grid, cls, _on(grid, before.last, after.last), by_layer)
    if before.logits is None or after.logits is None or (names := class_names(model)) is None:
        return moved
    return replace(
        moved,
        target=target_of(names, before.logits, after.logits, target),
        top_before=top_of(names, before.logits),
        top_after=top_of(names, after.logits),
    )


def distance(before: Tensor, after: Tensor) -> Tensor:
    """1 − the cosine along the last axis; exactly 0 where both are the same.

    It is half the square of what lies between the two at length 1, which loses no digits where they are close.
    """
    return (F.normalize(before, dim=-1) - F.normalize(after, dim=-1)).square().sum(-1) / 2


def _moved(model: VisionModel, before: Outcome, after: Outcome, layer: int) -> Tensor:
    """(rows · cols,) of one layer; 0 where both have the same features, as before an edit."""
    features = [each.record.features.get(layer) for each in (before, after)]
    if features[0] is not None and features[0] is features[1]:
        return torch.zeros(before.grid.num_patches)
    maps = [map_of(model, each.record, each.grid, layer) for each in (before, after)]
    if maps[0] is None or maps[1] is None:
        return torch.full((before.grid.num_patches,), torch.nan)
    return _on(before.grid, maps[0], maps[1])


def _on(grid: PatchGrid, before: FeatureMap, after: FeatureMap) -> Tensor:
    """Of each patch of the grid how far the cell that it lies in was moved, float32."""
    moved = distance(before.patches, after.patches).float()
    if before.grid == grid:
        return moved
    factor = max(1, before.grid.patch_size // grid.patch_size)
    return moved[cell_of_token(grid, before.grid, factor, 0, moved.device)]
