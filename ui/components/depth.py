"""How far each layer moves each token, and whose norm sticks out, one with the explorer's picture; assets/depth/ draws it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import streamlit as st

from attention_core.export.bundler import bundle, text
from ui.components.component import component
from ui.components.told import told
from ui.recording import Recording

_STYLES: Final = ("shared/roles.css", "explorer/explorer.css", "depth/depth.css")

_depth = component(
    "regard_depth",
    html=text("depth/depth.html"),
    css="".join(map(text, _STYLES)),
    js=bundle("depth/depth.js"),
)


def depth(shown: Recording, key: str, unknown: Sequence[str], rolled: dict[str, Any] | None) -> bool:
    """The component, with the explorer of that key; whether the browser asks for the numbers, which `keep_moves` sends.

    unknown: by layer why its block is not known, "" where it is. rolled: the id of the rollout without some patches, and these.
    """
    place, asked_key = f"{key}-depth", f"{key}-depth-asked"

    def take() -> None:
        wanted = told(place, "want")
        if isinstance(wanted, dict) and wanted.get("recording") == shown.key:
            st.session_state[asked_key] = shown.key

    _depth(key=place, data={"key": key, "unknown": list(unknown), "rolled": rolled}, on_want_change=take)
    return bool(st.session_state.get(asked_key) == shown.key)
