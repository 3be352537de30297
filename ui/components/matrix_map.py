"""The matrix of a layer's weights, linked to the explorer's picture. assets/matrix_map/ draws it."""

from __future__ import annotations

from typing import Final

from ui.components.component import component_in

_matrix = component_in("matrix_map", "regard_matrix_map", "figures/roles.css", "explorer/explorer.css")


_ROLLED_OUT: Final = "A map through all layers has no matrix. Choose one layer below the picture to see its matrix."


def matrix_map(key: str) -> None:
    """Show the matrix of the current layer of the explorer of that key."""
    _matrix(key=f"{key}-matrix", data={"key": key, "rolledOut": _ROLLED_OUT})
