"""A recording on the page: the canvas in its place, and the matrix beside it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, replace
from typing import Any

import streamlit as st
import torch
from streamlit.delta_generator import DeltaGenerator

from attention_core import WeightsError, available_models
from attention_core.export import AttentionMap, attention_map, map_of_weights, rollout_map
from attention_core.web_assets import text
from ui import caches
from ui.caches import Options, Recording
from ui.charts import weight_matrix
from ui.components import View, asking_token
from ui.loading import record
from ui.pictures import Picture
from ui.sources import Source

FALLBACK = "raw-patches"
FALLBACK_OPTIONS: Options = (("patch_size", 16),)
FALLBACK_ACROSS = 37


def record_or_fall_back(picture: Picture, source: Source, place: DeltaGenerator, status: DeltaGenerator) -> Recording:
    """The recording to show. While the first one is made the picture itself stands in `place`, where the canvas follows.

    Where the weights cannot be had, one sentence says so and the raw patches are shown.
    """
    waiting = place.empty()  # made on every run, so that the canvas below it keeps its place and is not mounted anew
    if "seen" not in st.session_state:
        waiting.image(picture.image, width="stretch")
    with status:
        try:
            shown = record(picture, source.info, source.options, source.across)
        except WeightsError as error:
            place.warning(f"{error} Until then this page shows raw patches.")
            raw = next(info for info in available_models() if info.name == FALLBACK)
            shown = record(picture, raw, FALLBACK_OPTIONS, FALLBACK_ACROSS)
    waiting.empty()
    st.session_state["seen"] = True
    return shown


def offer_files(shown: Recording, view: View) -> None:
    """What is on the canvas as files, the same that `python -m attention_core map` writes."""
    model = shown.model

    def drawn() -> AttentionMap:
        token, prefix, grid = asking_token(shown, view), len(shown.prefix_at(view.layer)), shown.grid_at(view.layer)
        query: tuple[int, int] | int = token if token < prefix else grid.position(token - prefix)
        look: dict[str, Any] = {"opacity": view.opacity, "scale": view.scale, "colour_map": view.colour_map}
        if view.rollout is not None:
            named: dict[str, object] = {"model": model.name}
            where = (shown.record, shown.picture.image, shown.grid, query, model.prefix_tokens, named)
            return replace(rollout_map(*where, **asdict(view.rollout)), **look)
        if shown.on_image:
            return replace(_drawn_on_image(shown, view, query), **look)
        heads, combine = ((view.head,), "mean") if view.combine == "one" else (view.heads, view.combine)
        about: dict[str, object] = {"model": model.name, "layer": view.layer}
        layer, picture = shown.record.layers[view.layer], shown.picture.image
        options = (query, heads, combine, model.prefix_tokens, about, view.direction, view.temperature)
        found = attention_map(layer, picture, shown.grid, *options)
        return replace(found, **look)

    def page() -> str:
        return shown.record.show(shown.picture.image, shown.grid, [view.layer], f"{model.title}, layer {view.layer}").page

    made: dict[str, tuple[str, Callable[[], bytes | str]]] = {
        "PNG": ("image/png", lambda: drawn().png()),
        "SVG": ("image/svg+xml", lambda: drawn().svg()),
        "Arrays (NPZ)": ("application/octet-stream", lambda: drawn().npz()),
    }
    if view.rollout is None and not shown.on_image:
        made["Live page (HTML)"] = ("text/html", page)
    with st.popover("Files", icon=":material/download:"):
        live = " The live page hovers without a server, in this layer." if "Live page (HTML)" in made else ""
        st.caption(f"Of the pinned patch, or the opening one.{live}")
        for label, (mime, make) in made.items():
            name = f"attention.{label.rpartition('(')[2].rstrip(')').lower()}"
            st.download_button(label, make, name, mime, on_click="ignore", key=f"file-{name}", width="stretch")


def _drawn_on_image(shown: Recording, view: View, query: tuple[int, int] | int) -> AttentionMap:
    """What the canvas shows of a layer that Python lays on the image."""
    where, prefix_tokens = shown.on_image[view.layer], shown.prefix_at(view.layer)
    flat = caches.rows_on_image(shown.key, view.layer, asking_token(shown, view), view.direction, view.temperature, shown)
    weights = torch.from_numpy(flat).view(where.layer.num_heads, -1)
    heads = [view.head] if view.combine == "one" else list(view.heads)
    about: dict[str, object] = {"model": shown.model.name, "layer": where.layer.path}
    return map_of_weights(weights, shown.picture.image, where.grid, query, heads, view.combine, prefix_tokens, about)


def show_matrix(shown: Recording, view: View) -> None:
    """The weight matrix of what the canvas shows; of a rollout a sentence on why there is none."""
    if view.rollout is not None or shown.on_image:
        st.markdown(text("texts/windows.md" if shown.on_image else "texts/rollout.md"))
        return
    pooled = caches.matrix(shown.key, view.layer, view.temperature, shown)
    heads = (view.head,) if view.combine == "one" else view.heads
    figure = weight_matrix(pooled, heads, view.combine, shown.model.prefix_tokens, view.colour_map, view.pin)
    st.plotly_chart(figure, key="matrix", config={"displaylogo": False})
    count = pooled.weights.shape[-1]
    note = f"All {count} × {count} weights; colours linear to the 99.5th percentile."
    if pooled.factor > 1:
        note = (
            f"{shown.grid.num_patches:,} patches are too many to draw: a cell stands for {pooled.factor} × {pooled.factor} of "
            "them, the mean over queries of the sum over keys. Rows still sum to 1. Colours linear to the 99.5th percentile."
        )
    st.caption(note)
