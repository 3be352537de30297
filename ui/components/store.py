"""The page's store of large arrays: they go to the browser once, and what draws them takes the names that are returned here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, cast

import numpy as np
import pyarrow as pa
import streamlit as st
from torch import Tensor

from attention_core.analysis.head_statistics import LayerStatistics
from attention_core.analysis.row_measures import ROW_MEASURES
from attention_core.analysis.weight_terms import score_bias
from attention_core.export.bundler import bundle
from attention_core.export.view_settings import ViewSettings
from attention_core.tokens.feature_map import FeatureKind
from ui import caches
from ui.components import served
from ui.components.component import component
from ui.components.told import told
from ui.components.view import asking_token, rolled_out, rollout_of, rows_of
from ui.pictures import Picture
from ui.recording import Recording
from ui.shared.work import Work

_store = component("regard_store", js=bundle("store/store.js"))


def keep_picture(picture: Picture, key: str) -> str:
    name = f"picture:{picture.digest}"
    _keep(f"{key}-picture", name, "picture", {"type": "image/jpeg"}, bytes=caches.encoded_picture(picture.digest, picture))
    return name


def keep_layer(shown: Recording, layer: int, key: str) -> str:
    """The layer's queries and keys in 32 bits, for the map that waits for them."""
    meta = served.about_layer(shown, layer)
    _send(f"{key}-record", meta, caches.queries_and_keys(shown.layer_key(layer), layer, shown))
    return str(meta["id"])


def keep_rows(shown: Recording, view: ViewSettings, key: str) -> str:
    """Rows that Python computes for the asking token: of a rollout, or of a layer."""
    token, rollout = asking_token(shown, view), rollout_of(view)
    if rollout is not None:
        rows = rolled_out(shown, view).numpy()
        name, count = f"rollout:{shown.key}/{token}/{rollout}", len(rows)
    else:
        rows = rows_of(shown, view)
        name = f"rows:{shown.key}/{view.layer}/{token}/{view.direction}/{view.temperature}"
        count = len(rows) // shown.layers[view.layer].layer.num_heads
    _keep(f"{key}-rows", name, "rows", {"numTokens": count}, rows=rows)
    return name


def keep_logsumexp(shown: Recording, view: ViewSettings, key: str) -> str:
    name = f"logsumexp:{shown.key}/{view.layer}/{_written(view.temperature)}"
    values = caches.logsumexp(shown.key, view.layer, view.temperature, shown)
    _keep(f"{key}-logsumexp", name, "logSumExp", {}, values=values)
    return name


def keep_statistics(shown: Recording, layers: Sequence[LayerStatistics], key: str) -> None:
    """What was measured of every head, layer after layer."""
    arrays = {name: np.concatenate([each.means[name][0].float().numpy() for each in layers]) for name in ROW_MEASURES}
    with st.container(key=f"unseen-{key}"):
        _keep(f"{key}-statistics", f"statistics:{shown.key}", "statistics", {}, **arrays)


def keep_contributions(shown: Recording, layers: Sequence[Tensor], key: str) -> None:
    """Norms of what each head writes for every query, (H, N) of each layer: in 16 bits, and their means in 32."""
    norms = np.concatenate([each.numpy().astype(np.float16).ravel() for each in layers])
    means = np.concatenate([each.mean(-1).numpy() for each in layers])
    with st.container(key=f"unseen-{key}-contributions"):
        name = f"contributions:{shown.key}"
        _keep(f"{key}-contributions", name, "contributions", {}, values=norms.view(np.uint16), means=means)


def keep_likeness(shown: Recording, like: tuple[int, int], layers: Sequence[Tensor], key: str) -> None:
    """How far every head's pattern lies from that of one, (layer, head), layer after layer."""
    layer, head = like
    values = np.concatenate([each.numpy() for each in layers])
    with st.container(key=f"unseen-{key}-likeness"):
        _keep(f"{key}-likeness", f"likeness:{shown.key}/{layer}.{head}", "likeness", {}, values=values)


def keep_matrix(shown: Recording, layer: int, temperature: float, key: str) -> None:
    """All weights of a layer, by head; of many patches the means over blocks of them."""
    pooled = caches.matrix(shown.key, layer, temperature, shown)
    meta = {
        "recording": shown.key,
        "factor": pooled.factor,
        "blocks": {"rows": pooled.grid.rows, "cols": pooled.grid.cols},
    }
    _keep(
        f"{key}-weights",
        f"matrix:{shown.key}/{layer}/{_written(temperature)}",
        "matrix",
        meta,
        means=pooled.means.numpy().ravel(),
    )


def keep_head(shown: Recording, layer: int, head: int, query: int, key: str) -> None:
    """One head's queries and keys in 32 bits, as they were recorded; with a query, what a mask adds to its scores.

    Where the model turns them by their positions, also as they were before that.
    """
    kept = shown.whole.layers[layer].layer
    q, k = kept.q[0, head].float(), kept.k_of_heads[0, head].float()
    arrays = {"q": q.numpy().ravel(), "k": k.numpy().ravel()}
    if query >= 0:
        arrays["bias"] = score_bias(kept, head, query).float().numpy()
    if caches.rotates(shown.key, shown) and (before := caches.unrotated_layer(shown.key, layer, shown)) is not None:
        group = head * len(before.k) // kept.num_heads
        arrays |= {"contentQ": before.q[head].numpy().ravel(), "contentK": before.k[group].numpy().ravel()}
    meta = {"numTokens": kept.num_keys, "headDim": q.shape[-1], "scale": kept.scale}
    _keep(f"{key}-head", f"head:{shown.key}/{layer}/{head}/{query}", "head", meta, **arrays)


def keep_features(shown: Recording, layer: int, kind: FeatureKind, key: str) -> None:
    """What the patches of a layer are, in 16 bits, where it has such features."""
    of, grid = shown.layer_key(layer), shown.grid_at(layer)
    try:
        values = caches.features(of, layer, kind, shown)
    except ValueError:
        return
    meta = {"recording": of, "dim": values.shape[1], "rows": grid.rows, "cols": grid.cols}
    _keep(f"{key}-features", f"features:{of}/{layer}/{kind}", "features", meta, values=values.view(np.uint16).ravel())


def keep_arrays(name: str, kind: str, meta: dict[str, Any], arrays: dict[str, np.ndarray], key: str) -> None:
    """What Python found of several pictures, flat."""
    _keep(f"{key}-{kind}", name, kind, meta, **arrays)


def first_layer(shown: Recording, layer: int, key: str) -> int | None:
    """The layer that this page first shows of the recording, `layer` where it shows none yet: sent at once. None once the
    browser has it, and where it takes all layers over HTTP.
    """
    if served.address():
        return None
    name = f"{key}-first"
    recording, first = st.session_state.get(name, ("", None))
    if recording != shown.key:
        first = layer
        st.session_state[name] = (shown.key, layer)
    return cast(int | None, first)


def send_layers(shown: Recording, key: str) -> None:
    """The layers that the browser cannot have over HTTP, one a run, as it asks for them: it does so while no script runs, and
    says once it has all.

    One at a time, so that a slow line carries what the reader asks for before the next. In no fragment: what the reader sets at
    the same moment as the browser asks would be lost, since Streamlit then runs the fragment alone. What has come is not sent
    again with every run: to serialize and hash it costs more than the rest of the run.
    """
    asked_key = f"{key}-asked"

    def take() -> None:
        wanted = told(f"{key}-layers", "want")
        if not isinstance(wanted, dict) or wanted.get("recording") != shown.key:
            return
        layer = wanted.get("layer")
        if layer is not None and (type(layer) is not int or not 0 <= layer < len(shown.layers)):
            return
        if layer is None or layer != first_layer(shown, layer, key):  # else the run that sent it was ended, and it goes again
            st.session_state[f"{key}-first"] = (shown.key, None)
            st.session_state[asked_key] = (shown.key, layer)

    recording, layer = st.session_state.get(asked_key, ("", None))
    data: dict[str, Any] = {"asks": {"key": key, "recording": shown.key, "layers": served.address()}}
    if recording == shown.key and layer is not None:
        arrays = caches.layer_for_wire(shown.layer_key(layer), layer, shown)
        data |= {"meta": served.about_layer(shown, layer), **_tables(arrays)}
    with st.container(key=f"unseen-{key}-layers"):
        _store(key=f"{key}-layers", data=data, height=0, on_want_change=take)


def cut_layers(shown: Recording, nearest: int, work: Work) -> None:
    """Make every layer as it is sent, if it is not kept, the nearest first."""
    for done, layer in enumerate(sorted(range(len(shown.layers)), key=lambda each: abs(each - nearest)), start=1):
        caches.layer_for_wire(shown.layer_key(layer), layer, shown)
        work.report(done, len(shown.layers))


def ask_for_numbers(shown: Recording, key: str, on_want: Callable[[], None]) -> None:
    """Where the browser asks for numbers of all heads; `told(f"{key}-numbers", "want")` is which."""
    place = f"{key}-numbers"
    with st.container(key=f"unseen-{place}"):
        _store(key=place, data={"asks": {"key": place, "recording": shown.key}}, height=0, on_want_change=on_want)


def _written(number: float) -> str:
    """As JavaScript writes it, where it looks for a name with it: 1, not 1.0."""
    return repr(float(number)).removesuffix(".0")


def _keep(key: str, name: str, kind: str, meta: dict[str, Any], **arrays: np.ndarray) -> None:
    _send(key, {"id": name, "kind": kind, **meta}, arrays)


def _send(key: str, meta: dict[str, Any], arrays: dict[str, np.ndarray]) -> None:
    _store(key=key, data={"meta": meta, **_tables(arrays)}, height=0)


def _tables(arrays: dict[str, np.ndarray]) -> dict[str, pa.Table]:
    """As Streamlit sends them in the end: by way of pandas, as it makes them of arrays, that takes five times as long."""
    return {name: pa.table([pa.array(values)], names=["0"]) for name, values in arrays.items()}
