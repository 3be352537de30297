"""Plotly figures of "Your image", as the plain dictionaries that Plotly takes: figure objects take longer to make."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
from torch import Tensor

from attention_core import PooledWeights
from attention_core.export.colour_maps import colour_table

Chart = dict[str, Any]
MARK = {"color": "#D55E00", "size": 14}
FONT = {"size": 13}
GREY = "rgba(128, 128, 128, {})"


@cache
def colour_scale(name: str) -> list[tuple[float, str]]:
    """The colour map as Plotly takes it: every fifth of its colours, between which Plotly goes straight."""
    # As rgb(): Streamlit takes some hexadecimal colours, among them the darkest of inferno, for placeholders of its theme.
    colours = colour_table(name)[::5].tolist()
    return [(at / (len(colours) - 1), "rgb({}, {}, {})".format(*colour)) for at, colour in enumerate(colours)]


def weight_matrix(
    pooled: PooledWeights,
    heads: tuple[int, ...],
    combine: str,
    prefix_tokens: tuple[str, ...],
    colour_map: str,
    pin: tuple[int, int] | None,
) -> Chart:
    """The weights of these heads (their mean or maximum) as a heatmap: a row a query, a column a key, the pin's row framed.

    Of pooled weights the mean over a cell, so that cells of fewer patches look no different.
    """
    chosen = pooled.means.numpy()[list(heads)]  # NumPy: torch's threads would take the time that the canvas needs to draw
    matrix = chosen.max(0) if combine == "max" else chosen.mean(0)
    names = [*prefix_tokens, *(f"{row}, {col}" for row, col in map(pooled.grid.position, range(pooled.grid.num_patches)))]
    bar = {"thickness": 8, "len": 1, "tickformat": ".2~g", "nticks": 6}
    heatmap = {
        "type": "heatmap",
        "z": matrix,
        "x": names,
        "y": names,
        "colorscale": colour_scale(colour_map),
        "zmin": 0,
        "zmax": float(np.quantile(matrix, 0.995)) or 1.0,
        "hovertemplate": "query %{y}<br>key %{x}<br>weight %{z:.6f}<extra></extra>",
        "colorbar": bar | {"orientation": "h", "yref": "container", "y": 0, "yanchor": "bottom"},
    }
    layout = _matrix_layout()
    if pin is not None:
        layout |= _framed(len(prefix_tokens) + pooled.grid.index(pin[0] // pooled.factor, pin[1] // pooled.factor))
    return {"data": [heatmap], "layout": layout}


def _matrix_layout() -> Chart:
    axis = {
        "type": "category",
        "showticklabels": False,
        "ticks": "",
        "showgrid": False,
        "zeroline": False,
        "constrain": "domain",
    }
    return {
        "margin": {"l": 24, "r": 4, "t": 4, "b": 84},
        "height": 470,
        "font": FONT,
        "xaxis": {"title": {"text": "key: looked at →"}, **axis},
        "yaxis": {
            "title": {"text": "← query: looks"},
            "autorange": "reversed",
            "scaleanchor": "x",
            "constraintoward": "top",
            **axis,
        },
    }


def _framed(row: int) -> Chart:
    across = {"xref": "paper", "x0": 0, "x1": 1, "y0": row - 0.5, "y1": row + 0.5}
    letter = {
        "text": "q",
        "xref": "paper",
        "x": 0,
        "xanchor": "right",
        "xshift": -4,
        "y": row,
        "showarrow": False,
        "font": MARK,
    }
    return {"shapes": [{"type": "rect", "line": {"color": MARK["color"], "width": 2}} | across], "annotations": [letter]}


def heads_chart(layers: Sequence[Tensor], layer: int, heads: tuple[int, ...], axis: str, even: float) -> Chart:
    """A dot for every head, (H) numbers a layer, as a plain dictionary; those of `layer` in `heads` stand out.

    A click on a dot selects a point whose customdata are its layer and head. Dashed: the number `even`.
    """
    dots = [(at, head, value) for at, values in enumerate(layers) for head, value in enumerate(values.tolist())]
    marked = [at == layer and head in heads for at, head, _ in dots]
    scatter = {
        "type": "scatter",
        "mode": "markers",
        "x": [at + 0.7 * ((head + 0.5) / len(layers[at]) - 0.5) for at, head, _ in dots],
        "y": [value for *_, value in dots],
        "customdata": [(at, head) for at, head, _ in dots],
        "hovertemplate": "layer %{customdata[0]}, head %{customdata[1]}: %{y:.4g}<extra></extra>",
        "marker": {"size": 9, "color": [MARK["color"] if each else GREY.format(0.75) for each in marked]},
        "selected": {"marker": {"opacity": 1}},
        "unselected": {"marker": {"opacity": 1}},
    }
    layout = {
        "margin": {"l": 52, "r": 8, "t": 8, "b": 44},
        "height": 340,
        "font": FONT,
        "dragmode": False,
        "showlegend": False,
        "xaxis": {
            "title": {"text": "layer"},
            "range": [-0.6, len(layers) - 0.4],
            "dtick": -(-len(layers) // 12),
            "showgrid": False,
            "zeroline": False,
        },
        "yaxis": {"title": {"text": axis}, "rangemode": "tozero"},
        "shapes": _even_and_layer(even, layer),
    }
    return {"data": [scatter], "layout": layout}


def _even_and_layer(even: float, layer: int) -> list[Chart]:
    """A dashed line at the number, and a band behind the layer."""
    across = {"xref": "paper", "x0": 0, "x1": 1, "y0": even, "y1": even}
    down = {"yref": "paper", "y0": 0, "y1": 1, "x0": layer - 0.5, "x1": layer + 0.5}
    return [
        {"type": "line", "line": {"width": 1.5, "dash": "dash", "color": GREY.format(0.9)}} | across,
        {"type": "rect", "line": {"width": 0}, "fillcolor": GREY.format(0.12), "layer": "below"} | down,
    ]
