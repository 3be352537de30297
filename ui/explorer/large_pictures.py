"""A picture cut so finely that its pass takes a while: what it will cost comes first, and it runs while the page goes on."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, Final

import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from torch import Tensor

from attention_core import PatchGrid, VisionModel
from attention_core.analysis.rollout import Fusion
from attention_core.models.cost import TooLargeError, duration, free_bytes, require_memory, size
from ui import jobs, keeping
from ui.explorer.state import ONLY, Side, apply
from ui.pictures import Picture
from ui.recording import Recording, make_recording

LARGE: Final = "large recording"
ROLLOUT: Final = "large rollout"
WHAT: Final = "The map"
ASK_ABOVE_SECONDS: Final = 5
"""A pass that takes longer starts when it is asked to."""
_RUNNING = threading.Lock()
"""Large passes and rollouts of all sessions run one after the other: two at once might not fit, and would take as long."""


def large_recording(
    key: str,
    picture: Picture,
    model: VisionModel,
    across: int,
    grid: PatchGrid,
    gate: DeltaGenerator,
    side: Side = ONLY,
) -> Recording | None:
    """The recording named by `key`, once it has been made; None before, with its cost or its progress in `gate`."""
    if (kept := keeping.kept_recording(key)) is not None:
        return kept
    place = gate.empty()

    def make(told: Callable[[int], None]) -> Recording:
        return make_recording(key, picture, model, across, lambda layer: told(layer + 1), side.features)

    kind, work = side.key(LARGE), _one_at_a_time(make, model.num_layers)
    job = jobs.current(kind, key)
    cancelled = job is not None and job.cancel.is_set()
    if job is None or cancelled:
        if not _may_start(key, model, picture, grid, place, work, side, ask=cancelled):
            return None
        jobs.start(kind, key, work, WHAT)
        job = jobs.current(kind, key)
    if job is not None and job.result is not None:
        jobs.stop(kind)
        return keeping.keep_recording(job.result)
    with place.container(border=True):
        _wait(kind, key, job, work)
    return None


def large_rollout(shown: Recording, token: int, fusion: Fusion, discard: float, place: DeltaGenerator) -> bool:
    """Whether the rollout of a large recording is there; if not, its progress is in `place`, and it will be."""
    if keeping.kept_rollout(shown, token, fusion, discard) is not None:
        return True

    def make(told: Callable[[int], None]) -> Tensor:
        return shown.record.rollout(token, fusion, discard=discard, on_layer=told)[0].float()

    key = f"{shown.key}/{token}/{fusion}/{discard}"
    work = _one_at_a_time(make, len(shown.layers))
    job = jobs.current(ROLLOUT, key)
    if job is None:
        jobs.start(ROLLOUT, key, work, "The rollout")
        job = jobs.current(ROLLOUT, key)
    if job is not None and job.result is not None:
        jobs.stop(ROLLOUT)
        keeping.keep_rollout(shown, token, fusion, discard, job.result)
        return True
    with place.container(key="waiting"):
        if job is not None and job.cancel.is_set():
            st.button("Compute the rollout", type="primary", on_click=jobs.start, args=(ROLLOUT, key, work, "The rollout"))
        else:
            _wait(ROLLOUT, key, job, work)
    return False


def _wait(kind: str, key: str, job: jobs.Job | None, work: jobs.Work) -> None:
    """The job's progress, or why it failed."""
    if job is None or not job.error:
        jobs.wait(kind, key, _says)
        return
    st.warning(job.error)
    st.button("Try again", on_click=jobs.start, args=(kind, key, work, job.what), key=f"again-{kind}")


def _one_at_a_time(make: Callable[[Callable[[int], None]], Any], steps: int) -> jobs.Work:
    """Work for a job: `make` waits for its turn, and is given what to tell how many of its steps are done."""

    def work(job: jobs.Job) -> Any:
        while not _RUNNING.acquire(timeout=0.2):
            job.check()
        try:
            job.report(0, steps)

            def told(done: int) -> None:
                job.report(done, steps)
                job.check()

            return make(told)
        finally:
            _RUNNING.release()

    return work


def _may_start(
    key: str,
    model: VisionModel,
    picture: Picture,
    grid: PatchGrid,
    place: DeltaGenerator,
    work: jobs.Work,
    side: Side,
    ask: bool,
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
                fits = {"across": error.across}
                st.button(f"Take {error.across} across", on_click=apply, args=(fits, side), key=side.key("take-what-fits"))
            return False
        if estimate.seconds <= ASK_ABOVE_SECONDS and not ask:
            return True
        st.markdown(f"{grid.rows} × {grid.cols} patches take {estimate}; {size(free_bytes(model.device))} are free.")
        start: dict[str, Any] = {"on_click": jobs.start, "args": (side.key(LARGE), key, work, WHAT)}
        st.button("Start", icon=":material/play_arrow:", type="primary", key=side.key("start-large"), **start)
        st.caption("The map stays as it is meanwhile.")
    return False


def _says(job: jobs.Job) -> str:
    """How far it is, in layers."""
    if not job.done:
        return "Starting…" if job.total else "Waiting for another large picture…"
    return f"{job.what}: layer {job.done} of {job.total}, about {duration(job.seconds_left)} left"
