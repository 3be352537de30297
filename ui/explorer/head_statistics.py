"""The tab "All heads": each head's map for the query token, and its numbers."""

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
    """Show all heads. The browser draws the maps, and requests the numbers that only Python measures (ui/data/heads.py)."""
    if reason := why_none(shown):
        st.markdown(text(f"texts/{reason}.md"))
        return
    heads_atlas(EXPLORER, key=ATLAS)
