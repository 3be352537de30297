"""An error about a reader's input, with a button that closes it."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st


def say_problem(says: str, on_close: Callable[[], None]) -> None:
    """Show a sentence and a Close button."""
    with st.container(horizontal=True, vertical_alignment="center", key="problem", gap="small"):
        st.error(says)
        st.button("Close", on_click=on_close, key="close-problem")
