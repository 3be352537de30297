"""The menu of files of what is on the map; assets/map_files/ draws it, and ui/data/files.py makes them."""

from __future__ import annotations

from attention_core.export.attention_map import MAP_FORMATS
from ui.components.component import component_in
from ui.data.files import LIVE

_files = component_in("map_files", "regard_map_files")


def map_files(key: str, picture: str) -> None:
    """The menu of the explorer of that key. picture: the name of the picture's file, for the Python that repeats the view."""
    formats = {ending: of.title for ending, of in MAP_FORMATS.items()}
    _files(key=f"{key}-files", data={"key": key, "picture": picture, "formats": formats, "live": LIVE})
