"""States and triggers of components."""

from __future__ import annotations

from typing import Any

import streamlit as st


def told(key: str, name: str) -> Any:
    """Return a state or trigger of the component of that key; None if the component is gone, as after a change of page."""
    return getattr(st.session_state.get(key), name, None)
