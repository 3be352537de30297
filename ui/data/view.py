"""What of a recording is shown: the settings as far as it has them, the token that asks, and what files of it are called."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace
from typing import Any

from attention_core import PatchGrid
from attention_core.export.map_methods import MAP_METHODS
from attention_core.export.view_settings import ViewSettings
from ui.recording import Recording


@dataclass(frozen=True)
class Through:
    """A map through all layers, as `AttentionRecord.through_layers` takes it: the method, and its settings in order."""

    method: str
    settings: tuple[tuple[str, Any], ...]


def fitted(wanted: ViewSettings, shown: Recording) -> ViewSettings:
    """The settings as far as the model has something to show for them, as assets/view/settings.js has it too."""
    layer = min(wanted.layer, len(shown.layers) - 1)
    num_heads = shown.layers[layer].layer.num_heads
    heads = tuple(head for head in wanted.heads or () if head < num_heads)
    depth = wanted.depth if can_roll_out(shown) else "layer"
    inside = wanted.pin is not None and wanted.pin[0] < shown.grid.rows and wanted.pin[1] < shown.grid.cols
    return replace(
        wanted,
        depth=depth,
        layer=layer,
        heads=heads if 0 < len(heads) < num_heads else None,
        query=wanted.query if shown.prefix_at(layer) else "patch",
        direction=wanted.direction if depth == "layer" else "outgoing",
        pin=wanted.pin if inside else None,
    )


def can_roll_out(shown: Recording) -> bool:
    return len(shown.layers) > 1 and shown.model.plain


def through_of(view: ViewSettings) -> Through | None:
    """Return the map through all layers that is shown; None if one layer is."""
    if view.depth == "layer":
        return None
    return Through(view.depth, tuple((name, getattr(view, name)) for name in settings_of(view.depth)))


def settings_of(method: str) -> tuple[str, ...]:
    """Return the settings of a method that a reader can choose."""
    return tuple(name for name in MAP_METHODS[method].settings if hasattr(ViewSettings, name))


def shown_heads(shown: Recording, view: ViewSettings) -> tuple[int, ...]:
    """Those whose weights are on the map."""
    return view.heads or tuple(range(shown.layers[view.layer].layer.num_heads))


def moved(place: tuple[int, int], before: PatchGrid, after: PatchGrid) -> tuple[int, int]:
    """The patch of one grid that holds the middle of a patch of another."""
    row = math.floor((place[0] + 0.5) * after.rows / before.rows)
    return row, math.floor((place[1] + 0.5) * after.cols / before.cols)


def asking_token(shown: Recording, view: ViewSettings) -> int:
    """The number of the token that asks: the prefix token, the pinned patch, or the opening one."""
    if view.query == "prefix":
        return 0
    grid = shown.grid_at(view.layer) if view.depth == "layer" else shown.grid
    place = moved(view.pin or opening_patch(shown), shown.grid, grid)
    return len(shown.prefix_at(view.layer)) + grid.index(*place)


def opening_patch(shown: Recording) -> tuple[int, int]:
    """The patch that asks before any other does."""
    down, right = shown.picture.opening
    return int(down * shown.grid.rows), int(right * shown.grid.cols)


def file_stem(shown: Recording, view: ViewSettings) -> str:
    """What a file of this view is called: dinov2-small-layer-10-patch-row-8-column-15, with the heads if not all are shown."""
    parts = [shown.model.name]
    if view.depth != "layer":
        parts.append(view.depth)
    else:
        heads = view.heads or ()
        parts += [f"layer-{view.layer}", *(["head" if len(heads) == 1 else "heads", *map(str, heads)] if heads else [])]
        parts += ["max"] if view.combine == "max" else []
        parts += ["looked-at-by"] if view.direction == "incoming" else []
    return as_file_name(*parts, asking_name(shown, view))


def asking_name(shown: Recording, view: ViewSettings) -> str:
    """The asking token in a file's name."""
    token, prefix_tokens = asking_token(shown, view), shown.prefix_at(view.layer)
    if token < len(prefix_tokens):
        return prefix_tokens[token].lower()
    grid = shown.grid_at(view.layer) if view.depth == "layer" else shown.grid
    row, col = grid.position(token - len(prefix_tokens))
    return f"patch-row-{row}-column-{col}"


def as_file_name(*parts: str) -> str:
    return re.sub(r"[^\w.-]+", "-", "-".join(parts))
