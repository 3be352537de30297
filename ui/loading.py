"""The slow steps, with a status while they last and a way out where they fail."""

from __future__ import annotations

import time

import streamlit as st

from attention_core import WeightsError
from attention_core.models import ModelInfo
from ui import caches
from ui.caches import Options, Recording
from ui.pictures import Picture

RETRY_SECONDS = 60
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
    with st.spinner(f"{info.title} looks at {grid.rows} × {grid.cols} patches…", show_time=True):
        return caches.recording(caches.recording_key(picture, info.name, options, across), picture, model, across)


def _recent_problem() -> str | None:
    when, problem = st.session_state.get(_FAILED, (-RETRY_SECONDS, None))
    return problem if time.monotonic() - when < RETRY_SECONDS else None
