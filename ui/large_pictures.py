"""A picture cut so finely that its pass takes a while: what it will cost comes first, and it runs while the page goes on."""

from __future__ import annotations

import threading
import time
from typing import Final

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from attention_core import PatchGrid, VisionModel
from attention_core.models.estimates import TooLargeError, available_bytes, duration, require_memory, size
from ui import caches, jobs
from ui.caches import Recording
from ui.pictures import Picture
from ui.state import apply

LARGE: Final = "large recording"
WHAT: Final = "The map"
ASK_ABOVE_SECONDS: Final = 5
"""A pass that takes longer starts when it is asked to."""
_RUNNING = threading.Lock()
"""Large passes of all sessions run one after the other: two at once might not fit, and would take as long."""


def large_recording(
    key: str, picture: Picture, model: VisionModel, across: int, grid: PatchGrid, gate: DeltaGenerator
) -> Recording | None:
    """The recording named by `key`, once it has been made; None before, with its cost or its progress in `gate`."""
    if (kept := caches.kept_recording(key)) is not None:
        return kept
    place = gate.empty()

    def work(job: jobs.Job) -> Recording:
        while not _RUNNING.acquire(timeout=0.2):
            job.check()
        try:
            job.started = time.monotonic()
            job.report(0, model.num_layers)
            return caches.make_recording(key, picture, model, across, lambda layer: _step(job, layer + 1, model.num_layers))
        finally:
            _RUNNING.release()

    job = jobs.current(LARGE, key)
    cancelled = job is not None and job.cancel.is_set()
    if job is None or cancelled:
        if not _may_start(key, model, picture, grid, place, work, ask=cancelled):
            return None
        jobs.start(LARGE, key, work, WHAT)
        job = jobs.current(LARGE, key)
    if job is not None and job.result is not None:
        jobs.stop(LARGE)
        return caches.keep_recording(job.result)
    with place.container(border=True):
        if job is not None and job.error:
            st.warning(job.error)
            st.button("Try again", on_click=jobs.start, args=(LARGE, key, work, WHAT))
        else:
            jobs.wait(LARGE, key, _says)
    return None


def _may_start(
    key: str, model: VisionModel, picture: Picture, grid: PatchGrid, place: DeltaGenerator, work: jobs.Work, ask: bool
) -> bool:
    """Whether it fits and is short. Else `place` says what it would cost, with a button that starts it or takes what fits."""
    with place.container(), st.spinner("Estimating time and memory…"):
        estimate = model.estimate(grid)
    with place.container(border=True):
        try:
            require_memory(model, picture.image, grid)
        except TooLargeError as error:
            st.warning(str(error))
            if error.across is not None:
                st.button(f"Take {error.across} across", on_click=apply, args=({"across": error.across},))
            return False
        if estimate.seconds <= ASK_ABOVE_SECONDS and not ask:
            return True
        st.markdown(f"{grid.rows} × {grid.cols} patches take {estimate}; {size(available_bytes())} are free.")
        st.button("Start", icon=":material/play_arrow:", type="primary", on_click=jobs.start, args=(LARGE, key, work, WHAT))
        st.caption("The map stays as it is meanwhile.")
    return False


def _step(job: jobs.Job, done: int, total: int) -> None:
    job.report(done, total)
    job.check()


def _says(job: jobs.Job) -> str:
    """How far a pass is, in layers."""
    if not job.done:
        return "Starting…" if job.total else "Waiting for another large picture…"
    return f"Layer {job.done} of {job.total}, about {duration(job.seconds_left)} left"
