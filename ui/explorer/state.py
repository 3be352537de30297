"""What the reader may set on "Your image", its defaults, and how it gets into the link and back.

Every control is a widget bound to the URL parameter of its key. The pin and the head shown alone come from the canvas, so they
are read from and written to the URL here.
"""

from __future__ import annotations

import math
import re
from typing import Any, Final

import streamlit as st

from attention_core import PatchGrid
from attention_core.export.view_settings import DEFAULT_VIEW
from ui.links import whole

CANVAS: Final = "canvas"
_WANTED: Final = "wanted_grid"
_SHOWN: Final = "shown_grid"
YOURS: Final = "yours"

DEFAULTS: Final[dict[str, Any]] = {
    "picture": "astronaut",
    "square": False,
    "model": "dinov2-small",
    "patching": "trained",
    "patch": 16,
    "across": 37,
    "depth": "layer",
    "fusion": "mean",
    "discard": 0.9,
    "layer": 10,
    "combine": DEFAULT_VIEW.combine,
    "query": DEFAULT_VIEW.query,
    "direction": DEFAULT_VIEW.direction,
    "temperature": DEFAULT_VIEW.temperature,
    "opacity": DEFAULT_VIEW.opacity,
    "scale": DEFAULT_VIEW.scale,
    "map": DEFAULT_VIEW.colour_map,
    "grid": DEFAULT_VIEW.grid_lines,
    "num_heads": 6,
    "head_dim": 64,
    "seed": 0,
    "measured": False,
    "measure": "mean_distance",
}
"""By URL parameter. `heads` is apart: its default is all the heads there are (ui/explorer/layers.py)."""

NOTES_EXAMPLE: Final = {"square": True, "model": "raw-patches", "patch": 16, "across": 8, "query": "patch", "grid": True}
"""128 × 128 pixels in patches of 16 × 16: 64 patches, each asking the other 63."""


def reset() -> None:
    """Everything back to its default; an uploaded picture stays."""
    yours = st.session_state.get("picture") == YOURS
    apply({name: value for name, value in DEFAULTS.items() if name != "layer" and not (yours and name == "picture")})
    clear_pin()
    st.query_params.pop("head", None)


def apply(settings: dict[str, Any]) -> None:
    """Set controls from a callback; the pin is released because the grid may change."""
    for name, value in settings.items():
        st.session_state[name] = value
    clear_pin()


def aim_pin(wanted: PatchGrid) -> None:
    """The grid on which the link counts its pin: the one asked for, which may be finer than a layer's or the one shown."""
    st.session_state[_WANTED] = (wanted.rows, wanted.cols)


def pin(grid: PatchGrid) -> tuple[int, int] | None:
    """The patch of `grid` at the place that the link pins; None where there is none or it lies outside the picture."""
    wanted = st.session_state.get(_WANTED, (grid.rows, grid.cols))
    st.session_state[_SHOWN] = (grid.rows, grid.cols)
    match = re.fullmatch(r"(\d{1,3}),(\d{1,3})", st.query_params.get("pin", ""))
    if match and int(match[1]) < wanted[0] and int(match[2]) < wanted[1]:
        return _moved((int(match[1]), int(match[2])), wanted, (grid.rows, grid.cols))
    return None  # but the link keeps it: the picture or the model that it is for may be on its way


def _moved(place: tuple[int, int], before: tuple[int, int], after: tuple[int, int]) -> tuple[int, int]:
    """The patch of a grid of `after` (rows, cols) that holds the middle of the patch at `place` of one of `before`."""
    row, col = (math.floor((at + 0.5) * new / old) for at, old, new in zip(place, before, after, strict=True))
    return row, col


def clear_pin() -> None:
    st.query_params.pop("pin", None)


def pin_changed() -> None:
    """The canvas pinned or released a patch."""
    chosen = st.session_state[CANVAS].pin
    if chosen is None:
        clear_pin()
        return
    shown = st.session_state[_SHOWN]
    row, col = _moved((chosen[0], chosen[1]), shown, st.session_state.get(_WANTED, shown))
    st.query_params["pin"] = f"{row},{col}"


def head(heads: tuple[int, ...]) -> int:
    """The head shown where they are shown one at a time."""
    value = whole(st.query_params.get("head", ""), 0, max(heads))
    return value if value in heads else heads[0]


def head_changed() -> None:
    """A head's small map was clicked: show that head alone, or all of them again."""
    chosen = st.session_state[CANVAS].head
    if chosen is None:
        st.session_state["combine"] = DEFAULTS["combine"]
    else:
        st.query_params["head"] = str(chosen)
        st.session_state["combine"] = "one"
