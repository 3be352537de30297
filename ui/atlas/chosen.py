"""The choice of the page's atlas and of the atlas beside it. The link names both."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import streamlit as st

from attention_core.atlas.manifest import AtlasError
from attention_core.atlas.reading import Atlas
from ui import atlases
from ui.links import link, linked
from ui.shared.faults import FaultError

ATLAS: Final = "atlas"
BESIDE: Final = "beside"
NONE: Final = ""
FOLDER_HELP: Final = "A folder on the machine that runs Regard. `regard atlas PICTURES --out FOLDER` writes such a folder."


@dataclass(frozen=True)
class Opened:
    """An atlas and its name in the link."""

    name: str
    atlas: Atlas

    @property
    def title(self) -> str:
        return atlases.title_of(self.name)

    @property
    def caption(self) -> str:
        return f"{self.title} · {self.atlas.manifest.title}"


def opened_atlas() -> tuple[Opened, str]:
    """Return the link's atlas and "". If it does not open, return the bundled atlas and a sentence that says why."""
    name = linked(ATLAS) or atlases.OPENING
    try:
        return Opened(name, atlases.opened(name)), ""
    except AtlasError as error:
        says = f"{error} This page shows “{atlases.TITLES[atlases.OPENING]}” instead."
        return Opened(atlases.OPENING, atlases.opened(atlases.OPENING)), says


def opened_beside() -> tuple[Opened | None, str]:
    """Return the atlas to compare with, or None; and a sentence if it does not open."""
    name = linked(BESIDE)
    if not name:
        return None, ""
    try:
        return Opened(name, atlases.opened(name)), ""
    except (AtlasError, FaultError) as error:
        return None, f"{error} This page shows one atlas only."


def choose_atlas(parameter: str, shown: str) -> None:
    """Show the menu of one of the two atlases: the known ones, and any folder if the server allows it."""
    titles = atlases.listed()
    if shown and shown not in titles:
        titles |= {shown: atlases.title_of(shown)}
    if parameter == BESIDE:
        titles = {NONE: "None"} | titles
    key, folder = f"{parameter}-known", f"{parameter}-folder"
    st.session_state[key] = shown

    def choose() -> None:
        link(parameter, st.session_state[key] or NONE)

    def open_folder() -> None:
        if path := st.session_state[folder].strip():
            link(parameter, path)

    st.pills(
        "Atlas",
        list(titles),
        format_func=lambda name: atlases.plain(titles[name]),
        key=key,
        on_change=choose,
        required=True,
        wrap=True,
    )
    if atlases.opens_any():
        st.text_input("Or a folder", key=folder, on_change=open_folder, help=FOLDER_HELP, placeholder="/path/of/an/atlas")
