"""The page's store of large arrays: they go to the browser once, and what draws them takes the names that are returned here."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st

from attention_core.export.bundler import bundle
from ui import caches
from ui.components.view import View, asking_token, rows_of
from ui.pictures import Picture
from ui.recording import Recording

_store = st.components.v2.component("regard_store", js=bundle("store/store.js"))


def keep_picture(picture: Picture, key: str) -> str:
    name = f"picture:{picture.digest}"
    _keep(f"{key}-picture", name, "picture", {"type": "image/jpeg"}, bytes=caches.encoded_picture(picture.digest, picture))
    return name


def keep_layer(shown: Recording, layer: int, key: str) -> str:
    kept = shown.layers[layer].layer
    q, k = caches.queries_and_keys(shown.key, layer, shown)
    meta = {"numHeads": kept.num_heads, "numTokens": kept.num_keys, "headDim": kept.q.shape[-1], "scale": kept.scale}
    name = f"record:{shown.key}/{layer}"
    _keep(f"{key}-record", name, "record", meta, q=q, **({} if k is None else {"k": k}))
    return name


def keep_rows(shown: Recording, view: View, key: str) -> str:
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


def keep_logsumexp(shown: Recording, view: View, key: str) -> str:
    name = f"logsumexp:{shown.key}/{view.layer}/{view.temperature}"
    values = caches.logsumexp(shown.key, view.layer, view.temperature, shown)
    _keep(f"{key}-logsumexp", name, "logSumExp", {}, values=values)
    return name


def _keep(key: str, name: str, kind: str, meta: dict[str, Any], **arrays: np.ndarray) -> None:
    _store(key=key, data={"meta": {"id": name, "kind": kind, **meta}, **arrays}, height=0)
