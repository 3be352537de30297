"""What stands around the page's file uploader: opening, dropping and pasting pictures, and the one that the tab kept."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import streamlit as st

from attention_core.export.bundler import bundle, text
from ui.components.told import told

_KEY: Final = "uploads"
_uploads = st.components.v2.component("regard_uploads", js=bundle("uploads/uploads.js"))
_open = st.components.v2.component(
    "regard_open_picture",
    html='<div class="regard-open"></div>',
    css=text("open_picture/open_picture.css"),
    js=bundle("open_picture/open_picture.js"),
)


def help_uploader(accepted: str | None, largest: int, on_too_large: Callable[[int], None]) -> None:
    """Hand the page's file uploader what is dropped or pasted anywhere, and after a reload the file that this browser tab kept.

    `accepted` is "name:size" of the last file that was taken; the tab keeps no other, and none where it is "". A file of more
    than `largest` bytes is not sent; `on_too_large` is told of its bytes.
    """

    def tell() -> None:
        on_too_large(int(told(_KEY, "refused") or 0))

    _uploads(key=_KEY, data={"accepted": accepted, "largest": largest}, on_refused_change=tell)


def open_picture(name: str, on_removed: Callable[[], None]) -> None:
    """A button that opens a file, and the name of the one that is open, which the reader can take away."""
    _open(key="open-picture", data={"name": name}, on_removed_change=on_removed)
