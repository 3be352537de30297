"""What stands behind the page's file uploader: pasted pictures, and the one that the tab kept over a reload."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from attention_core.export.bundler import bundle

_uploads = st.components.v2.component("regard_uploads", js=bundle("uploads/uploads.js"))


def help_uploader(accepted: str | None, on_removed: Callable[[], None]) -> None:
    """Hand a pasted picture to the page's file uploader, and after a reload the one that this browser tab kept; tell when the
    reader takes a file away, which the uploader also reports on the way from one file to the next.

    `accepted` is "name:size" of the last file that was taken; the tab keeps no other, and none where it is "".
    """
    with st.container(key="unseen-uploads"):
        _uploads(key="uploads", data={"accepted": accepted}, on_removed_change=on_removed)
