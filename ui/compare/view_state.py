"""The settings in the session (ui/handover.py), and what carries them from picture to picture and from grid to grid."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

import streamlit as st

from attention_core import PatchGrid
from ui.compare.reading import place, settings_of_browser, settings_of_link
from ui.compare.settings import OPENING, CompareSettings
from ui.components.view import moved
from ui.handover import Handover

Grids = tuple[PatchGrid, PatchGrid]
Asking = tuple[tuple[int, int] | None, tuple[int, int] | None]
FOREIGN: Final[dict[str, Any]] = {"pin": None, "box": None, "heads": None, "within": "all"}
"""What belongs to the pictures and models at hand, and what it is with others."""
_HANDOVER: Final = Handover("compare_view", OPENING, CompareSettings.for_browser, settings_of_link, settings_of_browser)
_ASKING: Final = "compare_asking"
_GRIDS: Final = "compare_grids"
_HELD: Final = "compare_held"


def begin_comparison(entered: bool) -> None:
    """Call it as the page begins; a link that says something of the settings is followed when the page is `entered`."""
    _HANDOVER.begin(entered)


def wanted_comparison() -> CompareSettings:
    """As the reader set it, whatever the models at hand have."""
    return _HANDOVER.wanted


def change_comparison(**changes: Any) -> None:
    """Set some of it from Python; the browser takes that over."""
    _HANDOVER.change(**changes)


def take_comparison(told: object) -> None:
    """What the browser tells. It may be anybody's: what is no setting is left out."""
    asking = _HANDOVER.take(told).get("asking")
    left, right = asking if isinstance(asking, list) and len(asking) == 2 else (None, None)
    st.session_state[_ASKING] = (place(left), place(right))


def asking() -> Asking:
    """The patch of each side that asked last, on its grid."""
    found: Asking = st.session_state.get(_ASKING, (None, None))
    return found


def mirror() -> None:
    """Left becomes right."""
    view = wanted_comparison()
    across: dict[str, Any] = {
        name: replace(at, side=1 - at.side) for name in ("pin", "box") if (at := getattr(view, name)) is not None
    }
    change_comparison(layers=view.layers[::-1], **across)
    st.session_state[_ASKING] = asking()[::-1]
    if (grids := st.session_state.get(_GRIDS)) is not None:
        st.session_state[_GRIDS] = grids[::-1]


def carry(grids: Grids, foreign: bool) -> CompareSettings:
    """The settings, with pin and box where they were on their pictures, however these are cut now.

    foreign: whether something stands in for what the link speaks of; then what it says of its own pictures and models waits.
    """
    state = st.session_state
    if foreign and _HELD not in state:
        state[_HELD] = {name: getattr(wanted_comparison(), name) for name in FOREIGN}
        release()
    elif not foreign and _HELD in state:
        change_comparison(**state.pop(_HELD))
        state.pop(_GRIDS, None)
    before: Grids = state.get(_GRIDS, grids)
    state[_GRIDS] = grids
    for name in ("pin", "box"):
        at = getattr(wanted_comparison(), name)
        if at is not None and (now := _carried(at, before[at.side], grids[at.side])) != at:
            change_comparison(**{name: now})
    return wanted_comparison()


def _carried(at: Any, before: PatchGrid, after: PatchGrid) -> Any:
    """A pin or a box; None where it lies outside."""
    if at.row >= before.rows or at.col >= before.cols:
        return None
    if (before.rows, before.cols) == (after.rows, after.cols):
        return at
    row, col = moved((at.row, at.col), before, after)
    if not hasattr(at, "rows"):
        return replace(at, row=row, col=col)
    end_row, end_col = moved((at.row + at.rows - 1, at.col + at.cols - 1), before, after)
    return replace(at, row=row, col=col, rows=end_row - row + 1, cols=end_col - col + 1)


def release() -> None:
    """Other pictures or models come, which have other patches and heads."""
    before = wanted_comparison()
    if changed := {name: value for name, value in FOREIGN.items() if getattr(before, name) != value}:
        change_comparison(**changed)


def for_browser() -> dict[str, Any]:
    """What the browser has to know: the settings, those that it takes over although it has its own, and those at first."""
    return _HANDOVER.for_browser()
