"""Typed wrappers of the components in assets/. Large arrays go to the page's store once; the canvas takes ids."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st

from attention_core.analysis.rollout import Fusion
from attention_core.export.bundler import bundle, text
from attention_core.export.view_settings import ViewSettings
from ui import caches
from ui.caches import Recording
from ui.pictures import Picture

_store = st.components.v2.component("regard_store", js=bundle("store/store.js"))
_uploads = st.components.v2.component("regard_uploads", js=bundle("uploads/uploads.js"))
_canvas = st.components.v2.component(
    "regard_canvas",
    html=text("canvas/canvas.html"),
    css=text("shared/roles.css") + text("canvas/canvas.css"),
    js=bundle("canvas/canvas.js"),
)


@dataclass(frozen=True)
class Rollout:
    """Attention through all layers, as `AttentionRecord.rollout` takes it."""

    fusion: Fusion = "mean"
    discard: float = 0.0


@dataclass(frozen=True)
class View(ViewSettings):
    """How the canvas shows a recording.

    With `rollout` it shows no layer but all of them, for the pinned patch or the opening one.
    """

    layer: int = 0
    heads: tuple[int, ...] = (0,)
    rollout: Rollout | None = None

    @property
    def shown_heads(self) -> tuple[int, ...]:
        """Those whose weights are on the map."""
        return (self.head,) if self.combine == "one" else self.heads


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
        data["picture"] = _store_picture(shown.picture, key)
        given = view.rollout is not None or not shown.in_browser
        data["record"] = _store_rows(shown, view, key) if given else _store_layer(shown, view.layer, key)
        incoming = view.direction == "incoming" and not given
        data["logSumExp"] = _store_normalisers(shown, view, key) if incoming else None
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


def help_uploader(accepted: str | None, on_removed: Callable[[], None]) -> None:
    """Hand a pasted picture to the page's file uploader, and after a reload the one that this browser tab kept; tell when the
    reader takes a file away, which the uploader also reports on the way from one file to the next.

    `accepted` is "name:size" of the last file that was taken; the tab keeps no other, and none where it is "".
    """
    with st.container(key="unseen-uploads"):
        _uploads(key="uploads", data={"accepted": accepted}, on_removed_change=on_removed)


def _store_picture(picture: Picture, key: str) -> str:
    name = f"picture:{picture.digest}"
    _keep(f"{key}-picture", name, "picture", {"type": "image/jpeg"}, bytes=caches.encoded_picture(picture.digest, picture))
    return name


def _store_layer(shown: Recording, layer: int, key: str) -> str:
    kept = shown.layers[layer].layer
    q, k = caches.queries_and_keys(shown.key, layer, shown)
    meta = {"numHeads": kept.num_heads, "numTokens": kept.num_keys, "headDim": kept.q.shape[-1], "scale": kept.scale}
    name = f"record:{shown.key}/{layer}"
    _keep(f"{key}-record", name, "record", meta, q=q, **({} if k is None else {"k": k}))
    return name


def file_stem(shown: Recording, view: View) -> str:
    """What a file of this view is called, but for the query: dinov2-small-layer-10, or with the heads if not all are shown."""
    parts = [shown.model.name]
    if view.rollout is not None:
        parts.append("rollout")
    else:
        heads = view.shown_heads
        some = len(heads) < shown.layers[view.layer].layer.num_heads
        parts += [f"layer-{view.layer}", *(["head" if len(heads) == 1 else "heads", *map(str, heads)] if some else [])]
        parts += ["max"] if view.combine == "max" else []
        parts += ["looked-at-by"] if view.direction == "incoming" else []
    return as_file_name(*parts)


def as_file_name(*parts: str) -> str:
    return re.sub(r"[^\w.-]+", "-", "-".join(parts))


def asking_name(shown: Recording, view: View) -> str:
    """The asking token in a file's name, as the canvas writes it."""
    token, prefix_tokens = asking_token(shown, view), shown.prefix_at(view.layer)
    if token < len(prefix_tokens):
        return prefix_tokens[token].lower()
    row, col = shown.grid_at(view.layer).position(token - len(prefix_tokens))
    return f"patch-row-{row}-column-{col}"


def asking_token(shown: Recording, view: View) -> int:
    """The number of the token that asks: the prefix token, the pinned patch, or the opening one."""
    if view.query == "prefix":
        return 0
    opening, grid = shown.picture.opening, shown.grid_at(view.layer)
    place = view.pin or (int(opening[0] * grid.rows), int(opening[1] * grid.cols))
    return len(shown.prefix_at(view.layer)) + grid.index(*place)


def rows_of(shown: Recording, view: View) -> np.ndarray:
    """The asking token's weights in the view's layer, as Python computes them, flat (H, tokens)."""
    token = asking_token(shown, view)
    return caches.rows_on_image(shown.key, view.layer, token, view.direction, view.temperature, shown)


def _store_rows(shown: Recording, view: View, key: str) -> str:
    """Rows that Python computes for the asking token: of a rollout, or of a layer whose tokens are laid on the image."""
    token = asking_token(shown, view)
    if view.rollout is not None:
        rows = caches.rollout(shown, token, view.rollout.fusion, view.rollout.discard).numpy()
        name, count = f"rollout:{shown.key}/{token}/{view.rollout}", len(rows)
    else:
        rows = rows_of(shown, view)
        name = f"rows:{shown.key}/{view.layer}/{token}/{view.direction}/{view.temperature}"
        count = len(rows) // shown.layers[view.layer].layer.num_heads
    _keep(f"{key}-record", name, "record", {"numTokens": count, "token": token}, rows=rows)
    return name


def _store_normalisers(shown: Recording, view: View, key: str) -> str:
    name = f"normalisers:{shown.key}/{view.layer}/{view.temperature}"
    values = caches.normalisers(shown.key, view.layer, view.temperature, shown)
    _keep(f"{key}-normalisers", name, "logSumExp", {}, values=values)
    return name


def _keep(key: str, name: str, kind: str, meta: dict[str, Any], **arrays: np.ndarray) -> None:
    _store(key=key, data={"meta": {"id": name, "kind": kind, **meta}, **arrays}, height=0)
