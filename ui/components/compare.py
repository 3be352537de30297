"""Two pictures with one pointer: what resembles the hovered patch, and where it looks; assets/compare/ draws it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import streamlit as st

from attention_core.export.bundler import bundle, text
from attention_core.tokens.feature_map import FeatureKind
from ui.components.component import component
from ui.components.explorer import explorer_data
from ui.components.store import keep_arrays
from ui.data.description import picture_id, sends_all_layers
from ui.data.layers import FEATURES
from ui.data.leases import token_for
from ui.recording import Recording

KINDS: Final = FEATURES

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
    """One side: what was recorded, and what the picture is called."""

    recording: Recording
    title: str


@dataclass(frozen=True)
class OfSet:
    """One of the pictures that components and segments are of, with the grid of the layer that is shown."""

    recording: Recording
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

    kinds: of features that both sides have. one_space: whether patches of both can be compared. pictures: of which components
    and segments are, the left one first, then the right one. reader: what the browser has to know of the reader's settings.
    shows: what there is to show, where that is not what any two pictures have. matches: whether the reader may ask which patch
    is which. changed: whether the right is the left after something was changed: differences are then after less before.
    """
    all_layers = sends_all_layers(*(side.recording for side in sides))
    data = [_side(side, all_layers) for side in sides]
    with st.container(key=f"unseen-{key}"):
        for finding in findings:
            keep_arrays(finding.name, finding.kind, finding.meta, finding.arrays, key)
    given: dict[str, str | None] = dict.fromkeys(("matches", "components", "segments"))
    _compare(
        key=key,
        data={
            "key": key,
            "linked": True,
            "sides": data,
            "oneSpace": one_space,
            "pictures": [_of_set(each) for each in pictures],
            "kinds": list(kinds),
            "matches": matches,
            "changed": changed,
            **({} if shows is None else {"shows": list(shows)}),
            "given": given | {finding.kind: finding.name for finding in findings},
            **reader,
        },
        on_view_change=on_view,
        on_renew_change=lambda: None,
    )


def _side(side: Shown, all_layers: bool) -> dict[str, Any]:
    return explorer_data(side.recording) | {"title": side.title, "allLayers": all_layers, "rollout": False}


def _of_set(each: OfSet) -> dict[str, Any]:
    return {
        "recording": each.recording.key,
        "lease": token_for(each.recording),
        "picture": picture_id(each.recording.picture.digest),
        "title": each.title,
        "rows": each.rows,
        "cols": each.cols,
    }


def compare_files(key: str) -> None:
    """Buttons for what the comparison of that key draws, made in the browser."""
    _files(key=f"{key}-files", data={"key": key})
