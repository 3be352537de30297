"""A recording on the page: the canvas in its place, and the matrix beside it."""

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
    """The recording to show. While the first one is made the picture itself stands in `place`, where the canvas follows.

    `gate` is where a picture of very many patches waits to be asked for. Where the weights cannot be had or the pass fails, one
    sentence says so and the raw patches are shown.
    """
    waiting = place.empty()  # made on every run, so that the canvas below it keeps its place and is not mounted anew
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
    # What is kept may be somebody's recording of the same picture under another name.
    return replace(shown, picture=picture) if shown.picture.digest == picture.digest else shown


def show_matrix(shown: Recording) -> None:
    """The matrix of weights of the layer that is shown; a sentence on why there is none of large pictures and of windows."""
    if (which := _why_no_matrix(shown)) != "":
        st.markdown(text(f"texts/{which}.md"))
        return
    matrix_map(EXPLORER)


def show_why(shown: Recording) -> None:
    """Why the pair that is pointed at has its weight; a sentence on why that is not said of large pictures and of windows."""
    if (which := _why_no_matrix(shown)) != "":
        st.markdown(text(f"texts/why_not_{which}.md"))
        return
    with st.container(key="why"):
        why_weight(shown, EXPLORER)


def _why_no_matrix(shown: Recording) -> str:
    if not shown.model.plain:
        return "windows"
    return "large" if shown.large else ""
