"""Every head of the model: its map for the token that asks, and numbers: how far it looks, what it writes, what is like it."""

from __future__ import annotations

from typing import Final

import streamlit as st

from attention_core.export.bundler import text
from ui.components.heads_atlas import heads_atlas
from ui.explorer.state import EXPLORER
from ui.recording import Recording

ATLAS: Final = "heads-atlas"


def show_heads(shown: Recording) -> None:
    """The maps at once; what only Python measures comes with `send_numbers` (ui/explorer/head_numbers.py)."""
    if reason := why_none(shown):
        st.markdown(text(f"texts/{reason}.md"))
        return
    heads_atlas(EXPLORER, key=ATLAS)


def why_none(shown: Recording) -> str:
    """The text that says why there are no heads side by side; "" where there are."""
    if not shown.model.plain:
        return "heads_in_windows"
    if shown.large:
        return "too_many_to_measure"
    return "one_head" if sum(each.layer.num_heads for each in shown.layers) < 2 else ""
