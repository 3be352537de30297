"""The tab "Depth and outliers": how far attention and the MLP move tokens, and which tokens have an outlying norm."""

from __future__ import annotations

import streamlit as st

from ui.components.depth import depth
from ui.data.depth import why_unknown
from ui.explorer.view_state import EXPLORER
from ui.recording import Recording


def show_depth(shown: Recording) -> None:
    """Show the component, or a sentence if no block of the model is known."""
    unknown = [why_unknown(shown, layer) for layer in range(len(shown.layers))]
    if all(unknown):
        st.markdown(f"Regard cannot measure how far the layers of this model move tokens: {unknown[0]}.")
        return
    with st.container(key="depth"):
        depth(EXPLORER, [why and _sentence(why) for why in unknown], not shown.large)


def _sentence(why: str) -> str:
    return f"Regard cannot measure how far this layer moves tokens: {why}."
