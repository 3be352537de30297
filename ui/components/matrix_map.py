"""The matrix of a layer's weights, one with the explorer's picture; assets/matrix_map/ draws it."""

from __future__ import annotations

from typing import Final

from attention_core.export.bundler import bundle, text
from ui.components.component import component

_STYLES: Final = ("figures/roles.css", "explorer/explorer.css", "matrix_map/matrix_map.css")

_matrix = component(
    "regard_matrix_map",
    html=text("matrix_map/matrix_map.html"),
    css="".join(map(text, _STYLES)),
    js=bundle("matrix_map/matrix_map.js"),
)


_ROLLED_OUT: Final = "A map through all layers has no matrix. Choose one layer below the picture to see its matrix."


def matrix_map(key: str) -> None:
    """The matrix of the layer that the explorer of that key shows."""
    _matrix(key=f"{key}-matrix", data={"key": key, "rolledOut": _ROLLED_OUT})
