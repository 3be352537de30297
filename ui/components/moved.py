"""Heads and layers by how far they moved, each a way to it; assets/moved/ draws the tables."""

from __future__ import annotations

from ui.components.component import component_in

_moved = component_in("moved", "regard_moved")


def moved_table(key: str) -> None:
    """The tables of the comparison of that key, which ask for their numbers themselves (ui/compare/movement.py)."""
    _moved(key=f"{key}-moved", data={"key": key}, on_renew_change=lambda: None)
