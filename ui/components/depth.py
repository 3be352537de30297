"""How far each layer moves each token, and whose norm sticks out, one with the explorer's picture; assets/depth/ draws it."""

from __future__ import annotations

from collections.abc import Sequence

from ui.components.component import component_in

_depth = component_in("depth", "regard_depth", "figures/roles.css", "explorer/explorer.css")


def depth(key: str, unknown: Sequence[str], rolls_without: bool) -> None:
    """The component, with the explorer of that key.

    unknown: by layer why its block is not known, "" where it is. rolls_without: whether a rollout can be made without outliers.
    """
    _depth(key=f"{key}-depth", data={"key": key, "unknown": list(unknown), "rollsWithout": rolls_without})
