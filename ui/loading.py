"""The slow steps, with a status while they last and a way out where they fail."""

from __future__ import annotations

import time
from collections.abc import Callable

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from attention_core import WeightsError
from attention_core.models import ModelInfo
from ui import caches
from ui.caches import Options, Recording
from ui.pictures import Picture

RETRY_SECONDS = 60
PATIENCE_SECONDS = 0.6
_FAILED = "weights_failed"


def record(picture: Picture, info: ModelInfo, options: Options, across: int) -> Recording:
    """The model's attention over the picture. Raises WeightsError; asks for missing weights once in RETRY_SECONDS."""
    if info.trained and (problem := _recent_problem()):
        raise WeightsError(problem)
    try:
        with st.spinner(f"Loading {info.title}…", show_time=True):
            model = caches.hub_model(info.name) or caches.model(info.name, options)
    except WeightsError as error:
        st.session_state[_FAILED] = (time.monotonic(), str(error))
        raise
    grid = model.grid_for(picture.image, across)
    says = f"{info.title} looks at {grid.rows} × {grid.cols} patches"
    key = caches.recording_key(picture, info.name, options, across)
    layers = len(getattr(model.module, "blocks", ()))
    if not layers:
        with st.spinner(f"{says}…", show_time=True):
            return caches.recording(key, picture, model, across)
    place = st.empty()
    try:
        return caches.recording(key, picture, model, across, _progress(place, says, layers))
    finally:
        place.empty()


def _progress(place: DeltaGenerator, says: str, layers: int) -> Callable[[int], None]:
    """A bar for a pass that takes longer than a moment.

    Whoever changes a control meanwhile stops the pass at its next layer: Streamlit ends a run where it writes to the page.
    """
    started = time.monotonic()

    def told(layer: int) -> None:
        if time.monotonic() - started > PATIENCE_SECONDS:
            place.progress(min(1.0, (layer + 1) / layers), f"{says}: layer {layer + 1} of {layers}")

    return told


def _recent_problem() -> str | None:
    when, problem = st.session_state.get(_FAILED, (-RETRY_SECONDS, None))
    return problem if time.monotonic() - when < RETRY_SECONDS else None
