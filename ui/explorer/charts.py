"""Plotly figures of "Your image", as the plain dictionaries that Plotly takes: figure objects take longer to make."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from torch import Tensor

Chart = dict[str, Any]
MARK = "#D55E00"
FONT = {"size": 13}
GREY = "rgba(128, 128, 128, {})"


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
        "marker": {"size": 9, "color": [MARK if each else GREY.format(0.75) for each in marked]},
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
