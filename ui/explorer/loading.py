"""The slow steps, with a status while they last and a way out where they fail."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, Final

import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from torch import Tensor

from attention_core import VisionModel, WeightsError
from attention_core.analysis.rollout import Fusion
from attention_core.models.cost import LARGE_PATCHES, duration
from ui import caches, jobs, keeping
from ui.explorer.large_pictures import LARGE, large_recording
from ui.explorer.sources import Source
from ui.explorer.state import ONLY, Side
from ui.pictures import Picture
from ui.recording import Recording, make_recording

RETRY_SECONDS: Final = 60
PATIENCE_SECONDS: Final = 0.6
_FAILED: Final = "weights_failed"
LAST_RECORDING: Final = "last_recording"


def record(picture: Picture, source: Source, gate: DeltaGenerator, side: Side = ONLY) -> Recording:
    """The model's attention over the picture. Raises WeightsError; asks for missing weights once in RETRY_SECONDS.

    Until a large picture is asked for in `gate`, and has run, it is that of the size before.
    """
    model = _model(source)
    grid = model.grid_for(picture.image, source.across)
    side.on_grid(grid)
    if grid.num_patches > LARGE_PATCHES:
        shown = large_recording(_key(picture, source, side), picture, model, source.across, grid, gate, side)
        if shown is not None:
            return shown
        if (before := _shown_before(picture, source, side)) is not None:
            return before
        source = replace(source, across=model.default_across)
    else:
        jobs.stop(side.key(LARGE))
    st.session_state[side.key(LAST_RECORDING)] = key = _key(picture, source, side)
    return keeping.kept_recording(key) or _recorded(picture, source, model, side)


def record_quietly(picture: Picture, source: Source, side: Side) -> Recording | None:
    """As `record`, of a picture beside the one that is shown; None where it has more patches than are recorded unasked."""
    model = _model(source)
    if model.grid_for(picture.image, source.across).num_patches > LARGE_PATCHES:
        return None
    return keeping.kept_recording(_key(picture, source, side)) or _recorded(picture, source, model, side)


def roll_out(shown: Recording, token: int, fusion: Fusion, discard: float) -> None:
    """Make the rollout that will be shown, with progress."""
    place, steps = st.empty(), len(shown.layers)
    told = progress_in(place, "Rollout: layer")
    keeping.rollout(shown, token, fusion, discard, lambda done: told(done, steps))
    place.empty()


def roll_out_without(shown: Recording, token: int, fusion: Fusion, discard: float, without: Sequence[int]) -> Tensor:
    """The rollout as if no token could attend to these, (N) float32, with progress."""
    name = f"rollout {shown.key}/{token}/{fusion}/{discard}/{without}"
    kept: Tensor | None = keeping.kept_findings(name)
    if kept is None:
        place, steps = st.empty(), len(shown.layers)
        told = progress_in(place, "Rollout without outliers: layer")
        options: dict[str, Any] = {"discard": discard, "on_layer": lambda done: told(done, steps), "without": without}
        kept = keeping.keep_findings(name, shown.record.rollout(token, fusion, **options)[0].float())
        place.empty()
    return kept


def find_logsumexp(shown: Recording, layer: int, temperature: float) -> None:
    """What every column of the layer needs, with progress."""
    place = st.empty()
    shown.layers[layer].layer.logsumexp(temperature, progress_in(place, "The sum of each row: part"))
    place.empty()


def _shown_before(picture: Picture, source: Source, side: Side) -> Recording | None:
    """What is on the map now, if it is of this picture and model: it stays while a larger one is waited for."""
    before = keeping.kept_recording(st.session_state.get(side.key(LAST_RECORDING), ""))
    if before is None or before.picture.digest != picture.digest:
        return None
    return before if before.model.name == source.info.name else None


def _model(source: Source) -> VisionModel:
    if source.info.trained and (problem := _recent_problem()):
        raise WeightsError(problem)
    try:
        with st.spinner(f"Loading {source.info.title}…", show_time=True):
            return _built(source)
    except WeightsError as error:
        st.session_state[_FAILED] = (time.monotonic(), str(error))
        raise


def _built(source: Source) -> VisionModel:
    loaded = keeping.hub_model(source.info.name, source.checkpoint)
    if loaded is None:
        return caches.model(source.info.name, source.options)
    return caches.repatched_hub_model(source.info.name, source.checkpoint, source.options, loaded) if source.options else loaded


def _recorded(picture: Picture, source: Source, model: VisionModel, side: Side) -> Recording:
    grid = model.grid_for(picture.image, source.across)
    asked: dict[str, Any] = {"across": source.across, "features": side.features}
    make = partial(make_recording, _key(picture, source, side), picture, model, **asked)
    says, steps = f"{model.title} looks at {grid.rows} × {grid.cols} patches", model.num_layers
    if steps < 2:
        with st.spinner(f"{says}…", show_time=True):
            return keeping.keep_recording(make())
    place = st.empty()
    told = progress_in(place, f"{says}: layer")
    try:
        return keeping.keep_recording(make(on_layer=lambda layer: told(layer + 1, steps)))
    finally:
        place.empty()


def _key(picture: Picture, source: Source, side: Side) -> str:
    settings = ",".join(f"{option}={value}" for option, value in source.options)
    features = "/features" if side.features else ""
    return f"{picture.digest}/{source.info.name}/{source.checkpoint}/{settings}/{source.across}{features}"


def progress_in(place: DeltaGenerator, says: str) -> Callable[[int, int], None]:
    """A bar for what takes longer than a moment; to be told how many of how many steps are done.

    Whoever changes a control meanwhile stops the work at its next step: Streamlit ends a run where it writes to the page.
    """
    started = time.monotonic()

    def told(done: int, steps: int) -> None:
        spent = time.monotonic() - started
        if spent > PATIENCE_SECONDS:
            left = duration(spent / done * (steps - done))
            place.progress(min(1.0, done / steps), f"{says} {done} of {steps}, {left} left")

    return told


def _recent_problem() -> str | None:
    when, problem = st.session_state.get(_FAILED, (-RETRY_SECONDS, None))
    return problem if time.monotonic() - when < RETRY_SECONDS else None
