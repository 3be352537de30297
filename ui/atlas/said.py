"""The measures of an atlas, and the sentences above its grid."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from attention_core.atlas.columns import MEASURES
from attention_core.measures import Measure
from ui.atlas.chosen import Opened
from ui.atlases import plain


def measures_of(shown: Opened, beside: Opened | None) -> list[dict[str, Any]]:
    """Return the menu of measures for the browser.

    A measure that an older atlas lacks has a sentence under "lacking". A measure that is impossible for the model is left out.
    If the atlas beside lacks the measure, a sentence stands under "uncompared".
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
    """Return a sentence if the atlas is older than the measure, else ""."""
    if measure not in opened.atlas.unmeasured:
        return ""
    older = f"the atlas “{opened.title}” is older than this measure"
    return f"{measure.title} is not measured here, because {older}. Make the atlas again with `regard atlas`."


def measures_said() -> str:
    """Return a list of all measures and their definitions, in Markdown."""
    units = {measure.name: f", in {measure.unit_beside}" if measure.unit_beside else "" for measure in MEASURES}
    return "\n".join(f"- **{measure.title}**{units[measure.name]}: {plain(measure.says)}" for measure in MEASURES)


def say_about(shown: Opened, beside: Opened | None, problems: Sequence[str]) -> None:
    """Show errors, and notes about the atlases on the page."""
    for problem in filter(None, problems):
        st.warning(plain(problem))
    for opened in filter(None, (shown, beside)):
        manifest = opened.atlas.manifest
        if not manifest.finished:
            there = f"{opened.atlas.pictures_there:,} of {manifest.pictures:,} pictures"
            st.info(f"“{plain(opened.title)}” is still being written: {there} are in it so far.")
        elif manifest.failed:
            st.caption(
                f"{manifest.failed:,} pictures of “{plain(opened.title)}” could not be read. `_failures.jsonl` says why."
            )
    if beside is not None and beside.atlas.manifest.heads != shown.atlas.manifest.heads:
        st.caption("The two atlases have different layers or heads. The page compares heads with the same numbers.")
