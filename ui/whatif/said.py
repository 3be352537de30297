"""How far the model moved, in numbers."""

from __future__ import annotations

import math
from typing import Final

from attention_core import VisionModel
from attention_core.interventions.change import Change
from attention_core.interventions.classes import class_names
from ui.components.what_if import Class, Said
from ui.numbers import short

_HOWS: Final = {"blur": "blurred", "blank": "blanked", "shuffle": "shuffled", "swap": "swapped"}


def changed_title(edits: str) -> str:
    """What the right side is called on the page and in files, with the first of its changes."""
    first, *others = edits.split(";")
    more = f" and {len(others)} more" if others else ""
    return f"Changed: {_named(first)}{more}" if first else "Changed"


def _named(act: str) -> str:
    """A change in few words: of one head or two by their numbers, of patches without their place."""
    what, _, how = act.partition(":")
    if what in _HOWS:
        return f"patches {_HOWS[what]}"
    layer, _, heads = what.partition(".")
    if heads == "*":
        what = f"layer {layer}"
    elif heads.count("+") > 1:
        what = f"{heads.count('+') + 1} heads of layer {layer}"
    else:
        what = ", ".join(f"{layer}.{head}" for head in heads.split("+"))
    return f"{what} {_kind(how)}"


def _kind(how: str) -> str:
    if how.startswith("t"):
        return "sharper" if float(how[1:]) < 1 else "flatter"
    if how.startswith(("in", "out")):
        return "inside the box" if how.startswith("in") else "outside the box"
    return how


def said_of(change: Change | None) -> list[Said]:
    """What stands over the pictures; nothing where nothing is changed."""
    if change is None:
        return []
    said = []
    if change.cls is not None:
        said.append(_number("CLS moved", change.cls))
    if change.patches.numel() and not change.patches.isnan().all():
        farthest = int(change.patches.nan_to_num(-1).argmax())
        said.append(_number("patches, on average", float(change.patches.nanmean())))
        row, col = change.grid.position(farthest)
        said.append(_number(f"the most, ({row}, {col})", float(change.patches[farthest]), (row, col)))
    if (target := change.target) is not None:
        shares = f"{target.share_before:.1%} → {target.share_after:.1%}"
        said.append(Said(target.name, target.share_after, shares))
    return said


def top_classes(model: VisionModel, change: Change | None) -> tuple[list[Class], list[Class]]:
    """The most probable classes before and after; empty without a classifier, or where nothing is changed."""
    names = class_names(model)
    if change is None or names is None:
        return [], []
    before, after = (
        [Class(names.index(name), name, share) for name, share in top] for top in (change.top_before, change.top_after)
    )
    return before, after


def _number(term: str, value: float, place: tuple[int, int] | None = None) -> Said:
    return Said(term, value, short(value) if math.isfinite(value) else "none", place)
