"""The menu that exports the map as files. assets/map_files/ draws it, and ui/data/files.py makes the files."""

from __future__ import annotations

from attention_core.export.attention_map import MAP_FORMATS
from ui.components.component import component_in
from ui.data.files import LIVE

_files = component_in("map_files", "regard_map_files")


def map_files(key: str, picture: str) -> None:
    """Show the menu for the explorer of that key. picture: the picture's file name, for the Python that repeats the view."""
    formats = {ending: of.title for ending, of in MAP_FORMATS.items()}
    _files(key=f"{key}-files", data={"key": key, "picture": picture, "formats": formats, "live": LIVE})
