"""A button that copies the page's link."""

from __future__ import annotations

import streamlit as st

from attention_core.export.bundler import bundle, text

_copy_link = st.components.v2.component(
    "regard_copy_link",
    html='<div class="regard-copy"><button type="button">Copy link</button></div>',
    css=text("copy_link/copy_link.css"),
    js=bundle("copy_link/copy_link.js"),
)


def copy_link() -> None:
    _copy_link(key="copy-link", width="content")
