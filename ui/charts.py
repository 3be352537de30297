"""Plotly figures."""

from __future__ import annotations

import plotly.colors
import plotly.graph_objects as go
import torch

from attention_core import PooledWeights

COLOUR_SCALES = {
    # As rgb(): Streamlit takes some hexadecimal colours, among them the darkest of inferno, for placeholders of its theme.
    name: plotly.colors.make_colorscale(plotly.colors.convert_colors_to_same_type(colours, "rgb")[0])
    for name, colours in {
        "inferno": plotly.colors.sequential.Inferno,
        "viridis": plotly.colors.sequential.Viridis,
        "cividis": plotly.colors.sequential.Cividis,
    }.items()
}


MARK = {"color": "#D55E00", "size": 14}


def weight_matrix(
    pooled: PooledWeights,
    heads: tuple[int, ...],
    combine: str,
    prefix_tokens: tuple[str, ...],
    colour_map: str,
    pin: tuple[int, int] | None,
) -> go.Figure:
    """The weights of these heads (their mean or maximum) as a heatmap: a row a query, a column a key, the pin's row framed.

    Of pooled weights the mean over a cell, so that cells of fewer patches look no different.
    """
    chosen = pooled.means[list(heads)]
    matrix = chosen.amax(0) if combine == "max" else chosen.mean(0)
    names = [*prefix_tokens, *(f"{row}, {col}" for row, col in map(pooled.grid.position, range(pooled.grid.num_patches)))]
    heatmap = go.Heatmap(
        z=matrix.numpy(),
        x=names,
        y=names,
        colorscale=COLOUR_SCALES[colour_map],
        zmin=0,
        zmax=float(torch.quantile(matrix.flatten()[:: max(1, matrix.numel() // 1_000_000)], 0.995)) or 1.0,
        hovertemplate="query %{y}<br>key %{x}<br>weight %{z:.6f}<extra></extra>",
        colorbar={"orientation": "h", "y": -0.13, "thickness": 8, "len": 1, "tickformat": ".2~g", "nticks": 6},
    )
    figure = go.Figure(heatmap)
    axis = {"type": "category", "showticklabels": False, "ticks": "", "showgrid": False, "zeroline": False}
    figure.update_xaxes(title="key: looked at →", constrain="domain", **axis)
    figure.update_yaxes(title="← query: looks", autorange="reversed", scaleanchor="x", constrain="domain", **axis)
    figure.update_layout(margin={"l": 24, "r": 4, "t": 4, "b": 40}, height=470, font={"size": 13})
    if pin is not None:
        at = len(prefix_tokens) + pooled.grid.index(pin[0] // pooled.factor, pin[1] // pooled.factor)
        figure.add_shape(
            type="rect", xref="paper", x0=0, x1=1, y0=at - 0.5, y1=at + 0.5, line={"color": MARK["color"], "width": 2}
        )
        figure.add_annotation(text="q", xref="paper", x=0, xanchor="right", xshift=-4, y=at, showarrow=False, font=MARK)
    return figure
