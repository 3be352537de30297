"""The matrix of a layer's weights, one with the explorer's picture; assets/matrix_map/ draws it."""

from __future__ import annotations

from typing import Final

import streamlit as st

from attention_core.export.bundler import bundle, text
from ui.components.component import component
from ui.components.store import keep_matrix
from ui.components.told import told
from ui.recording import Recording

TEMPERATURES: Final = (0.1, 4.0)
"""That readers can choose (ui/explorer/view_state.py)."""
_STYLES: Final = ("shared/roles.css", "explorer/explorer.css", "matrix_map/matrix_map.css")

_matrix = component(
    "regard_matrix_map",
    html=text("matrix_map/matrix_map.html"),
    css="".join(map(text, _STYLES)),
    js=bundle("matrix_map/matrix_map.js"),
)


def matrix_map(shown: Recording, key: str) -> None:
    """The matrix of the layer that the explorer of that key shows.

    The browser asks for it when the reader comes to it, so that nobody waits for a matrix that is not looked at.
    """
    asked_key, place = f"{key}-matrix-asked", f"{key}-matrix"

    def take() -> None:
        if (found := asked_matrix(told(place, "want"), shown)) is not None:
            st.session_state[asked_key] = (shown.key, *found)

    recording, layer, temperature = st.session_state.get(asked_key, ("", 0, 1.0))
    with st.container(key=f"unseen-{place}"):
        if recording == shown.key:
            keep_matrix(shown, layer, temperature, key)
    _matrix(key=place, data={"key": key}, on_want_change=take)


def asked_matrix(wanted: object, shown: Recording) -> tuple[int, float] | None:
    """Layer and temperature, where the browser asks for a matrix that there is; it may send anything."""
    if not isinstance(wanted, dict) or wanted.get("recording") != shown.key:
        return None
    layer, temperature = wanted.get("layer"), wanted.get("temperature")
    if type(layer) is not int or not 0 <= layer < len(shown.layers):
        return None
    if not isinstance(temperature, int | float) or not TEMPERATURES[0] <= temperature <= TEMPERATURES[1]:
        return None
    return layer, temperature
