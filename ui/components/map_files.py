"""The menu of files of what is on the map; assets/map_files/ draws it, and ui/data/files.py makes them."""

from __future__ import annotations

from attention_core.export.bundler import bundle, text
from ui.components.component import component

_files = component(
    "regard_map_files",
    html=text("map_files/map_files.html"),
    css=text("map_files/map_files.css"),
    js=bundle("map_files/map_files.js"),
)


def map_files(key: str, picture: str) -> None:
    """The menu of the explorer of that key. picture: the name of the picture's file, for the Python that repeats the view."""
    _files(key=f"{key}-files", data={"key": key, "picture": picture})
