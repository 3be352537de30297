"""Tables of heads and layers by how far they moved. A click on a row shows it. assets/moved/ draws the tables."""

from __future__ import annotations

from ui.components.component import component_in

_moved = component_in("moved", "regard_moved")


def moved_table(key: str) -> None:
    """Show the tables for the comparison of that key. They request their numbers (ui/compare/movement.py)."""
    _moved(key=f"{key}-moved", data={"key": key}, on_renew_change=lambda: None)
