"""Pictures of many patches, whose pass takes long: the page first shows the cost, and then runs the pass in the background."""

from __future__ import annotations

from typing import Any, Final

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from attention_core import PatchGrid, VisionModel
from attention_core.models.cost import TooLargeError, require_memory, size
from attention_core.models.free_memory import free_bytes
from ui import jobs
from ui.explorer.state import ONLY, Side, apply
from ui.pictures import Picture
from ui.recording import Recipe, Recording

LARGE: Final = "large recording"
WHAT: Final = "The map"
ASK_ABOVE_SECONDS: Final = 5
"""A pass that takes longer starts only after a click."""
_SAYS: Final = jobs.steps(f"{WHAT}: layer")


def large_recording(
    recipe: Recipe, picture: Picture, model: VisionModel, grid: PatchGrid, gate: DeltaGenerator, side: Side = ONLY
) -> Recording | None:
    """Return the recipe's recording if it exists. Else return None and show the cost or the progress in `gate`."""
    if (kept := recipe.find()) is not None:
        return kept
    kind, key, place = side.key(LARGE), recipe.name, gate.empty()
    job = jobs.current(kind, key)
    if job is None or job.cancelled:
        asks = job is not None
        if not _may_start(key, model, picture, grid, place, recipe.make, side, ask=asks):
            return None
        jobs.start(kind, key, recipe.make, WHAT)
        job = jobs.current(kind, key)
    if job is not None and job.result is not None:
        jobs.stop(kind)
        made: Recording = job.result
        return made
    with place.container(border=True):
        _wait(kind, key, job, recipe.make, _SAYS)
    return None


def _wait(kind: str, key: str, job: jobs.Job | None, make: jobs.Do, says: jobs.Says) -> None:
    """Show the job's progress, or its error with a button to try again."""
    if job is None or not job.error:
        jobs.wait(kind, key, says)
        return
    st.warning(job.error)
    st.button("Try again", on_click=jobs.start, args=(kind, key, make, job.work.what), key=f"again-{kind}")


def _may_start(
    key: str,
    model: VisionModel,
    picture: Picture,
    grid: PatchGrid,
    place: DeltaGenerator,
    make: jobs.Do,
    side: Side,
    ask: bool,
) -> bool:
    """True if the pass fits into memory and is short. Else `place` shows its cost and a button to start or shrink it."""
    if not model.is_measured:
        says = "Estimating time and memory…"
        jobs.made(f"cost {id(model)}", WHAT, lambda _: model.cost, lambda _: says, place.empty())
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
        st.markdown(f"{grid.rows} × {grid.cols} patches take {estimate}. {size(free_bytes(model.device))} are free.")
        start: dict[str, Any] = {"on_click": jobs.start, "args": (side.key(LARGE), key, make, WHAT)}
        st.button("Start", icon=":material/play_arrow:", type="primary", key=side.key("start-large"), **start)
        st.caption("Until then, the current map stays.")
    return False
