"""The menu of files of what is on the map; assets/map_files/ draws it, and ui/data/files.py makes them."""

from __future__ import annotations

from attention_core.export.attention_map import MAP_FORMATS
from attention_core.export.bundler import bundle, text
from ui.components.component import component
from ui.data.files import LIVE

_files = component(
    "regard_map_files",
    html=text("map_files/map_files.html"),
    css=text("map_files/map_files.css"),
    js=bundle("map_files/map_files.js"),
)


def map_files(key: str, picture: str) -> None:
    """The menu of the explorer of that key. picture: the name of the picture's file, for the Python that repeats the view."""
    formats = {ending: of.title for ending, of in MAP_FORMATS.items()}
    _files(key=f"{key}-files", data={"key": key, "picture": picture, "formats": formats, "live": LIVE})
