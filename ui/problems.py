"""What went wrong with what the reader gave, in a sentence that goes once it was read."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st


def say_problem(says: str, on_close: Callable[[], None]) -> None:
    """A sentence, and a button that takes it away."""
    with st.container(horizontal=True, vertical_alignment="center", key="problem", gap="small"):
        st.error(says)
        st.button("Close", on_click=on_close, key="close-problem")
