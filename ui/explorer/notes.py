"""The tab "How to read it". Its texts are files in assets/texts/."""

from __future__ import annotations

from typing import Final

import streamlit as st

from attention_core.export.bundler import ASSETS, text
from attention_core.export.map_methods import MAP_METHODS
from attention_core.tokens.layer_on_image import WHY_NOT, layers_left_out
from ui.data.view import can_roll_out
from ui.recording import Recording

MOST_NAMED: Final = 3


def explain(shown: Recording) -> None:
    """Show how to read the map, what the model is, and who made the photograph."""
    model = shown.model
    left, right = st.columns(2, gap="large")
    own = f"texts/{model.name}.md"
    left.markdown(text(own if (ASSETS / own).is_file() else "texts/hub_model.md"))
    for note in model.notes:
        left.markdown(f"- {note}")
    if model.plain and not shown.large and not shown.in_browser:
        left.markdown("- The model adds a bias to its scores. The browser does not know this bias.")
    for why, paths in layers_left_out(model, shown.record, shown.grid, shown.layers).items():
        left.markdown(
            f"- Not drawn: {len(paths)} of {len(shown.record.layers)} layers, which {WHY_NOT[why]} ({_named(paths)})."
        )
    right.markdown(text("texts/your_image.md") + text(f"texts/{'in_browser' if shown.in_browser else 'on_server'}.md"))
    if can_roll_out(shown):
        methods = (f"texts/{name}.md" for name in MAP_METHODS)
        right.markdown(text("texts/your_image_rollout.md") + "".join(text(own) for own in methods if (ASSETS / own).is_file()))
    credit = f" Photograph: {shown.picture.credit}." if shown.picture.credit else ""
    st.caption(f"Runs on {model.placement}. Weights: {model.source}. Licence: {model.licence}.{credit}")


def _named(paths: list[str]) -> str:
    """Return the first few paths as code in Markdown."""
    named = ", ".join(f"`{path}`" for path in paths[:MOST_NAMED])
    return named if len(paths) <= MOST_NAMED else f"{named}, …"
