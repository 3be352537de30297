"""Every head of the model: its map for the token that asks, and numbers: how far it looks, what it writes, what is like it."""

from __future__ import annotations

from typing import Final

import streamlit as st

from attention_core.export.bundler import text
from ui.components.heads_atlas import heads_atlas
from ui.data.heads import why_none
from ui.explorer.view_state import EXPLORER
from ui.recording import Recording

ATLAS: Final = "heads-atlas"


def show_heads(shown: Recording) -> None:
    """The maps at once; what only Python measures comes as the browser asks for it (ui/data/heads.py)."""
    if reason := why_none(shown):
        st.markdown(text(f"texts/{reason}.md"))
        return
    heads_atlas(EXPLORER, key=ATLAS)
