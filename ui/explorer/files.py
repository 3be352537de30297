"""What is on the map as files, made from 32-bit floats: the same bytes that the command `regard` writes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, replace
from typing import Any, Final

import streamlit as st

from attention_core.export.attention_map import AttentionMap, attention_map, rollout_map
from attention_core.export.figure import SIZES, FigureOptions
from attention_core.export.html_view import html_view
from attention_core.export.python_snippet import python_snippet
from attention_core.export.view_settings import ViewSettings
from ui.data.view import asking_token, file_stem, rolled_out, rollout_of, shown_heads
from ui.explorer.sources import Source
from ui.explorer.view_state import last_asked
from ui.recording import Recording

_KINDS: Final = {"PNG": "image/png", "SVG": "image/svg+xml", "PDF": "application/pdf"}


def offer_files(shown: Recording, view: ViewSettings, source: Source, picture: str) -> None:
    """The menu. picture: the name of the picture's file, for the Python that repeats the view."""
    view = view if view.pin is not None else replace(view, pin=last_asked(shown.grid))
    stem = file_stem(shown, view)
    figure = _choose_figure()
    makers: dict[str, Callable[[], bytes | str]] = {
        "PNG": lambda: drawn(shown, view).png(figure),
        "SVG": lambda: drawn(shown, view).svg(figure),
        "PDF": lambda: drawn(shown, view).pdf(figure),
    }
    with st.container(horizontal=True, gap="small"):
        for label, make in makers.items():
            _button(label, make, f"{stem}.{label.lower()}", _KINDS[label])
    with st.container(horizontal=True, gap="small"):
        _button("Weights (CSV)", lambda: drawn(shown, view).csv(), f"{stem}.csv", "text/csv")
        _button("Arrays (NPZ)", lambda: drawn(shown, view).npz(), f"{stem}.npz", "application/octet-stream")
    if view.depth == "layer" and shown.in_browser:
        _offer_live_pages(shown, view, stem)
    python = st.expander("The same in Python", on_change="rerun", key="figure-python")
    if python.open:
        python.code(snippet(shown, view, source, picture, figure), language="python", wrap_lines=True)


def snippet(shown: Recording, view: ViewSettings, source: Source, picture: str, figure: FigureOptions) -> str:
    """The Python that repeats the view."""
    options: dict[str, object] = {}
    if source.info.name == shown.model.name:  # and not the model that stands in for it
        options = dict(source.options) | ({"checkpoint": "your-weights.safetensors"} if source.checkpoint else {})
    across = max(shown.grid.rows, shown.grid.cols)
    out = f"{file_stem(shown, view)}.png"
    return python_snippet(drawn(shown, view), picture, across, options, out, figure, square=view.square)


def _choose_figure() -> FigureOptions:
    size = st.segmented_control(
        "Size", SIZES, format_func=lambda times: f"{times}×", default=1, required=True, key="figure-size"
    )
    with st.container(horizontal=True, gap="small"):
        bar = st.checkbox("Colour bar", key="figure-bar")
        caption = st.checkbox("Caption", key="figure-caption")
        box = st.checkbox("Patch", value=True, key="figure-box", help="The outline of the patch that asks.")
    return FigureOptions(size or 1, bar, caption, box)


def _offer_live_pages(shown: Recording, view: ViewSettings, stem: str) -> None:
    """Pages that hover without a server: of the layer, and of all where there are several."""
    with st.container(horizontal=True, gap="small"):
        _button("Live page (HTML)", lambda: _live_page(shown, view, [view.layer]), f"{stem}.html", "text/html")
        layers = list(range(len(shown.layers)))
        if len(layers) > 1:
            name = f"{shown.model.name}-all-layers.html"
            _button("Live page, all layers", lambda: _live_page(shown, view, layers), name, "text/html")


def _button(label: str, make: Callable[[], bytes | str], name: str, mime: str) -> None:
    st.download_button(label, make, name, mime, on_click="ignore", key=f"file-{label}")


def _live_page(shown: Recording, view: ViewSettings, layers: list[int]) -> str:
    records = [shown.whole.layers[layer].layer for layer in layers]
    which = f", layer {layers[0]}" if len(layers) == 1 else ""
    title, opened = f"{shown.model.title}{which}", layers.index(view.layer)
    tokens = (shown.grid, shown.model.prefix_tokens)
    return html_view(records, shown.picture.image, *tokens, opened=opened, title=title, opens_on=drawn(shown, view)).page


def drawn(shown: Recording, view: ViewSettings) -> AttentionMap:
    """What is on the map."""
    where, prefix_tokens, picture = shown.whole.layers[view.layer], shown.prefix_at(view.layer), shown.picture.image
    token, grid = asking_token(shown, view), shown.grid if view.depth == "rollout" else where.grid
    query: tuple[int, int] | int = token if token < where.prefix else grid.position(token - where.prefix)
    look: dict[str, Any] = {"opacity": view.opacity, "scale": view.scale, "colour_map": view.colour_map}
    about: dict[str, object] = {"model": shown.model.name}
    if (rollout := rollout_of(view)) is not None:
        found = rollout_map(rolled_out(shown, view), picture, grid, query, prefix_tokens, about | asdict(rollout))
        return replace(found, **look)
    about["layer"] = view.layer if shown.model.plain else where.layer.path
    options = (query, shown_heads(shown, view), view.combine, prefix_tokens, about, view.direction, view.temperature)
    return replace(attention_map(where, picture, where.grid, *options), **look)
