"""Heads and layers by how far they moved, each a way to it; assets/moved/ draws the tables."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from attention_core.export.bundler import bundle, text
from ui.components.component import component
from ui.components.told import told

_moved = component(
    "regard_moved",
    html='<div class="regard-moved"></div>',
    css=text("moved/moved.css"),
    js=bundle("moved/moved.js"),
)


def moved_table(layers: Sequence[dict[str, Any]], key: str, on_chosen: Callable[[Any], None]) -> None:
    """layers: of each its number, name, the bits of its heads, and how alike its features are (0–1, or None).

    on_chosen is told {"layer", "head"} of what was clicked; the head is None for a layer.
    """
    _moved(key=key, data={"layers": list(layers)}, on_chosen_change=lambda: on_chosen(told(key, "chosen")))
