"""Every head of the model in one chart: how far it looks, at how many, and how much of it goes to no patch."""

from __future__ import annotations

from typing import Any, Final

import streamlit as st
from torch import Tensor

from attention_core.analysis.head_statistics import LayerStatistics, even_statistics
from attention_core.export.bundler import text
from attention_core.export.csv_table import csv_table
from attention_core.export.view_settings import ViewSettings
from ui.choices import segments
from ui.components.view import as_file_name, shown_heads
from ui.explorer.charts import heads_chart
from ui.explorer.loading import measure_heads
from ui.explorer.state import DEFAULTS
from ui.explorer.view_state import change_view
from ui.numbers import short
from ui.recording import Recording

CHART: Final = "heads-chart"
CHOSEN: Final = "head_chosen_in_chart"
MEASURES: Final = {
    "mean_distance": ("Distance", "mean distance, in patches"),
    "entropy": ("Entropy", "mean entropy, in bits"),
    "prefix_share": ("Share of {}", "mean share of {}"),
}
"""By field of LayerStatistics: its button, and what the axis says."""


def offer_statistics(shown: Recording, view: ViewSettings) -> None:
    """Measured when the reader opens it; a click on a head's dot shows that head."""
    if not shown.model.plain or sum(each.layer.num_heads for each in shown.layers) < 2:
        return
    with st.container():
        if shown.large:
            st.markdown(text("texts/too_many_to_measure.md"))
            return
        words, chart = st.columns([1, 2.2], gap="large")
        with words:
            measure, axis = _choose_measure(shown.model.prefix_tokens)
            st.markdown(text(f"texts/{measure}.md"))
        with chart:
            layers = measure_heads(shown)
            even = even_statistics(shown.grid, len(shown.model.prefix_tokens))
            _draw([_of_heads(each, measure) for each in layers], shown, view, axis, _of_heads(even, measure).item())
            file = as_file_name(shown.model.name, "every-head.csv")
            st.download_button(
                "Numbers (CSV)", lambda: _table(layers), file, "text/csv", on_click="ignore", icon=":material/download:"
            )


def _choose_measure(prefix_tokens: tuple[str, ...]) -> tuple[str, str]:
    """A field of LayerStatistics, and what its axis says."""
    prefix = prefix_tokens[0] if len(prefix_tokens) == 1 else "prefix tokens"
    words = {name: said for name, said in MEASURES.items() if prefix_tokens or name != "prefix_share"}
    titles = {name: title.format(prefix) for name, (title, _) in words.items()}
    measure = segments("Measure", titles, "measure", DEFAULTS["measure"])
    return measure, words[measure][1].format(prefix)


def _of_heads(statistics: LayerStatistics, measure: str) -> Tensor:
    """(H)."""
    numbers: Tensor = getattr(statistics, measure)
    return numbers[0]


def _draw(layers: list[Tensor], shown: Recording, view: ViewSettings, axis: str, even: float) -> None:
    heads = () if view.depth == "rollout" else shown_heads(shown, view)

    def take() -> None:
        points: list[dict[str, Any]] = st.session_state[CHART].selection.points
        chosen = points[0]["customdata"] if points else st.session_state.get(CHOSEN)  # a second click takes the selection back
        if chosen is not None and chosen[0] < len(layers):
            st.session_state[CHOSEN] = layer, head = chosen
            change_view(depth="layer", layer=layer, heads=(head,))

    st.plotly_chart(
        heads_chart(layers, view.layer, heads, axis, even),
        key=CHART,
        on_select=take,
        selection_mode="points",
        config={"displayModeBar": False},
        alt=f"Of every head in every layer: {axis}. The numbers are in the file below.",
    )
    st.caption(
        f"In each layer the heads stand from left to right; click one (or tap it twice) to see it. Dashed: {short(even)}, of a "
        "head that looks at everything alike. At temperature 1."
    )


def _table(layers: tuple[LayerStatistics, ...]) -> str:
    rows = (
        (layer, head, *each)
        for layer, statistics in enumerate(layers)
        for head, each in enumerate(zip(*(_of_heads(statistics, measure).tolist() for measure in MEASURES), strict=True))
    )
    return csv_table(("layer", "head", *MEASURES), rows)
