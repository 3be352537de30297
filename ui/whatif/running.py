"""A new run of the model with the reader's changes."""

from __future__ import annotations

from dataclasses import dataclass, replace

from torch import Tensor

from attention_core.interventions.change import Change, change
from attention_core.interventions.changes import Changes
from attention_core.interventions.edits import Edit
from attention_core.interventions.outcome import run
from ui import caches, jobs, keeping
from ui.recording import Recipe, Recording, recording_of
from ui.shared.work import Work


@dataclass(frozen=True, eq=False)
class Changed:
    """The right side, its distance from the left, and the classifier's logits for both (None without a classifier)."""

    recording: Recording
    change: Change
    logits: tuple[Tensor, Tensor] | None = None


def missing(shown: Recording, changes: Changes) -> tuple[Edit, ...]:
    """Return the edits that name a layer or head that the model lacks."""
    heads = {each.layer.index: each.layer.num_heads for each in shown.layers}
    return tuple(edit for edit in changes.edits if max(edit.heads or (0,)) >= heads.get(edit.layer, 0))


def fitted(shown: Recording, changes: Changes) -> Changes:
    """Return the changes whose heads the model has and whose patches lie on its grid."""
    lacking = missing(shown, changes)
    edits = tuple(edit for edit in changes.edits if edit not in lacking)
    return Changes(edits, tuple(each for each in changes.picture if each.fits(shown.grid)))


def changed_recipe(shown: Recording, changes: Changes) -> Recipe:
    """Return the recipe that finds or makes the right side, as separate work."""
    name = f"{shown.key}|{changes}"

    def find() -> Recording | None:
        changed = find_changed(name)
        return None if changed is None else changed.recording

    make = lambda work: keeping.keep_changed(name, run_changed(shown, changes, work))  # noqa: E731
    says = jobs.steps("Running again: layer")
    return Recipe(name, "The change", find, make, says, lambda changed: changed.recording)


def find_changed(name: str) -> Changed | None:
    """Return the cached result of the recipe of that name; None if it is not cached."""
    changed: Changed | None = keeping.kept_changed(name)
    return changed


def run_changed(shown: Recording, changes: Changes, work: Work) -> Changed:
    """Run the model with the changes. Raises ValueError if a change is impossible for this model."""
    left, steps = caches.outcome(shown.key, shown), len(shown.layers)
    image = shown.picture.image
    for each in changes.picture:
        image = each.made(image, shown.grid)
    right = run(
        shown.model,
        image,
        max(shown.grid.rows, shown.grid.cols),
        changes.edits,
        base=None if changes.picture else left,
        on_layer=lambda layer: work.report(layer + 1, steps),
    )
    picture = shown.picture
    if changes.picture:
        picture = replace(picture, digest=f"{picture.digest}|{';'.join(map(str, changes.picture))}", image=image)
    keys = tuple(_layer_key(shown, changes, layer) for layer in range(len(shown.layers)))
    recording = recording_of(f"{shown.key}|{changes}", picture, shown.model, right.record, right.grid, layer_keys=keys)
    logits = None if left.logits is None or right.logits is None else (left.logits, right.logits)
    return Changed(recording, change(shown.model, left, right), logits)


def _layer_key(shown: Recording, changes: Changes, layer: int) -> str:
    """Return the cache key of a drawn layer. It includes only changes up to the layer, because later ones do not reach it."""
    index = shown.layers[layer].layer.index
    before = Changes(tuple(edit for edit in changes.edits if edit.layer <= index), changes.picture)
    return f"{shown.layer_key(layer)}|{before}" if before.edits or before.picture else shown.layer_key(layer)
