"""Two pictures with one pointer: what resembles the hovered patch, and where it looks; assets/compare/ draws it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import streamlit as st

from attention_core.export.bundler import bundle, text
from attention_core.export.view_settings import ViewSettings
from attention_core.tokens.feature_map import FeatureKind
from ui.components.component import component
from ui.components.explorer import explorer_data, sends_all_layers
from ui.components.store import keep_arrays, keep_features, keep_picture, send_layers
from ui.components.told import told
from ui.pictures import Picture
from ui.recording import Recording

KINDS: Final[tuple[FeatureKind, ...]] = ("features", "raw", "q", "k", "v")

_compare = component(
    "regard_compare",
    html=text("compare/compare.html"),
    css=text("shared/roles.css") + text("explorer/explorer.css") + text("compare/compare.css"),
    js=bundle("compare/compare.js"),
)
_files = component(
    "regard_compare_files",
    html=text("compare_files/compare_files.html"),
    css=text("compare_files/compare_files.css"),
    js=bundle("compare_files/compare_files.js"),
)


@dataclass(frozen=True)
class Shown:
    """One side: what was recorded, its view, and what the picture is called."""

    recording: Recording
    view: ViewSettings
    title: str
    computed: bool = True


@dataclass(frozen=True)
class OfSet:
    """One of the pictures that components and segments are of, with the grid of the layer that is shown."""

    recording: str
    picture: Picture
    title: str
    rows: int
    cols: int


@dataclass(frozen=True)
class Finding:
    """What Python found of several pictures: its kind and name in the store, numbers, and flat arrays."""

    kind: str
    name: str
    meta: dict[str, Any]
    arrays: dict[str, np.ndarray]


def compare(
    sides: tuple[Shown, Shown],
    kind: FeatureKind,
    key: str,
    *,
    kinds: Sequence[FeatureKind],
    one_space: bool,
    pictures: Sequence[OfSet],
    findings: Sequence[Finding],
    reader: dict[str, Any],
    on_view: Callable[[], None],
    shows: Sequence[str] | None = None,
    matches: bool = True,
    changed: bool = False,
) -> None:
    """The two pictures, with the arrays that they need at once. What the reader sets is told as `st.session_state[key].view`.

    kind: of the features that are sent at once; others, of these kinds, come as the browser asks for them. one_space: whether
    patches of both can be compared. pictures: of which components and segments are, the left one first, then the right one.
    reader: what the browser has to know of the reader's settings. shows: what there is to show, where that is not what any two
    pictures have. matches: whether the reader may ask which patch is which. changed: whether the right is the left
    after something was changed: differences are then after less before.
    """
    all_layers = sends_all_layers(*(side.recording for side in sides))
    data = [_side(side, kind, f"{key}-{name}", all_layers) for side, name in zip(sides, ("left", "right"), strict=True)]
    with st.container(key=f"unseen-{key}"):
        for finding in findings:
            keep_arrays(finding.name, finding.kind, finding.meta, finding.arrays, key)
        shown_pictures = [_of_set(each, f"{key}-{number}") for number, each in enumerate(pictures)]
        _answer(sides, key)
    given: dict[str, str | None] = dict.fromkeys(("matches", "components", "segments"))
    _compare(
        key=key,
        data={
            "key": key,
            "linked": True,
            "sides": data,
            "oneSpace": one_space,
            "pictures": shown_pictures,
            "kinds": list(kinds),
            "matches": matches,
            "changed": changed,
            **({} if shows is None else {"shows": list(shows)}),
            "given": given | {finding.kind: finding.name for finding in findings},
            **reader,
        },
        on_view_change=on_view,
        on_want_change=lambda: _take_want(sides, key),
    )
    for side, name in zip(sides, ("left", "right"), strict=True):
        send_layers(side.recording, f"{key}-{name}")


def _side(side: Shown, kind: FeatureKind, key: str, all_layers: bool) -> dict[str, Any]:
    shown = side.recording
    data = explorer_data(shown, side.view, key, computed=side.computed)
    with st.container(key=f"unseen-{key}-first"):
        keep_features(shown, *_first(side, kind, key), key)
    return data | {"title": side.title, "allLayers": all_layers, "rollout": False}


def _first(side: Shown, kind: FeatureKind, key: str) -> tuple[int, FeatureKind]:
    """Layer and kind of which this page first showed the recording: sent at once. The browser asks for the others."""
    name = f"{key}-first-features"
    recording, *first = st.session_state.get(name, ("", 0, kind))
    if recording != side.recording.key:
        first = [side.view.layer, kind]
        st.session_state[name] = (side.recording.key, *first)
    return first[0], first[1]


def _of_set(each: OfSet, key: str) -> dict[str, Any]:
    return {
        "recording": each.recording,
        "picture": keep_picture(each.picture, key),
        "title": each.title,
        "rows": each.rows,
        "cols": each.cols,
    }


def _take_want(sides: tuple[Shown, Shown], key: str) -> None:
    if (wanted := asked_features(told(key, "want"), tuple(side.recording for side in sides))) is not None:
        st.session_state[f"{key}-wanted"] = wanted


def asked_features(wanted: object, shown: Sequence[Recording]) -> tuple[str, int, FeatureKind] | None:
    """Recording, layer and kind, where the browser asks for features that there are; it may send anything."""
    if not isinstance(wanted, dict) or wanted.get("kind") not in KINDS:
        return None
    side, layer = wanted.get("side"), wanted.get("layer")
    if side not in (0, 1) or wanted.get("recording") != shown[side].key:
        return None
    if type(layer) is not int or not 0 <= layer < len(shown[side].layers):
        return None
    return shown[side].key, layer, wanted["kind"]


def _answer(sides: tuple[Shown, Shown], key: str) -> None:
    """The features that the browser asked for last, one a run, as `send_layers` does."""
    recording, layer, kind = st.session_state.get(f"{key}-wanted", ("", 0, "features"))
    asked = next((side.recording for side in sides if side.recording.key == recording), None)
    if asked is not None:
        keep_features(asked, layer, kind, key)


def compare_files(key: str) -> None:
    """Buttons for what the comparison of that key draws, made in the browser."""
    _files(key=f"{key}-files", data={"key": key})
