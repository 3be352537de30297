"""Why a weight is what it is, one with the explorer's picture; assets/why/ draws it."""

from __future__ import annotations

from typing import Final

import streamlit as st

from attention_core.export.bundler import bundle, text
from ui.components.component import component
from ui.components.store import keep_head
from ui.components.told import told
from ui.recording import Recording

_STYLES: Final = ("shared/roles.css", "explorer/explorer.css", "why/why.css")
_EXPLICIT: Final = "This layer computes its weights itself and gives away no queries and keys: they cannot be taken apart."

_why = component(
    "regard_why",
    html=text("why/why.html"),
    css="".join(map(text, _STYLES)),
    js=bundle("why/why.js"),
)


def why_weight(shown: Recording, key: str) -> None:
    """The weight between the two tokens that are pinned and pointed at in the explorer of that key.

    The browser asks for a head's queries and keys as they were recorded, when somebody looks at it.
    """
    asked_key, place = f"{key}-why-asked", f"{key}-why"

    def take() -> None:
        if (found := asked_head(told(place, "want"), shown)) is not None:
            st.session_state[asked_key] = (shown.key, *found)

    recording, layer, head, query = st.session_state.get(asked_key, ("", 0, 0, -1))
    with st.container(key=f"unseen-{place}"):
        if recording == shown.key:
            keep_head(shown, layer, head, query, key)
    cannot = {str(at): _EXPLICIT for at, each in enumerate(shown.layers) if each.layer.softmaxed is not None}
    _why(key=place, data={"key": key, "cannot": cannot}, on_want_change=take)


def asked_head(wanted: object, shown: Recording) -> tuple[int, int, int] | None:
    """Layer, head and query (-1 where all have the same bias), where there are such; the browser may send anything."""
    if not isinstance(wanted, dict) or wanted.get("recording") != shown.key:
        return None
    layer, head, query = (wanted.get(name) for name in ("layer", "head", "query"))
    if type(layer) is not int or not 0 <= layer < len(shown.layers):
        return None
    kept = shown.layers[layer].layer
    if type(head) is not int or not 0 <= head < kept.num_heads or kept.softmaxed is not None:
        return None
    return (layer, head, query) if type(query) is int and -1 <= query < kept.num_queries else None
