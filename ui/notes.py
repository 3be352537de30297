"""The sentences under the canvas. The texts are data: assets/texts/."""

from __future__ import annotations

import streamlit as st

from attention_core.web_assets import ASSETS, text
from ui.caches import Recording

IN_BROWSER = "- The browser computes these numbers from $q$ and $k$ in 32-bit floats, the moment you point."
ON_SERVER = "- The server computes these numbers from $q$ and $k$ in 32-bit floats, for the patch you click."


def explain(shown: Recording) -> None:
    """What is shown, which model computed it, and what to try."""
    model = shown.model
    st.divider()
    left, right = st.columns(2, gap="large")
    own = f"texts/{model.name}.md"
    left.markdown(text(own if (ASSETS / own).is_file() else "texts/hub_model.md"))
    for note in model.notes:
        left.markdown(f"- {note}")
    right.markdown(text("texts/your_image.md") + (IN_BROWSER if shown.in_browser else ON_SERVER))
    credit = f" Photograph: {shown.picture.credit}." if shown.picture.credit else ""
    st.caption(f"Weights: {model.source}. Licence: {model.licence}.{credit}")
