"""The detail control: the number of patches along the longer side. It is coarse, normal, fine, or the reader's own number."""

from __future__ import annotations

from typing import Final

import streamlit as st

from attention_core.models.vision_model import MAX_ACROSS, MIN_ACROSS
from ui.explorer.state import ONLY, Side
from ui.links import bound, control, whole

_OWN: Final = "own"
_DETAIL: Final = "detail"
_SIZES: Final = "detail_sizes"


def detail_title(side: Side = ONLY) -> str:
    """Return the text of the detail button, from the link or the last run. The button exists before the control does."""
    sizes = st.session_state.get(side.key(_SIZES), _sizes(side.defaults["across"], MIN_ACROSS, MAX_ACROSS))
    return f"Detail: {_name(_across(side), sizes)}"


def choose_across(usual: int, low: int, high: int, side: Side) -> int:
    """Return the chosen number, from MIN_ACROSS to MAX_ACROSS. usual: the number that the model was trained on."""
    sizes = _sizes(usual, low, high)
    key, detail = side.key("across"), side.key(_DETAIL)
    slider = bound(key)
    st.session_state[side.key(_SIZES)] = sizes
    st.session_state[detail] = _name(_across(side), sizes)

    def take() -> None:
        if (size := sizes.get(st.session_state[detail])) is not None:
            st.session_state[key] = size

    st.segmented_control(
        "Patches along the longer side",
        [*sizes, _OWN],
        key=detail,
        format_func=lambda name: f"{name.capitalize()} {sizes[name]}" if name in sizes else "Own",
        required=True,
        on_change=take,
    )
    chosen: int = st.slider(
        "Own number",
        MIN_ACROSS,
        MAX_ACROSS,
        side.defaults["across"],
        help="The other side follows from the picture's shape. More patches give a finer map, but take longer.",
        **slider,
    )
    return chosen


def _across(side: Side) -> int:
    """Return the slider's value, or the value that it will have once it exists."""
    key = side.key("across")
    said = None if key in st.session_state else whole(st.query_params.get(key, ""), MIN_ACROSS, MAX_ACROSS)
    chosen: int = control(key, side.defaults["across"]) if said is None else said
    return chosen


def _sizes(usual: int, low: int, high: int) -> dict[str, int]:
    return {"coarse": max(low, round(usual / 2)), "normal": usual, "fine": min(high, round(1.7 * usual))}


def _name(across: int, sizes: dict[str, int]) -> str:
    return next((name for name, size in sizes.items() if size == across), _OWN)
