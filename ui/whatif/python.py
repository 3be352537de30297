"""The changes as Python."""

from __future__ import annotations

import streamlit as st

from attention_core.interventions.changes import parse_changes
from attention_core.interventions.python_snippet import python_snippet
from ui.explorer.controls import picture_file
from ui.explorer.sources import Source
from ui.recording import Recording
from ui.whatif.acts import ActsText
from ui.whatif.running import fitted


def show_python(shown: Recording, source: Source, wanted: ActsText) -> None:
    """A script that makes the changes of heads anew and prints what moved."""
    acts = fitted(shown, parse_changes(wanted.edits))
    options = dict(source.options) | ({"checkpoint": "your-weights.safetensors"} if source.checkpoint else {})
    across = max(shown.grid.rows, shown.grid.cols)
    if acts.picture:
        st.caption("Changes of the picture are left out: see attention_core.interventions.picture_changes.")
    st.code(python_snippet(shown.model.name, acts.edits, picture_file(), across, options), language="python", wrap_lines=True)
