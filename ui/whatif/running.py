"""The model run again with what the reader changed."""

from __future__ import annotations

from dataclasses import dataclass, replace

import streamlit as st
from PIL import Image
from streamlit.delta_generator import DeltaGenerator

from attention_core.interventions.change import Change, change
from attention_core.interventions.classes import num_classes
from attention_core.interventions.edits import Edit
from attention_core.interventions.outcome import run
from attention_core.interventions.picture_changes import changed
from ui import caches, jobs, keeping
from ui.explorer.loading import outlined
from ui.recording import Recipe, Recording, SameAs, recording_of
from ui.shared.faults import FaultError, sentence
from ui.shared.work import Work
from ui.whatif.acts import Acts, ActsText, parse_acts


@dataclass(frozen=True, eq=False)
class Changed:
    """The right side, and how far it is from the left."""

    recording: Recording
    change: Change


def missing(shown: Recording, acts: Acts) -> tuple[Edit, ...]:
    """Edits of layers and heads that the model does not have."""
    heads = {each.layer.index: each.layer.num_heads for each in shown.layers}
    return tuple(edit for edit in acts.edits if max(edit.heads or (0,)) >= heads.get(edit.layer, 0))


def fitted(shown: Recording, acts: Acts) -> Acts:
    """What of the changes there is something to do for."""
    lacking = missing(shown, acts)
    rows, cols = shown.grid.rows, shown.grid.cols
    inside = [
        each
        for each in acts.picture
        if all(at[0] + each.box[2] <= rows and at[1] + each.box[3] <= cols for at in (each.box, each.to or each.box))
    ]
    return Acts(tuple(edit for edit in acts.edits if edit not in lacking), tuple(inside))


def change_recording(shown: Recording, wanted: ActsText, place: DeltaGenerator) -> tuple[Recording, Change | None, str]:
    """The right side, how far it moved, and the changes that it answers; the left again where nothing can be changed, which one
    sentence says then.
    """
    acts = parse_acts(wanted.edits)
    say_missing(shown, acts)
    acts = fitted(shown, acts)
    if acts and shown.large:
        st.info("So many patches take minutes to run again with every change: choose a coarser detail.")
    elif acts:
        try:
            target = wanted.target if wanted.target in range(num_classes(shown.model)) else None
            made = run_changed(shown, acts, target, place)
            right = outlined(made.recording.key, changed_recipe(shown, acts, target))
            return right, made.change, wanted.edits
        except (ValueError, FaultError) as error:
            st.warning(sentence(error))
    return shown, None, wanted.edits


def run_changed(shown: Recording, acts: Acts, target: int | None, place: DeltaGenerator | None = None) -> Changed:
    """The right side, with progress in `place`, or here. Raises ValueError, in a sentence, where the model cannot be
    changed so.
    """
    recipe = changed_recipe(shown, acts, target)
    changed: Changed | None = keeping.kept_changed(recipe.name)
    if changed is None:
        progress = None if place is None else place.empty()
        changed = jobs.made(recipe.name, recipe.what, recipe.make, recipe.says, progress)
    return changed


def changed_recipe(shown: Recording, acts: Acts, target: int | None) -> Recipe:
    """How the right side is made as a job."""
    name = f"{shown.key}|{acts}|{target}"

    def find() -> Recording | None:
        changed: Changed | None = keeping.kept_changed(name)
        return None if changed is None else changed.recording

    make = lambda work: keeping.keep_changed(name, _run(shown, acts, target, work))  # noqa: E731
    return Recipe(name, "The change", find, make, jobs.steps("Running again: layer"), lambda changed: changed.recording)


def _run(shown: Recording, acts: Acts, target: int | None, work: Work) -> Changed:
    left, steps = caches.outcome(shown.key, shown), len(shown.layers)
    image = _pictured(shown, acts)
    right = run(
        shown.model,
        image,
        max(shown.grid.rows, shown.grid.cols),
        acts.edits,
        base=None if acts.picture else left,
        on_layer=lambda layer: work.report(layer + 1, steps),
    )
    picture = replace(shown.picture, digest=f"{shown.picture.digest}|{';'.join(map(str, acts.picture))}", image=image)
    same = _same_layers(shown, acts)
    recording = recording_of(f"{shown.key}|{acts}", picture, shown.model, right.record, right.grid, same_as=same)
    return Changed(recording, change(shown.model, left, right, target))


def _pictured(shown: Recording, acts: Acts) -> Image.Image:
    image = shown.picture.image
    for each in acts.picture:
        image = changed(image, shown.grid, each.box, each.how, each.to)
    return image


def _same_layers(shown: Recording, acts: Acts) -> SameAs | None:
    """The layers before the first that is changed, whose arrays the browser has already."""
    if acts.picture:
        return None
    first = min(edit.layer for edit in acts.edits)
    return SameAs(shown.key, sum(each.layer.index < first for each in shown.layers))


def say_missing(shown: Recording, acts: Acts) -> None:
    """Which changes wait for another model."""
    if lacking := missing(shown, acts):
        which = ", ".join(f"layer {edit.layer}" for edit in lacking)
        st.info(f"{shown.model.title} has no such head: {which}. That change waits for a model that has.")
