"""What components tell."""

from __future__ import annotations

from typing import Any

import streamlit as st


def told(key: str, name: str) -> Any:
    """A state or trigger of the component of that key; None where it is gone, as when the page was left meanwhile."""
    return getattr(st.session_state.get(key), name, None)
