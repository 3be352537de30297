"""The lesson as it stands, to take along: as a page that works without a server, and as a Python program."""

from __future__ import annotations

import streamlit as st

from ui.components.lesson import left_link
from ui.lessons.standalone import standalone_lesson

TITLES = {
    "self_attention": "Self-attention",
    "queries_keys_values": "Queries, keys, values",
    "multi_head": "Multi-head attention",
}


def offer_lesson(name: str, snippet: str) -> None:
    """`name` as in assets/lesson/lessons.js; the snippet computes what is shown."""
    file = name.replace("_", "-")
    link = left_link(name)  # now: the file is made outside the session
    with st.container(horizontal=True, vertical_alignment="center"):
        st.download_button(
            "Take this lesson along (HTML)",
            lambda: standalone_lesson(TITLES[name], name, link),
            f"{file}.html",
            "text/html",
            on_click="ignore",
            icon=":material/download:",
            help="One file that works with the network off: the figure, its steps, and every number to edit. It prints well, "
            "and can be put into a course page.",
        )
        st.download_button(
            "The same in Python", snippet, f"{name}.py", "text/x-python", on_click="ignore", icon=":material/code:"
        )
    with st.expander("Read the Python program"):
        st.code(snippet, language="python")
