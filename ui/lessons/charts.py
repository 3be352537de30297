"""Plotly figures of the lessons, as the plain dictionaries that Plotly takes: figure objects took half the time of a rerun.

Colours are see-through, so that they suit a light and a dark page.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st
from torch import Tensor

from ui.components.toy_figure import Choice, choose
from ui.streamlit_workarounds import let_be_drawn

Figure = dict[str, Any]

ORANGE = "rgba(230, 159, 0, {})"
BLUE = "rgba(0, 114, 178, {})"
POSITIVE = [[0, ORANGE.format(0.04)], [1, ORANGE.format(0.6)]]
SIGNED = [[0, BLUE.format(0.6)], [0.5, "rgba(128, 128, 128, 0.04)"], [1, ORANGE.format(0.6)]]
WIDTH = 400
HEADS_A_ROW = 4
LETTERED = 64
"""Up to so many cells the numbers are written into them."""
MARK = "#D55E00"
CHOOSABLE = {"marker": {"opacity": 0.01}}
FONT = {"size": 13}


def show_weights(weights: Tensor, queries: Sequence[str], keys: Sequence[str], choice: Choice, key: str) -> None:
    """W (Nq, Nk) with its numbers; a click on a cell chooses its row and its key in the figure."""
    let_be_drawn()
    figure = weights_figure(weights, queries, keys, choice.row, choice.pair)
    columns = weights.shape[1]

    def take() -> None:
        points = st.session_state[key].selection.points
        if points:
            choose(*divmod(points[0]["point_index"], columns))

    st.plotly_chart(figure, key=key, on_select=take, selection_mode="points", width="content", config={"displayModeBar": False})


def weights_figure(
    weights: Tensor, queries: Sequence[str], keys: Sequence[str], row: int, pair: int | None, title: str = "W"
) -> Figure:
    """W (Nq, Nk): a row a query, a column a key; the chosen row and cell are framed. A click on a cell selects its point."""
    num_keys = weights.shape[1]
    limit = float(weights.abs().max()) or 1.0
    positive = bool(weights.min() >= 0)
    places = [[f"query {_plain(query)}, key {_plain(key)}" for key in keys] for query in queries]
    heatmap = {
        **_heatmap(weights, places),
        "zmin": 0 if positive else -limit,
        "zmax": max(1.0, limit) if positive else limit,
        "colorscale": POSITIVE if positive else SIGNED,
        "showscale": weights.numel() > LETTERED,
        "colorbar": {"thickness": 8, "len": 1, "tickformat": ".2~g", "nticks": 5},
    }
    frames = [_frame(-0.5, num_keys - 0.5, row, 2), *([] if pair is None else [_frame(pair - 0.5, pair + 0.5, row, 4)])]
    layout = {
        "margin": {"l": 58, "r": 8, "t": 30, "b": 54},
        "width": WIDTH,
        "height": 370,
        "font": FONT,
        "dragmode": False,
        "title": {"text": title, "x": 0.02},
        "xaxis": {"title": {"text": "key"}, "constrain": "domain", **_axis(keys)},
        "yaxis": {
            "title": {"text": "query"},
            "autorange": "reversed",
            "scaleanchor": "x",
            "constrain": "domain",
            **_axis(queries),
        },
        "shapes": frames,
    }
    return {"data": [heatmap, _choosable(weights, places)], "layout": layout}


def heads_weights_figure(weights: Tensor, names: Sequence[str], heads_on: Sequence[bool]) -> Figure:
    """Weights (H, N, N) of all heads, side by side with one scale; a head that is off is faint."""
    columns = min(len(weights), HEADS_A_ROW)
    rows, size = -(-len(weights) // columns), weights.shape[1]
    data: list[Figure] = []
    layout: Figure = {"margin": {"l": 44, "r": 8, "t": 8, "b": 34}, "height": 44 + 270 * rows, "font": FONT, "annotations": []}
    for head, on in enumerate(heads_on):
        places = [[f"head {head}, query {_plain(query)}, key {_plain(key)}" for key in names] for query in names]
        number = str(head + 1) if head else ""
        shown = {
            "opacity": 1 if on else 0.35,
            "colorscale": POSITIVE,
            "zmin": 0,
            "zmax": 1,
            "showscale": size**2 > LETTERED and head == 0,
        }
        written = {"text": _texts(weights[head]), "texttemplate": "%{text}"} if weights[head].numel() <= LETTERED else {}
        data.append(_heatmap(weights[head], places) | shown | written | {"xaxis": f"x{number}", "yaxis": f"y{number}"})
        left, top = head % columns / columns, 1 - head // columns / rows
        width, height = 1 / columns - 0.03, 1 / rows - 60 / layout["height"]
        x, y = [left + 0.015, left + 0.015 + width], [top - 30 / layout["height"] - height, top - 30 / layout["height"]]
        layout[f"xaxis{number}"] = {"domain": x, "anchor": f"y{number}", **_axis(names)}
        layout[f"yaxis{number}"] = {"domain": y, "anchor": f"x{number}", "autorange": "reversed", **_axis(names)}
        if head == (rows - 1) * columns:  # in the lower left corner, where nothing follows
            layout[f"xaxis{number}"]["title"], layout[f"yaxis{number}"]["title"] = {"text": "key"}, {"text": "query"}
        layout["annotations"].append(_heading(f"head {head}{'' if on else ', off'}", sum(x) / 2, y[1]))
    return {"data": data, "layout": layout}


def saturation_figure(widths: Sequence[int], unscaled: Sequence[float], scaled: Sequence[float], width: int) -> Figure:
    """The largest weight against the width d, without and with 1/√d."""
    lines = [
        {
            "type": "scatter",
            "x": list(widths),
            "y": list(values),
            "name": name,
            "mode": "lines+markers",
            "line": {"color": colour, "dash": dash},
            "hovertemplate": "d = %{x}: %{y:.4f}<extra>%{fullData.name}</extra>",
        }
        for values, name, colour, dash in (
            (unscaled, "without 1/√d", MARK, "solid"),
            (scaled, "with 1/√d", "#0072B2", "dash"),
        )
    ]
    here = {"type": "line", "x0": width, "x1": width, "yref": "paper", "y0": 0, "y1": 1}
    layout = {
        "margin": {"l": 58, "r": 8, "t": 34, "b": 48},
        "height": 270,
        "font": FONT,
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


def _heatmap(weights: Tensor, places: list[list[str]]) -> Figure:
    """Weights (Nq, Nk) with a name for each cell, shown with its number under the pointer."""
    hover = "%{customdata}: %{z:.9f}<extra></extra>"
    return {"type": "heatmap", "z": weights.tolist(), "xgap": 1, "ygap": 1, "customdata": places, "hovertemplate": hover}


def _choosable(weights: Tensor, places: list[list[str]]) -> Figure:
    """A click on a heatmap selects nothing; one on these squares does. They carry the numbers, written and hovered."""
    num_queries, num_keys = weights.shape
    return {
        "type": "scatter",
        "x": [at % num_keys for at in range(weights.numel())],
        "y": [at // num_keys for at in range(weights.numel())],
        "mode": "markers+text" if weights.numel() <= LETTERED else "markers",
        "text": [text for row in _texts(weights) for text in row],
        "marker": {"size": 300 / max(num_queries, num_keys, 4), "symbol": "square", "opacity": 0.01, "color": "#888888"},
        "selected": CHOOSABLE,
        "unselected": CHOOSABLE,
        "customdata": [
            [place, weight]
            for place, weight in zip([place for row in places for place in row], weights.flatten().tolist(), strict=True)
        ],
        "hovertemplate": "%{customdata[0]}: %{customdata[1]:.9f}<extra></extra>",
        "showlegend": False,
    }


def _axis(names: Sequence[str]) -> Figure:
    ticks = {"tickmode": "array", "tickvals": list(range(len(names))), "ticktext": [_html(name) for name in names]}
    return {"showgrid": False, "zeroline": False, "ticks": "", "automargin": False, **ticks}


def _frame(left: float, right: float, row: int, width: int) -> Figure:
    return {"type": "rect", "x0": left, "x1": right, "y0": row - 0.5, "y1": row + 0.5, "line": {"color": MARK, "width": width}}


def _heading(text: str, x: float, y: float) -> Figure:
    return {"text": text, "x": x, "y": y, "xref": "paper", "yref": "paper", "yanchor": "bottom", "showarrow": False}


def _texts(weights: Tensor) -> list[list[str]]:
    return [[f"{weight:.2f}" for weight in row] for row in weights.tolist()]


def _plain(name: str) -> str:
    return name.replace("_", "")


def _html(name: str) -> str:
    letter, _, number = name.partition("_")
    return f"<i>{letter}</i><sub>{number}</sub>" if number else letter
