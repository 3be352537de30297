"""The view of the page "Atlas". assets/atlas/ draws it, and ui/data/atlases.py answers its requests."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from attention_core.export.bundler import bundle, text
from ui.components.component import component
from ui.data.atlases import AtlasShown
from ui.data.leases import leased_under

_atlas = component(
    "regard_atlas",
    html=text("atlas/atlas.html"),
    css=text("atlas/atlas.css") + text("atlas/head.css"),
    js=bundle("atlas/atlas.js"),
)
_files = component(
    "regard_atlas_files",
    html=text("atlas_files/atlas_files.html"),
    css=text("map_files/map_files.css"),
    js=bundle("atlas_files/atlas_files.js"),
)


def atlas_view(
    key: str,
    shown: AtlasShown,
    *,
    caption: str,
    beside: str,
    measures: Sequence[dict[str, Any]],
    note: str,
    orders: dict[str, Any],
) -> None:
    """Show the grid of a measure and the details of one head. A clicked picture arrives as `st.session_state[key].open`.

    caption: the atlas's title and model. beside: the title of the atlas beside, "" if there is none. measures: the menu
    (ui/atlas/said.py). note: a note about clicks on pictures. orders: the script's orders for the view.
    """
    data = {
        "shown": shown.key,
        "lease": leased_under(shown),
        "title": shown.title,
        "caption": caption,
        "heads": shown.atlas.manifest.heads,
        "beside": beside,
        "measures": list(measures),
        "note": note,
        "orders": orders,
    }
    _atlas(key=key, data=data, on_open_change=lambda: None, on_renew_change=lambda: None)


def atlas_files(key: str) -> None:
    """Show the menu that exports the view's numbers as tables."""
    _files(key=f"{key}-files", data={})
