"""Two pictures with one pointer: where the hovered patch looks and what resembles it. assets/compare/ draws it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from attention_core import PatchGrid
from attention_core.tokens.feature_map import FeatureKind
from ui.components.component import component_in
from ui.components.explorer import explorer_data
from ui.data.description import picture_id, sends_all_layers
from ui.data.layers import FEATURES
from ui.data.leases import token_for
from ui.recording import Recording

KINDS: Final = FEATURES

_compare = component_in("compare", "regard_compare", "figures/roles.css", "explorer/explorer.css")
_python = component_in("compare_python", "regard_compare_python", "compare/code.css", html="compare/code.html")
_files = component_in("compare_files", "regard_compare_files")


@dataclass(frozen=True)
class Shown:
    """One side: its recording, the picture's title, the file's name, and the requested grid."""

    recording: Recording
    title: str
    file: str = ""
    asked_grid: PatchGrid | None = None


def compare(
    sides: tuple[Shown, Shown],
    key: str,
    *,
    kinds: Sequence[FeatureKind],
    one_space: bool,
    others: Sequence[tuple[str, Recording]],
    stands_in: bool,
    reader: dict[str, Any],
    shows: Sequence[str] | None = None,
    matches: bool = True,
    changed: bool = False,
) -> None:
    """Show the two pictures. The browser owns the view and requests the numbers.

    kinds: kinds of features that both sides have. one_space: True if patches of both sides can be compared. others: titles and
    recordings that components and segments also use. stands_in: True if a picture or model replaces a missing one of the link.
    reader: the view's opening settings and orders (ui/compare/view_state.py). shows: the maps to choose from, if not those of
    any two pictures. matches: True if the reader can show matches. changed: True if the right side is the left one after a
    change; a difference is then "after minus before".
    """
    all_layers = sends_all_layers(*(side.recording for side in sides))
    pictures = [*((side.title, side.recording) for side in sides), *others]
    _compare(
        key=key,
        data={
            "key": key,
            "linked": True,
            "sides": [_side(side, all_layers) for side in sides],
            "oneSpace": one_space,
            "pictures": [_of_set(title, recording) for title, recording in pictures],
            "standsIn": stands_in,
            "kinds": list(kinds),
            "matches": matches,
            "changed": changed,
            **({} if shows is None else {"shows": list(shows)}),
            **reader,
        },
        on_renew_change=lambda: None,
    )


def _side(side: Shown, all_layers: bool) -> dict[str, Any]:
    asked = side.asked_grid or side.recording.grid
    about = {"title": side.title, "file": side.file, "askedGrid": {"rows": asked.rows, "cols": asked.cols}}
    return explorer_data(side.recording) | about | {"allLayers": all_layers, "rollout": False}


def _of_set(title: str, shown: Recording) -> dict[str, Any]:
    about = {"recording": shown.key, "lease": token_for(shown), "picture": picture_id(shown.picture.digest)}
    return about | {"title": title}


def compare_files(key: str, *, served: bool = False) -> None:
    """Show export buttons for the comparison of that key. served: True to offer the server's files too."""
    _files(key=f"{key}-files", data={"key": key, "served": served})


def compare_python(key: str) -> None:
    """Show the Python that computes the comparison of that key (ui/compare/files.py)."""
    _python(key=f"{key}-python", data={"key": key})
