"""The peers next to each other, as an SVG for docs/benchmarks.md: Plotly, drawn by the browser that the tests use."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import unquote

from playwright.sync_api import sync_playwright
from plotly.offline import get_plotlyjs

from tests.browser.serving import launch

SVG = Path(__file__).resolve().parent.parent / "docs" / "peers.svg"
SIZE = {"width": 960, "height": 340}
COLOURS = {"Regard": "#E69F00", "transformers, output_attentions": "#5B6770", "timm, hooks, not fused": "#0072B2"}
ROLLOUTS = {"Regard": "#E69F00", "whole matrices": "#5B6770"}


def draw(memory: dict[str, float], time: dict[str, float], rollout: dict[str, float], path: Path = SVG) -> None:
    """Draw the bars. memory is in MB over the base. time and rollout (with its pass) are multiples of a plain pass.

    Keys name the tool.
    """
    figure = {"data": [], "layout": _layout()}
    for axis, values, colours in ((1, memory, COLOURS), (2, time, COLOURS), (3, rollout, ROLLOUTS)):
        figure["data"].append(_bars(axis, values, colours))
    with sync_playwright() as playwright:
        browser = launch(playwright)
        page = browser.new_page()
        page.add_script_tag(content=get_plotlyjs())
        url = page.evaluate("([figure, size]) => Plotly.toImage(figure, { format: 'svg', ...size })", [figure, SIZE])
        browser.close()
    path.write_text(unquote(url.partition(",")[2]), encoding="utf-8")


def _bars(axis: int, values: dict[str, float], colours: dict[str, str]) -> dict[str, Any]:
    return {
        "type": "bar",
        "x": [name.replace(", ", "<br>") for name in values],
        "y": list(values.values()),
        "marker": {"color": [colours[name] for name in values]},
        "text": [f"{value:,.0f}" if value >= 100 else f"{value:.2f}" for value in values.values()],
        "xaxis": f"x{axis}",
        "yaxis": f"y{axis}",
        "showlegend": False,
    }


def _layout() -> dict[str, Any]:
    titles = ("Peak memory over the base, MB", "Time of a pass / plain pass", "Pass and rollout of one query / plain pass")
    layout: dict[str, Any] = {"margin": {"l": 50, "r": 10, "t": 40, "b": 70}, "paper_bgcolor": "white", "plot_bgcolor": "white"}
    for at, title in enumerate(titles, 1):
        left = (at - 1) * 0.35
        layout[f"xaxis{at}"] = {"domain": [left, left + 0.28], "anchor": f"y{at}"}
        layout[f"yaxis{at}"] = {"anchor": f"x{at}", "gridcolor": "#dddddd", "rangemode": "tozero"}
        layout.setdefault("annotations", []).append(
            {
                "text": title,
                "x": left + 0.14,
                "y": 1.08,
                "xref": "paper",
                "yref": "paper",
                "xanchor": "center",
                "showarrow": False,
            }
        )
    return layout
