"""What is looked at on the page "Atlas": which atlas, which beside it, which measure and head; all of it in the link."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

import streamlit as st

from attention_core.atlas.columns import MEASURES
from attention_core.atlas.manifest import AtlasError
from attention_core.atlas.reading import Atlas
from attention_core.measures import Measure
from ui import atlases
from ui.components.atlas import VIEWS, Place, place_told
from ui.links import bound, link, linked
from ui.shared.faults import FaultError

GRID: Final = "atlas-grid"
HEAD: Final = "atlas-head"
ATLAS: Final = "atlas"
BESIDE: Final = "beside"
_HEAD: Final = "head"
_VIEW: Final = "as"
_PLACE: Final = re.compile(r"(\d{1,3})\.(\d{1,4})")
NONE: Final = ""
FOLDER_HELP: Final = "A folder that `regard atlas PICTURES --out FOLDER` has written, on the machine that Regard runs on."
SHOWS: Final = {"mean": "Mean", "deviation": "Variation between pictures"}
COMPARED: Final = {"difference": "Difference", "effect": "Effect size"}


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


def choose_measure(atlas: Atlas, compared: bool) -> tuple[Measure, str, bool]:
    """Return the measure, which column of it is drawn, and whether heads stand by that.

    A measure that the atlas lacks may be chosen, and the page says so; one that its model cannot have is not offered.
    """
    offered = (*atlas.measures, *atlas.unmeasured)
    measures = {each.title: each for each in MEASURES if each in offered}
    shows = SHOWS | (COMPARED if compared else {})
    title = _segments("measure", "Measure", list(measures))
    show = _segments("show", "Shown", list(shows.values()))
    order = _segments("order", "Order", ["By layer", "By value"])
    return measures[title], next(name for name, each in shows.items() if each == show), order == "By value"


def _segments(key: str, label: str, options: list[str]) -> str:
    if st.session_state.get(key, options[0]) not in options:  # chosen beside another atlas
        st.session_state[key] = options[0]
    chosen = st.segmented_control(
        label, options, required=True, wrap=True, label_visibility="collapsed", **bound(key, "atlas", default=options[0])
    )
    return chosen or options[0]


def chosen_head(heads: list[int], otherwise: Place) -> Place:
    """The link's, where the model has it."""
    found = _PLACE.fullmatch(linked(_HEAD))
    place = place_told([int(found[1]), int(found[2])] if found else None, heads)
    return otherwise if place is None else place


def choose_head(place: Place) -> None:
    """For a callback."""
    link(_HEAD, f"{place[0]}.{place[1]}")


def chosen_view() -> str:
    """The link's, the first where it names none."""
    return wanted if (wanted := linked(_VIEW)) in VIEWS else VIEWS[0]


def choose_view(view: str) -> None:
    """For a callback."""
    link(_VIEW, "" if view == VIEWS[0] else view)
