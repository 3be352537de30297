"""Every head of the model: its map for the token that asks, and how far it looks, at how many, how much at no patch."""

from __future__ import annotations

from typing import Final

import streamlit as st

from attention_core.analysis.head_statistics import even_statistics
from attention_core.export.bundler import text
from ui.components.heads_atlas import Measure, heads_atlas
from ui.components.store import keep_statistics
from ui.components.told import told
from ui.explorer.loading import measure_heads
from ui.explorer.state import EXPLORER
from ui.links import link, linked
from ui.recording import Recording

ATLAS: Final = "heads-atlas"
_WANTED: Final = "heads_to_measure"
MEASURES: Final = {
    "mean_distance": ("Distance", "mean distance, in patches", "patches"),
    "entropy": ("Entropy", "mean entropy, in bits", "bits"),
    "prefix_share": ("Share of {}", "mean share of {}", ""),
}
"""By field of LayerStatistics: its title, which the link says too, what the axis says, and the unit."""


def show_heads(shown: Recording) -> None:
    """The maps at once; the numbers are measured when somebody looks at them, as the last thing of a run."""
    if not shown.model.plain:
        st.markdown(text("texts/heads_in_windows.md"))
        return
    if shown.large:
        st.markdown(text("texts/too_many_to_measure.md"))
        return
    if sum(each.layer.num_heads for each in shown.layers) < 2:
        st.markdown(text("texts/one_head.md"))
        return
    measures = offered(shown)
    titles = {measure.title: measure.name for measure in measures}
    heads_atlas(
        EXPLORER,
        measures,
        titles.get(linked("measure"), measures[0].name),
        key=ATLAS,
        on_measure=lambda: _take(titles),
        on_wanted=_want,
    )
    if st.session_state.get(_WANTED) == shown.key:
        keep_statistics(shown, measure_heads(shown), ATLAS)


def _want() -> None:
    st.session_state[_WANTED] = told(ATLAS, "wanted")


def offered(shown: Recording) -> tuple[Measure, ...]:
    """Those that say something of this model."""
    prefix_tokens = shown.model.prefix_tokens
    prefix = prefix_tokens[0] if len(prefix_tokens) == 1 else "prefix tokens"
    even = even_statistics(shown.grid, len(prefix_tokens))

    def measure(name: str) -> Measure:
        title, axis, unit = MEASURES[name]
        number, says = float(getattr(even, name)), text(f"texts/{name}.md").strip()
        return Measure(name, title.format(prefix), axis.format(prefix), unit, says, number)

    return tuple(measure(name) for name in MEASURES if prefix_tokens or name != "prefix_share")


def _take(titles: dict[str, str]) -> None:
    """What was chosen in the browser, which may say anything; the first is left out of the link."""
    chosen = told(ATLAS, "measure")
    said = next((title for title, name in titles.items() if name == chosen), "")
    link("measure", "" if said == next(iter(titles)) else said)
