"""What a page shows over its heart within another site's page: a way to the same view in a tab of its own."""

from __future__ import annotations

import streamlit as st

from ui.components.component import component_in

_embedded = component_in("embedded", "regard_embedded")


def is_embedded() -> bool:
    """Whether the link says `embed=true`: the heart of a page alone, for a frame on another site."""
    return bool(st.context.is_embedded)


def link_to_whole_page() -> None:
    """Pictures are not taken here: where a frame is another site's, browsers keep back the cookie that uploads need."""
    with st.container(key="embedded"):
        _embedded(key="embedded-link")
