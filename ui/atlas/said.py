"""What the page says of what was found: the columns of the grid, and sentences over it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import streamlit as st

from attention_core.atlas.columns import MEASURES
from attention_core.atlas.comparing import Comparison
from attention_core.atlas.reading import Grid
from attention_core.measures import Measure
from ui.atlas.chosen import Opened
from ui.atlases import plain
from ui.components.atlas import Column, Place


def columns_of(measure: Measure, found: Grid, compared: Comparison | None) -> list[Column]:
    """What there is of every head."""
    unit = measure.unit_beside
    columns = [
        Column("mean", measure.title, unit, found.mean, found.low, found.high),
        Column("deviation", f"{measure.title}, variation between pictures", f"{unit}, SD".removeprefix(", "), found.deviation),
    ]
    if compared is not None:
        by = f"{measure.title}, difference"
        columns += [
            Column("difference", by, unit, compared.difference, compared.low, compared.high, signed=True),
            Column("effect", f"{measure.title}, effect size", compared.effect_name, compared.effect, signed=True),
        ]
    return columns


def is_measured(measure: Measure, opened: Opened) -> bool:
    """Return whether an atlas has the measure; say "not measured" if it lacks it."""
    if measure not in opened.atlas.unmeasured:
        return True
    older = f"the atlas of “{plain(opened.title)}” is older than this measure"
    st.info(f"{measure.title} is not measured here: {older}. `regard atlas` makes it again.")
    return False


def measures_said() -> str:
    """Return what each measure is, as a list in Markdown."""
    units = {measure.name: f", in {measure.unit_beside}" if measure.unit_beside else "" for measure in MEASURES}
    return "\n".join(f"- **{measure.title}**{units[measure.name]}: {plain(measure.says)}" for measure in MEASURES)


def varies_most(found: Grid) -> Place:
    """The head whose number varies most between pictures; the first one where none does."""
    if not np.isfinite(found.deviation).any():
        return 0, 0
    layer, head = np.unravel_index(int(np.nanargmax(found.deviation)), found.deviation.shape)
    return int(layer), int(head)


def other_of(beside: Opened | None, compared: Comparison | None, head: Place) -> dict[str, Any] | None:
    """The mean of the head in the atlas beside, where that has it."""
    if beside is None or compared is None:
        return None
    layers, heads = compared.other.shape
    mean = compared.other[head] if head[0] < layers and head[1] < heads else np.nan
    return {"title": beside.title, "mean": float(mean) if np.isfinite(mean) else None}


def say_about(shown: Opened, beside: Opened | None, problems: Sequence[str]) -> None:
    """What went wrong, and what a reader should know of what is shown."""
    for problem in filter(None, problems):
        st.warning(plain(problem))
    for opened in filter(None, (shown, beside)):
        manifest = opened.atlas.manifest
        if not manifest.finished:
            there = f"{opened.atlas.pictures_there:,} of {manifest.pictures:,} pictures"
            st.info(f"“{plain(opened.title)}” is still being written: {there} are in it so far.")
        elif manifest.failed:
            st.caption(
                f"{manifest.failed:,} pictures of “{plain(opened.title)}” could not be read: `_failures.jsonl` says why."
            )
    if beside is not None and beside.atlas.manifest.heads != shown.atlas.manifest.heads:
        st.caption("The two have different layers or heads: those that both have, by number, are compared.")
