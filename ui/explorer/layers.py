"""Which layer, and which of its heads: kept in the link as the reader chose them, whatever the model at hand has."""

from __future__ import annotations

from typing import Final

import streamlit as st

from ui.explorer.state import DEFAULTS
from ui.links import link, linked, show, whole

LAYER: Final = "layer"
HEADS: Final = "heads"
COMBINED: Final = {"mean": "Mean", "max": "Max", "one": "One at a time"}
DEEPEST: Final = 999


def choose_layer(num_layers: int) -> int:
    """Of a model that has fewer layers the last stands in for a deeper one, which comes back with the next that has it."""
    wanted = whole(linked(LAYER), 0, DEEPEST)
    key = f"{LAYER}-of-{num_layers}"
    show(key, min(DEFAULTS[LAYER] if wanted is None else wanted, num_layers - 1))
    layer: int = st.slider(
        "Layer", 0, num_layers - 1, key=key, on_change=_link_layer, args=(key,), help="Counted from 0, the first."
    )
    if wanted is not None and wanted >= num_layers:
        st.caption(f"Layer {wanted} was asked for; this model's last is {num_layers - 1}.")
    return layer


def choose_heads(num_heads: int) -> tuple[int, ...]:
    """All of them where none was chosen, or none of those that were chosen is here."""
    if len(repeated := st.query_params.get_all(HEADS)) > 1:
        st.query_params[HEADS] = ",".join(repeated)
    chosen = _linked_heads(num_heads)
    key = f"{HEADS}-of-{num_heads}"
    if key not in st.session_state or st.session_state[key] or chosen:
        show(key, chosen or list(range(num_heads)))
    shown: list[int] = st.pills(
        "Heads", list(range(num_heads)), selection_mode="multi", key=key, on_change=_link_heads, args=(key, num_heads)
    )
    if not shown:
        st.caption("No head is chosen: all are shown.")
    return tuple(sorted(shown)) or tuple(range(num_heads))


def show_head(layer: int, head: int, num_heads: int) -> None:
    """That head of that layer alone; for a callback."""
    _link_number(layer)
    if head not in (_linked_heads(num_heads) or [head]):
        _forget_heads()
    st.query_params["head"] = str(head)
    if st.session_state.get("depth") == "rollout":
        st.session_state["depth"] = "layer"
        st.query_params["combine"] = COMBINED["one"]  # its control is not there yet, and would leave the link as it is
    st.session_state["combine"] = "one"


def _linked_heads(num_heads: int) -> list[int]:
    """Those of the link that there are, in order."""
    return sorted({head for part in linked(HEADS).split(",") if (head := whole(part, 0, num_heads - 1)) is not None})


def forget_layer_and_heads() -> None:
    """Back to the opening layer and all heads; for a callback."""
    link(LAYER, "")
    _forget_heads()


def _forget_heads() -> None:
    link(HEADS, "")
    for key in [key for key in st.session_state if str(key).startswith(f"{HEADS}-of-")]:
        del st.session_state[key]


def _link_layer(key: str) -> None:
    _link_number(st.session_state[key])


def _link_number(layer: int) -> None:
    link(LAYER, "" if layer == DEFAULTS[LAYER] else str(layer))


def _link_heads(key: str, num_heads: int) -> None:
    chosen = st.session_state[key]
    link(HEADS, "" if len(chosen) in (0, num_heads) else ",".join(map(str, sorted(chosen))))
