"""Slow steps: loading a model and recording its attention, with their progress and a fallback if they fail."""

from __future__ import annotations

import time
from collections import OrderedDict
from dataclasses import replace
from typing import Final

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from attention_core import AttentionRecord, PatchGrid, VisionModel, WeightsError
from attention_core.models.cost import LARGE_PATCHES
from ui import caches, jobs, keeping
from ui.data.layers import cut_layers
from ui.explorer.large_pictures import LARGE, large_recording
from ui.explorer.sources import Source
from ui.explorer.state import ONLY, Side
from ui.explorer.view_state import OPENING
from ui.pictures import Picture
from ui.recording import WITH_FEATURES, Recipe, Recording, make_recording
from ui.shared.faults import noted, page_shown
from ui.shared.work import Work, work_of_this_thread

RETRY_SECONDS: Final = 60
_FAILED: Final = "weights_failed"
LAST_RECORDING: Final = "last_recording"
MOST_OUTLINES: Final = 16
_OUTLINES: Final = "outlines"
ASKED_GRID: Final = "asked_grid"
"""Session-state key of the requested grid. Its recording may not exist yet."""
OF_THIS_RUN: Final = "recordings_of_this_run"
"""Whole recordings of the current run, so that no run makes one twice even if the cache is small. app.py drops them."""


def record(picture: Picture, source: Source, gate: DeltaGenerator, side: Side = ONLY) -> Recording:
    """Return the model's attention over the picture.

    A large picture is recorded after a click in `gate`. Until then, this is the earlier recording of a smaller size.
    Raises WeightsError. Missing weights are requested at most once per RETRY_SECONDS.
    """
    model = _model(source)
    grid = model.grid_for(picture.image, source.across)
    st.session_state[side.key(ASKED_GRID)] = grid
    if grid.num_patches > LARGE_PATCHES:
        if (shown := _large(picture, source, model, grid, gate, side)) is not None:
            return shown
        if (before := _shown_before(picture, source, side)) is not None:
            return before
        source = replace(source, across=model.default_across)
    else:
        jobs.stop(side.key(LARGE))
    recipe = recording_recipe(picture, source, model, side)
    st.session_state[side.key(LAST_RECORDING)] = recipe.name
    return outlined(recipe.name, recipe)


def _large(
    picture: Picture, source: Source, model: VisionModel, grid: PatchGrid, gate: DeltaGenerator, side: Side
) -> Recording | None:
    """Return the outline of a large recording that this session has requested; None until it exists."""
    recipe, made = recording_recipe(picture, source, model, side), None
    if recipe.name in st.session_state.get(_OUTLINES, {}):
        jobs.stop(side.key(LARGE))
    elif (made := large_recording(recipe, picture, model, grid, gate, side)) is None:
        return None
    st.session_state[side.key(LAST_RECORDING)] = recipe.name
    return outlined(recipe.name, recipe, made)


def unmade(picture: Picture, source: Source, side: Side) -> Recording | None:
    """Return an outline, without layers, of a recording that is made once its numbers are needed.

    None if it has more than LARGE_PATCHES patches, because such a recording needs a click.
    """
    model = _model(source)
    grid = model.grid_for(picture.image, source.across)
    if grid.num_patches > LARGE_PATCHES:
        return None
    recipe = recording_recipe(picture, source, model, side)
    again = lambda: found_or_made(recipe)  # noqa: E731
    return Recording(recipe.name, model, picture, AttentionRecord(), grid, (), again=again, recipe=recipe)


def _shown_before(picture: Picture, source: Source, side: Side) -> Recording | None:
    """Return the recording on the map if it has this picture and model. It stays until the larger one is ready."""
    before = st.session_state.get(_OUTLINES, {}).get(st.session_state.get(side.key(LAST_RECORDING), ""))
    if before is None or before.picture.digest != picture.digest:
        return None
    return before if before.model.name == source.info.name else None


def _model(source: Source) -> VisionModel:
    if source.info.trained and (problem := _recent_problem()):
        raise WeightsError(problem)
    try:
        with st.spinner(f"Loading {source.info.title}…", show_time=True):
            return _built(source)
    except Exception as error:  # noqa: BLE001 (a library may fail in any way)
        failure = noted(error, "load", source.info.title, page_shown())
        if not isinstance(failure, ValueError):
            st.session_state[_FAILED] = (time.monotonic(), str(failure))
        raise failure from failure.__cause__


def _built(source: Source) -> VisionModel:
    loaded = keeping.hub_model(source.info.name, source.checkpoint)
    if loaded is None:
        return caches.model(source.info.name, source.options)
    return caches.repatched_hub_model(source.info.name, source.checkpoint, source.options, loaded) if source.options else loaded


def outlined(key: str, recipe: Recipe, made: Recording | None = None) -> Recording:
    """Return this session's outline of the recording. Its numbers are loaded when needed and kept until the run ends.

    made: the recording, if the caller has it.
    """
    outlines: OrderedDict[str, Recording] = st.session_state.setdefault(_OUTLINES, OrderedDict())

    def find() -> Recording:
        if work_of_this_thread() is not None:  # this thread has no session
            return found_or_made(recipe)
        recordings: dict[str, Recording] = st.session_state.setdefault(OF_THIS_RUN, {})
        if key not in recordings:
            recordings[key] = found_or_made(recipe)
        return recordings[key]

    if key not in outlines:
        outlines[key] = (made or find()).outline(find, recipe)
        if len(outlines) > MOST_OUTLINES:
            outlines.popitem(last=False)
    outlines.move_to_end(key)
    return outlines[key]


def found_or_made(recipe: Recipe) -> Recording:
    """Return the recording. If it does not exist, make it in this thread's work, or in new work that the session waits for."""
    return recipe.find() or recipe.made(jobs.made(recipe.name, recipe.what, recipe.make, recipe.says))


def recording_recipe(picture: Picture, source: Source, model: VisionModel, side: Side = ONLY) -> Recipe:
    """Return the recipe for the recording. Its job also prepares the layers for the browser."""
    grid, steps = model.grid_for(picture.image, source.across), model.num_layers
    large = grid.num_patches > LARGE_PATCHES
    features = side.features or not large
    key = _key(picture, source) + (WITH_FEATURES if side.features and large else "")

    def make(work: Work) -> Recording:
        on_layer = lambda layer: work.report(layer + 1, steps)  # noqa: E731
        recording = make_recording(key, picture, model, source.across, on_layer if steps > 1 else None, features)
        recording = keeping.keep_recording(recording)
        if work.name == key and recording.in_browser and not side.features:  # else other work waits for it
            work.hand_over(recording)
            cut_layers(recording, OPENING.layer, work)
        return recording

    says = jobs.steps(f"{model.title} looks at {grid.rows} × {grid.cols} patches: layer")
    return Recipe(key, "The map", lambda: keeping.kept_recording(key), make, says, options=_options(source))


def _options(source: Source) -> dict[str, object]:
    """Return the keywords for `load_model`."""
    return dict(source.options) | ({"checkpoint": "your-weights.safetensors"} if source.checkpoint else {})


def _key(picture: Picture, source: Source) -> str:
    settings = ",".join(f"{option}={value}" for option, value in source.options)
    return f"{picture.digest}/{source.info.name}/{source.checkpoint}/{settings}/{source.across}"


def _recent_problem() -> str | None:
    when, problem = st.session_state.get(_FAILED, (-RETRY_SECONDS, None))
    return problem if time.monotonic() - when < RETRY_SECONDS else None
