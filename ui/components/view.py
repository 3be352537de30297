"""How the canvas shows a recording: its settings, the token that asks, and what files of it are called."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from attention_core.analysis.rollout import Fusion
from attention_core.export.view_settings import ViewSettings
from ui import caches
from ui.recording import Recording


@dataclass(frozen=True)
class Rollout:
    """Attention through all layers, as `AttentionRecord.rollout` takes it."""

    fusion: Fusion = "mean"
    discard: float = 0.0


@dataclass(frozen=True)
class View(ViewSettings):
    """How the canvas shows a recording.

    With `rollout` it shows no layer but all of them, for the pinned patch or the opening one.
    """

    layer: int = 0
    heads: tuple[int, ...] = (0,)
    rollout: Rollout | None = None

    @property
    def shown_heads(self) -> tuple[int, ...]:
        """Those whose weights are on the map."""
        return (self.head,) if self.combine == "one" else self.heads


def asking_token(shown: Recording, view: View) -> int:
    """The number of the token that asks: the prefix token, the pinned patch, or the opening one."""
    if view.query == "prefix":
        return 0
    opening, grid = shown.picture.opening, shown.grid_at(view.layer)
    place = view.pin or (int(opening[0] * grid.rows), int(opening[1] * grid.cols))
    return len(shown.prefix_at(view.layer)) + grid.index(*place)


def rows_of(shown: Recording, view: View) -> np.ndarray:
    """The asking token's weights in the view's layer, as Python computes them, flat (H, tokens)."""
    token = asking_token(shown, view)
    return caches.rows_on_image(shown.key, view.layer, token, view.direction, view.temperature, shown)


def file_stem(shown: Recording, view: View) -> str:
    """What a file of this view is called, but for the query: dinov2-small-layer-10, or with the heads if not all are shown."""
    parts = [shown.model.name]
    if view.rollout is not None:
        parts.append("rollout")
    else:
        heads = view.shown_heads
        some = len(heads) < shown.layers[view.layer].layer.num_heads
        parts += [f"layer-{view.layer}", *(["head" if len(heads) == 1 else "heads", *map(str, heads)] if some else [])]
        parts += ["max"] if view.combine == "max" else []
        parts += ["looked-at-by"] if view.direction == "incoming" else []
    return as_file_name(*parts)


def asking_name(shown: Recording, view: View) -> str:
    """The asking token in a file's name, as the canvas writes it."""
    token, prefix_tokens = asking_token(shown, view), shown.prefix_at(view.layer)
    if token < len(prefix_tokens):
        return prefix_tokens[token].lower()
    row, col = shown.grid_at(view.layer).position(token - len(prefix_tokens))
    return f"patch-row-{row}-column-{col}"


def as_file_name(*parts: str) -> str:
    return re.sub(r"[^\w.-]+", "-", "-".join(parts))
