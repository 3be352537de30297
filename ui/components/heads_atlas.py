"""All heads of a model, large, with the chart that measures and the table that ranks them; assets/heads_atlas/ draws all."""

from __future__ import annotations

from ui.components.component import component_in

_atlas = component_in("heads_atlas", "regard_heads_atlas", "figures/roles.css", "maps/all_heads.css")


def heads_atlas(explorer: str, *, key: str) -> None:
    """The heads of what the explorer of that key shows."""
    _atlas(key=key, data={"key": explorer})
