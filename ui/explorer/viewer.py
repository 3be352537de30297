"""A recording on the page: the canvas, the matrix and the parts of a weight."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from attention_core import WeightsError, available_models
from attention_core.export.bundler import text
from ui.caches import Options
from ui.components.matrix_map import matrix_map
from ui.components.why import why_weight
from ui.explorer.loading import record
from ui.explorer.sources import Source
from ui.explorer.state import ONLY, Side
from ui.explorer.view_state import EXPLORER
from ui.pictures import Picture
from ui.recording import Recording
from ui.shared.faults import FaultError, sentence

FALLBACK = "raw-patches"
FALLBACK_OPTIONS: Options = (("patch_size", 16),)
FALLBACK_ACROSS = 37


def record_or_fall_back(
    picture: Picture,
    source: Source,
    place: DeltaGenerator,
    status: DeltaGenerator,
    gate: DeltaGenerator,
    side: Side = ONLY,
) -> Recording:
    """Return the recording to show. During the first pass, `place` shows the picture; later the canvas stands there.

    gate: the place where a picture with very many patches waits for a click. If the weights are missing or the pass fails, one
    sentence says so and the page shows raw patches.
    """
    waiting = place.empty()  # in every run, so that the canvas below keeps its place and is not mounted again
    if side.key("seen") not in st.session_state:
        waiting.image(picture.image, width="stretch")
    with status:
        try:
            shown = record(picture, source, gate, side)
        except (WeightsError, ValueError, FaultError) as error:
            place.warning(f"{sentence(error)} Until then this page shows raw patches.")
            raw = next(info for info in available_models() if info.name == FALLBACK)
            shown = record(picture, Source(raw, FALLBACK_OPTIONS, FALLBACK_ACROSS), gate, side)
    waiting.empty()
    st.session_state[side.key("seen")] = True
    # The cache may hold another reader's recording of the same picture under another name.
    return replace(shown, picture=picture) if shown.picture.digest == picture.digest else shown


def show_matrix(shown: Recording) -> None:
    """Show the matrix of the current layer's weights, or why a large picture or a model with windows has none."""
    if (which := _why_no_matrix(shown)) != "":
        st.markdown(text(f"texts/{which}.md"))
        return
    matrix_map(EXPLORER)


def show_why(shown: Recording) -> None:
    """Show the parts of the weight at the pointer, or why they are not shown for large pictures and for windows."""
    if (which := _why_no_matrix(shown)) != "":
        st.markdown(text(f"texts/why_not_{which}.md"))
        return
    with st.container(key="why"):
        why_weight(shown, EXPLORER)


def _why_no_matrix(shown: Recording) -> str:
    if not shown.model.plain:
        return "windows"
    return "large" if shown.large else ""
