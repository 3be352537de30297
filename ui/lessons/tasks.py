"""What a lesson asks the reader to do; the tasks are data: assets/lessons/tasks.json."""

from __future__ import annotations

import json
from collections.abc import Sequence

import streamlit as st

from attention_core.export.bundler import text


def check_yourself(page: str, done: Sequence[bool]) -> None:
    """Three things to do; the page notices each, and remembers it for the session."""
    tasks = json.loads(text("lessons/tasks.json"))[page]
    seen = st.session_state.setdefault(f"done-{page}", set())
    seen |= {at for at, is_done in enumerate(done) if is_done}
    st.subheader("Check yourself", anchor=False)
    st.caption("Do it with the controls above; the page notices.")
    for column, (at, task) in zip(st.columns(len(tasks), gap="medium"), enumerate(tasks), strict=True):
        with column.container(border=True, height="stretch"):
            st.markdown(f"{':material/check_circle:' if at in seen else ':material/radio_button_unchecked:'} **{task['do']}**")
            st.caption(task["done"] if at in seen else task["hint"])
