"""Helpers of the page's file uploader: opening, dropping and pasting pictures, and files that the tab has kept."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Final

from attention_core.export.bundler import bundle, text
from ui.components.component import component
from ui.components.told import told

_KEY: Final = "uploads"
_OPENER: Final = "open-picture"
_uploads = component("regard_uploads", js=bundle("uploads/uploads.js"))
_open = component(
    "regard_open_picture",
    html='<div class="regard-open"></div>',
    css=text("open_picture/open_picture.css"),
    js=bundle("open_picture/open_picture.js"),
)


def help_uploader(accepted: Sequence[str] | None, largest: int, on_too_large: Callable[[int], None], place: str = "") -> None:
    """Give the page's file uploader all files that are dropped or pasted, and after a reload the files that this tab has kept.

    accepted: "name:size" of the server's files, which are the files that the tab keeps; None before the first file. largest:
    the largest file that is sent, in bytes. on_too_large: called with the size of a larger file. place: the page that the files
    belong to.
    """

    def tell() -> None:
        refused = told(_KEY, "refused")
        if isinstance(refused, int | float) and 0 <= refused < math.inf:
            on_too_large(int(refused))

    names = None if accepted is None else list(accepted)
    _uploads(key=_KEY, data={"accepted": names, "largest": largest, "place": place}, on_refused_change=tell)


def open_picture(names: Sequence[str], on_removed: Callable[[int], None], several: bool = False) -> None:
    """Show a button that opens one or several files, and the names of open files, which the reader can remove."""

    def tell() -> None:
        removed = told(_OPENER, "removed")
        at = removed.get("at") if isinstance(removed, dict) else None
        if type(at) is int and 0 <= at < len(names):
            on_removed(at)

    _open(key=_OPENER, data={"names": list(names), "several": several}, on_removed_change=tell)
