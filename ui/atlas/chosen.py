"""Which atlas the page "Atlas" shows and which beside it; both stand in the link."""

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
FOLDER_HELP: Final = "A folder that `regard atlas PICTURES --out FOLDER` has written, on the machine that Regard runs on."


@dataclass(frozen=True)
class Opened:
    """An atlas, and the name that the link has for it."""

    name: str
    atlas: Atlas

    @property
    def title(self) -> str:
        return atlases.title_of(self.name)

    @property
    def caption(self) -> str:
        return f"{self.title} · {self.atlas.manifest.title}"


def opened_atlas() -> tuple[Opened, str]:
    """The link's atlas; the bundled one stands in for it where it does not open, with a sentence that says why."""
    wanted = linked(ATLAS) or atlases.OPENING
    try:
        return Opened(wanted, atlases.opened(wanted)), ""
    except AtlasError as error:
        says = f"{error} “{atlases.TITLES[atlases.OPENING]}” is shown in its place."
        return Opened(atlases.OPENING, atlases.opened(atlases.OPENING)), says


def opened_beside() -> tuple[Opened | None, str]:
    """The one that it is held against, if the link names one."""
    wanted = linked(BESIDE)
    if not wanted:
        return None, ""
    try:
        return Opened(wanted, atlases.opened(wanted)), ""
    except (AtlasError, FaultError) as error:
        return None, f"{error} Nothing stands beside it."


def choose_atlas(parameter: str, shown: str) -> None:
    """The menu of one of the two: those that are known, and any folder where the server allows that."""
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
