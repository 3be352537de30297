"""The link above an embedded page. It opens the same view in a new tab."""

from __future__ import annotations

import streamlit as st

from ui.components.component import component_in

_embedded = component_in("embedded", "regard_embedded")


def is_embedded() -> bool:
    """True if the link says `embed=true`: the page then shows only its main part, for a frame on another site."""
    return bool(st.context.is_embedded)


def link_to_whole_page() -> None:
    """Show the link. An embedded page takes no pictures: in a frame on another site, browsers block the cookie for uploads."""
    with st.container(key="embedded"):
        _embedded(key="embedded-link")
