"""All heads of a model, large, with a chart of their measures and a ranked table. assets/heads_atlas/ draws it."""

from __future__ import annotations

from ui.components.component import component_in

_atlas = component_in("heads_atlas", "regard_heads_atlas", "figures/roles.css", "maps/all_heads.css")


def heads_atlas(explorer: str, *, key: str) -> None:
    """Show the heads of the explorer of that key."""
    _atlas(key=key, data={"key": explorer})
