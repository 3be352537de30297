"""The picture with the attention of the hovered patch over it; assets/canvas/ draws it in the browser."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from attention_core.export.bundler import bundle, text
from ui.components.store import keep_layer, keep_logsumexp, keep_picture, keep_rows
from ui.components.view import View, file_stem
from ui.recording import Recording

_canvas = st.components.v2.component(
    "regard_canvas",
    html=text("canvas/canvas.html"),
    css=text("shared/roles.css") + text("canvas/canvas.css"),
    js=bundle("canvas/canvas.js"),
)


def attention_canvas(
    shown: Recording,
    view: View,
    key: str,
    on_pin: Callable[[], None] = lambda: None,
    on_head: Callable[[], None] = lambda: None,
) -> None:
    """The canvas, with the arrays it needs. A click sets `st.session_state[key].pin`, a head's button `.head`."""
    data: dict[str, Any] = view.for_canvas() | {"heads": view.heads}
    with st.container(key="unseen"):
        data["picture"] = keep_picture(shown.picture, key)
        given = view.rollout is not None or not shown.in_browser
        data["record"] = keep_rows(shown, view, key) if given else keep_layer(shown, view.layer, key)
        incoming = view.direction == "incoming" and not given
        data["logSumExp"] = keep_logsumexp(shown, view, key) if incoming else None
    data["method"] = None if view.rollout is None else "rollout"
    grid, opening = shown.grid_at(view.layer), shown.picture.opening
    data["grid"] = {"rows": grid.rows, "cols": grid.cols}
    data["opening"] = [int(opening[0] * grid.rows), int(opening[1] * grid.cols)]
    data["prefix"] = list(shown.prefix_at(view.layer))
    data["alt"] = shown.picture.alt
    data["file"] = file_stem(shown, view)
    data["name"] = (
        f"Attention of {shown.model.title} over the picture, {grid.rows} rows by {grid.cols} columns of patches. "
        "Arrow keys move a pinned patch, Escape releases it."
    )
    _canvas(key=key, data=data, on_pin_change=on_pin, on_head_change=on_head)
