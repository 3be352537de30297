"""Norms of all tokens through the layers, and outliers, linked to the explorer's picture. assets/depth/ draws them."""

from __future__ import annotations

from collections.abc import Sequence

from ui.components.component import component_in

_depth = component_in("depth", "regard_depth", "figures/roles.css", "explorer/explorer.css")


def depth(key: str, unknown: Sequence[str], rolls_without: bool) -> None:
    """Show the component for the explorer of that key.

    unknown: for each layer, why its block is not known, or "". rolls_without: True if a rollout can leave out outliers.
    """
    _depth(key=f"{key}-depth", data={"key": key, "unknown": list(unknown), "rollsWithout": rolls_without})
