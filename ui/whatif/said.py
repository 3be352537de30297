"""How far the model moved, in numbers."""

from __future__ import annotations

import math

from attention_core import VisionModel
from attention_core.interventions.change import Change
from attention_core.interventions.classes import class_names
from ui.components.what_if import Class, Said
from ui.numbers import short


def changed_title(edits: str) -> str:
    """What the right side is called on the page and in files, with the first of its changes as the link writes them."""
    first, *others = edits.split(";")
    more = f" and {len(others)} more" if others else ""
    return f"Changed: {first.replace(':', ' ')}{more}" if first else "Changed"


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
