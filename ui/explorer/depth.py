"""Through the layers: how far attention and the MLP move tokens, which tokens stick out, and what is shown without them."""

from __future__ import annotations

import streamlit as st

from ui.components.depth import depth
from ui.data.depth import why_unknown
from ui.explorer.view_state import EXPLORER
from ui.recording import Recording


def show_depth(shown: Recording) -> None:
    """The component; a sentence where no block is known."""
    unknown = [why_unknown(shown, layer) for layer in range(len(shown.layers))]
    if all(unknown):
        st.markdown(f"How far the layers move tokens cannot be told of this model: {unknown[0]}.")
        return
    with st.container(key="depth"):
        depth(EXPLORER, [why and _sentence(why) for why in unknown], not shown.large)


def _sentence(why: str) -> str:
    return f"How far this layer moves tokens cannot be told: {why}."
