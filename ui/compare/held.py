"""Controls that Python has set, kept against a browser that had not heard of it yet.

What a component tells or asks for carries all controls as the browser has them. Where that crosses with a press that changes
controls, such as “Swap”, the run after it would bring the old ones back.
"""

from __future__ import annotations

import math
import time
from typing import Any, Final

import streamlit as st

_HELD: Final = "held_controls"
SECONDS: Final = 2.0
"""After the run that has told the browser of a control: from then on its old value was set by hand."""


def set_controls(values: dict[str, Any]) -> None:
    """Set controls by their keys; for a callback."""
    held = st.session_state.setdefault(_HELD, {})
    for key, value in values.items():
        before = st.session_state.get(key)
        if before != value:
            held[key] = (before, value, math.inf)
        st.session_state[key] = value


def hold_controls() -> None:
    """Call it as the page begins, before its controls are made."""
    held = st.session_state.setdefault(_HELD, {})
    for key, (before, value, until) in list(held.items()):
        if is_held(key) or (until == math.inf and st.session_state.get(key) == value):
            st.session_state[key] = value  # also where it is that: where the run before was cut short, the link would win
            held[key] = (before, value, math.inf)
        else:
            held.pop(key)  # the browser knows it, or has another one


def told_controls() -> None:
    """Call it as the page ends: the browser has all controls now, or will soon."""
    held = st.session_state[_HELD]
    for key, (before, value, until) in held.items():
        held[key] = (before, value, min(until, time.monotonic() + SECONDS))


def is_held(key: str) -> bool:
    """Whether a control shows what it showed before it was set, of which the browser may not have heard yet."""
    before, value, until = st.session_state.get(_HELD, {}).get(key, (None, None, 0.0))
    return bool(time.monotonic() < until and before != value and st.session_state.get(key) == before)
