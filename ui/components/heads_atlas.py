"""All heads of a model, large, with the chart that measures and the table that ranks them; assets/heads_atlas/ draws all."""

from __future__ import annotations

from attention_core.export.bundler import bundle, text
from ui.components.component import component

_atlas = component(
    "regard_heads_atlas",
    html=text("heads_atlas/heads_atlas.html"),
    css=text("figures/roles.css") + text("maps/all_heads.css") + text("heads_atlas/heads_atlas.css"),
    js=bundle("heads_atlas/heads_atlas.js"),
)


def heads_atlas(explorer: str, *, key: str) -> None:
    """The heads of what the explorer of that key shows."""
    _atlas(key=key, data={"key": explorer})
