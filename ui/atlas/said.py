"""The measures of an atlas, and the sentences over its grid."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from attention_core.atlas.columns import MEASURES
from attention_core.measures import Measure
from ui.atlas.chosen import Opened
from ui.atlases import plain


def measures_of(shown: Opened, beside: Opened | None) -> list[dict[str, Any]]:
    """Return the measures to choose from, as the browser gets them.

    A measure that the atlas lacks is among them, with a sentence under "lacking"; one that its model cannot have is not. If the
    atlas beside lacks it, the sentence stands under "uncompared".
    """
    offered = (*shown.atlas.measures, *shown.atlas.unmeasured)
    return [
        {
            "name": measure.name,
            "title": measure.title,
            "unit": measure.unit_beside,
            "lacking": _lacking(measure, shown),
            "uncompared": "" if beside is None else _lacking(measure, beside),
        }
        for measure in MEASURES
        if measure in offered
    ]


def _lacking(measure: Measure, opened: Opened) -> str:
    """A sentence if the atlas is older than the measure, else ""."""
    if measure not in opened.atlas.unmeasured:
        return ""
    older = f"the atlas of “{opened.title}” is older than this measure"
    return f"{measure.title} is not measured here: {older}. `regard atlas` makes it again."


def measures_said() -> str:
    """Return what each measure is, as a list in Markdown."""
    units = {measure.name: f", in {measure.unit_beside}" if measure.unit_beside else "" for measure in MEASURES}
    return "\n".join(f"- **{measure.title}**{units[measure.name]}: {plain(measure.says)}" for measure in MEASURES)


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
