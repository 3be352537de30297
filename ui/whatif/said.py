"""The sentences about a change: its title, how far the model moved, and changes that do not apply to the model."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from attention_core import VisionModel
from attention_core.interventions.changes import Changes
from attention_core.interventions.classes import Target, class_names, target_of
from attention_core.interventions.edits import BOXED, Edit
from ui.numbers import short
from ui.recording import Recording
from ui.whatif.running import Changed

_HOWS: Final = {"blur": "blurred", "blank": "blanked", "shuffle": "shuffled", "swap": "swapped"}


@dataclass(frozen=True)
class Class:
    """A class that a classifier knows, and its probability."""

    index: int
    name: str
    share: float


@dataclass(frozen=True)
class Said:
    """A number that says how far something moved. term: its label. text: the value as readers see it. place: of a patch."""

    term: str
    value: float
    text: str
    place: tuple[int, int] | None = None


def changed_title(changes: Changes) -> str:
    """Return the right side's title on the page and in files. It names the first change."""
    names = [*map(_edit_name, changes.edits), *(f"patches {_HOWS[each.how]}" for each in changes.picture)]
    more = f" and {len(names) - 1} more" if len(names) > 1 else ""
    return f"Changed: {names[0]}{more}" if names else "Changed"


def _edit_name(edit: Edit) -> str:
    """Return a short name of an edit. It lists up to two heads by number."""
    if edit.heads is None:
        what = f"layer {edit.layer}"
    elif len(edit.heads) > 2:
        what = f"{len(edit.heads)} heads of layer {edit.layer}"
    else:
        what = ", ".join(f"{edit.layer}.{head}" for head in edit.heads)
    return f"{what} {_kind_name(edit)}"


def _kind_name(edit: Edit) -> str:
    if edit.kind == "temperature":
        return "sharper" if edit.temperature < 1 else "flatter"
    return f"{edit.kind} the box" if edit.kind in BOXED else edit.kind


def missing_says(shown: Recording, lacking: Sequence[Edit]) -> str:
    """Return a sentence about changes that the model cannot have; "" if there are none."""
    which = ", ".join(f"layer {edit.layer}" for edit in lacking)
    says = f"{shown.model.title} has no such head: {which}. This change has no effect until you choose a model with that head."
    return says if which else ""


def said_of(changed: Changed | None, target: int | None = None) -> list[Said]:
    """Return the numbers above the pictures, with the class of that number; empty if nothing is changed."""
    if changed is None:
        return []
    numbers, change = [], changed.change
    if change.cls is not None:
        numbers.append(_number("CLS moved", change.cls))
    if change.patches.numel() and not change.patches.isnan().all():
        farthest = int(change.patches.nan_to_num(-1).argmax())
        numbers.append(_number("patches, on average", float(change.patches.nanmean())))
        row, col = change.grid.position(farthest)
        numbers.append(_number(f"the most, ({row}, {col})", float(change.patches[farthest]), (row, col)))
    if (shown := _target(changed, target)) is not None:
        shares = f"{shown.share_before:.1%} → {shown.share_after:.1%}"
        numbers.append(Said(shown.name, shown.share_after, shares))
    return numbers


def _target(changed: Changed, index: int | None) -> Target | None:
    """Return the class of that number, or the most probable class if the model has no such class."""
    names = class_names(changed.recording.model)
    if index is None or changed.logits is None or names is None or index >= len(names):
        return changed.change.target
    return target_of(names, *changed.logits, index)


def top_classes(model: VisionModel, changed: Changed | None) -> tuple[list[Class], list[Class]]:
    """Return the most probable classes before and after; empty without a classifier, or if nothing is changed."""
    names = class_names(model)
    if changed is None or names is None:
        return [], []
    before, after = (
        [Class(names.index(name), name, share) for name, share in top]
        for top in (changed.change.top_before, changed.change.top_after)
    )
    return before, after


def _number(term: str, value: float, place: tuple[int, int] | None = None) -> Said:
    return Said(term, value, short(value) if math.isfinite(value) else "none", place)
