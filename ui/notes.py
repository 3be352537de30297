"""The sentences under the canvas. The texts are data: assets/texts/."""

from __future__ import annotations

import streamlit as st

from attention_core.web_assets import text
from ui.caches import Recording


def explain(shown: Recording) -> None:
    """What is shown, which model computed it, and what to try."""
    model = shown.model
    st.divider()
    left, right = st.columns(2, gap="large")
    left.markdown(text(f"texts/{model.name}.md"))
    right.markdown(text("texts/your_image.md"))
    credit = f" Photograph: {shown.picture.credit}." if shown.picture.credit else ""
    st.caption(f"Weights: {model.source}. Licence: {model.licence}.{credit}")
