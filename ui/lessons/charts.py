"""Plotly figures of the lessons. Colours are see-through, so that they suit a light and a dark page."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go
from plotly.subplots import make_subplots
from torch import Tensor

ORANGE = "rgba(230, 159, 0, {})"
BLUE = "rgba(0, 114, 178, {})"
POSITIVE = [[0, ORANGE.format(0.04)], [1, ORANGE.format(0.6)]]
SIGNED = [[0, BLUE.format(0.6)], [0.5, "rgba(128, 128, 128, 0.04)"], [1, ORANGE.format(0.6)]]
WIDTH = 400
HEADS_A_ROW = 4
LETTERED = 64
"""Up to so many cells the numbers are written into them."""


def weights_figure(
    weights: Tensor, queries: Sequence[str], keys: Sequence[str], row: int, pair: int | None, title: str = "W"
) -> go.Figure:
    """W (Nq, Nk): a row a query, a column a key; the chosen row and cell are framed. A click on a cell selects its point."""
    num_queries, num_keys = weights.shape
    lowest, highest = float(weights.min()), float(weights.max())
    limit = max(abs(lowest), abs(highest)) or 1.0
    positive = lowest >= 0
    figure = go.Figure(
        go.Heatmap(
            z=weights.tolist(),
            zmin=0 if positive else -limit,
            zmax=max(1.0, limit) if positive else limit,
            colorscale=POSITIVE if positive else SIGNED,
            xgap=1,
            ygap=1,
            hovertemplate="%{customdata}: %{z:.9f}<extra></extra>",
            customdata=[[f"query {_plain(query)}, key {_plain(key)}" for key in keys] for query in queries],
            showscale=weights.numel() > LETTERED,
            colorbar={"thickness": 8, "len": 1, "tickformat": ".2~g", "nticks": 5},
        )
    )
    figure.add_scatter(  # a click on a heatmap selects nothing; one on these squares does
        x=[at % num_keys for at in range(weights.numel())],
        y=[at // num_keys for at in range(weights.numel())],
        mode="markers+text" if weights.numel() <= LETTERED else "markers",
        text=[f"{weight:.2f}" for weight in weights.flatten().tolist()],
        marker={"size": 300 / max(num_queries, num_keys, 4), "symbol": "square", "opacity": 0.01, "color": "#888888"},
        selected={"marker": {"opacity": 0.01}},
        unselected={"marker": {"opacity": 0.01}},
        hoverinfo="skip",
        showlegend=False,
    )
    axis = {"showgrid": False, "zeroline": False, "ticks": "", "tickmode": "array"}
    figure.update_xaxes(
        title="key", tickvals=list(range(num_keys)), ticktext=[_html(key) for key in keys], constrain="domain", **axis
    )
    figure.update_yaxes(
        title="query",
        tickvals=list(range(num_queries)),
        ticktext=[_html(query) for query in queries],
        autorange="reversed",
        scaleanchor="x",
        constrain="domain",
        **axis,
    )
    figure.update_layout(
        margin={"l": 8, "r": 8, "t": 30, "b": 8},
        width=WIDTH,
        height=370,
        font={"size": 13},
        dragmode=False,
        title={"text": title, "x": 0.02},
    )
    _frame(figure, -0.5, num_keys - 0.5, row, 2)
    if pair is not None:
        _frame(figure, pair - 0.5, pair + 0.5, row, 4)
    return figure


def heads_weights_figure(weights: Tensor, names: Sequence[str], heads_on: Sequence[bool]) -> go.Figure:
    """Weights (H, N, N) of all heads, side by side with one scale; a head that is off is faint."""
    num_heads, size = len(weights), weights.shape[1]
    columns = min(num_heads, HEADS_A_ROW)
    titles = [f"head {head + 1}{'' if on else ', off'}" for head, on in enumerate(heads_on)]
    rows = -(-num_heads // columns)
    figure = make_subplots(rows, columns, subplot_titles=titles, horizontal_spacing=0.03, vertical_spacing=0.3 / rows)
    labels = [_html(name) for name in names]
    for head, on in enumerate(heads_on):
        heatmap = go.Heatmap(
            z=weights[head].tolist(),
            zmin=0,
            zmax=1,
            colorscale=POSITIVE,
            xgap=1,
            ygap=1,
            opacity=1 if on else 0.35,
            showscale=False,
            text=[[f"{weight:.2f}" for weight in row] for row in weights[head].tolist()],
            texttemplate="%{text}" if size**2 <= LETTERED / 2 else "",
            customdata=[[f"head {head + 1}, query {_plain(query)}, key {_plain(key)}" for key in names] for query in names],
            hovertemplate="%{customdata}: %{z:.9f}<extra></extra>",
        )
        figure.add_trace(heatmap, head // columns + 1, head % columns + 1)
    ticks = {"tickvals": list(range(size)), "ticktext": labels, "showgrid": False, "zeroline": False, "ticks": ""}
    figure.update_xaxes(**ticks)
    figure.update_yaxes(autorange="reversed", **ticks)
    figure.update_layout(margin={"l": 8, "r": 8, "t": 36, "b": 8}, height=40 + 260 * rows, font={"size": 13})
    return figure


def saturation_figure(widths: Sequence[int], unscaled: Sequence[float], scaled: Sequence[float], width: int) -> go.Figure:
    """The largest weight against the width d, without and with 1/√d."""
    figure = go.Figure()
    for values, name, dash in ((unscaled, "without 1/√d", "solid"), (scaled, "with 1/√d", "dash")):
        figure.add_scatter(
            x=list(widths),
            y=list(values),
            name=name,
            mode="lines+markers",
            line={"color": "#D55E00" if dash == "solid" else "#0072B2", "dash": dash},
            hovertemplate="d = %{x}: %{y:.4f}<extra>%{fullData.name}</extra>",
        )
    figure.add_vline(x=width, line={"color": "#888888", "width": 1.5, "dash": "dot"})
    figure.update_xaxes(type="log", title="d", tickvals=list(widths), ticktext=[str(at) for at in widths])
    figure.update_yaxes(title="largest of five weights", range=[0, 1.03])
    figure.update_layout(
        margin={"l": 8, "r": 8, "t": 8, "b": 8}, height=260, font={"size": 13}, legend={"orientation": "h", "y": 1.12, "x": 0}
    )
    return figure


def _frame(figure: go.Figure, left: float, right: float, row: int, width: int) -> None:
    figure.add_shape(type="rect", x0=left, x1=right, y0=row - 0.5, y1=row + 0.5, line={"color": "#D55E00", "width": width})


def _plain(name: str) -> str:
    return name.replace("_", "")


def _html(name: str) -> str:
    letter, _, number = name.partition("_")
    return f"<i>{letter}</i><sub>{number}</sub>" if number else letter
