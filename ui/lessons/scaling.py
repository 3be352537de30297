"""The reason for dividing dot products by √d: without it, wide vectors give one key nearly all of the weight."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import streamlit as st

from ui import caches
from ui.links import bound
from ui.numbers import short

Figure = dict[str, Any]
WIDTHS: Final = (1, 2, 4, 8, 16, 32, 64, 128, 256)
NEUTRAL: Final = "#7f7f7f"
"""A grey for light and dark pages. The lessons' colours stand for roles, and this figure has no roles."""


def why_divide() -> None:
    """Show a slider of widths, and the largest weight at each width."""
    st.markdown("#### Why divide by √d?")
    width = st.select_slider("Width d of the vectors", WIDTHS, **bound("width", value=16))
    unscaled, scaled = caches.largest_weights(WIDTHS)
    at = WIDTHS.index(width)
    say(
        "Draw a query and five keys at random, 256 times. The largest of the five weights is on average {} without 1/√d and "
        "{} with it.",
        unscaled[at],
        scaled[at],
    )
    st.caption(
        "A dot product is a sum of d products. For random vectors, its typical size grows as √d. Then softmax gives more and "
        "more weight to the largest one. After division by √d, the size stays the same."
    )
    st.plotly_chart(saturation_figure(WIDTHS, unscaled, scaled, width), key="saturation", config={"displayModeBar": False})


def say(sentence: str, *numbers: float) -> None:
    """Show a sentence with live numbers for its {}. Each number also carries its full value."""
    spans = [f'<b data-value="{number!r}">{short(number)}</b>' for number in numbers]
    st.html(f'<p class="regard-say">{sentence.format(*spans)}</p>')


def saturation_figure(widths: Sequence[int], unscaled: Sequence[float], scaled: Sequence[float], width: int) -> Figure:
    """Return a figure of the largest weight against the width d, without and with 1/√d."""
    lines = [
        {
            "type": "scatter",
            "x": list(widths),
            "y": list(values),
            "name": name,
            "mode": "lines+markers",
            "line": {"color": NEUTRAL, "dash": dash},
            "marker": {"symbol": symbol, "size": 8},
            "hovertemplate": "d = %{x}: %{y:.4f}<extra>%{fullData.name}</extra>",
        }
        for values, name, dash, symbol in (
            (unscaled, "without 1/√d", "dash", "circle-open"),
            (scaled, "with 1/√d", "solid", "circle"),
        )
    ]
    here = {"type": "line", "x0": width, "x1": width, "yref": "paper", "y0": 0, "y1": 1}
    layout = {
        "margin": {"l": 58, "r": 8, "t": 34, "b": 48},
        "height": 270,
        "font": {"size": 13},
        "legend": {"orientation": "h", "y": 1.12, "x": 0},
        "shapes": [here | {"line": {"color": "#888888", "width": 1.5, "dash": "dot"}}],
        "xaxis": {
            "automargin": False,
            "type": "log",
            "title": {"text": "d"},
            "tickvals": list(widths),
            "ticktext": [str(at) for at in widths],
        },
        "yaxis": {"automargin": False, "title": {"text": "largest of five weights"}, "range": [0, 1.03]},
    }
    return {"data": lines, "layout": layout}
