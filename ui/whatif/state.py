"""The settings of the page "What if": what is looked at, and what is changed."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import streamlit as st

from ui.compare.reading import settings_of_link
from ui.compare.settings import OPENING as COMPARED
from ui.compare.view_state import ComparisonState
from ui.components.told import told
from ui.components.what_if import strip_key
from ui.explorer.state import DEFAULTS, Side
from ui.pictures import Picture
from ui.whatif.acts import handover

WHAT_IF: Final = "what-if"
"""The key of the component."""
OPENING: Final = replace(COMPARED, show="attention", layers=(10, 10), asks="place")
OPENING_ACTS: Final = "8.3:off"
"""The head of DINOv2-small without which most patches of the bundled photographs move farthest."""
_PICTURE: Final = "what_if_picture"
VIEW: Final = ComparisonState("what_if", OPENING)
ACTS: Final = handover(OPENING_ACTS)
OPENING_PLACES: Final = {"astronaut": (0.34, 0.12)}
"""Where the first query lies on a photograph, as fractions (down, right): a patch whose attention the opening change moves."""
SIDE: Final = Side("", DEFAULTS, features=True, release=VIEW.release)


def begin(entered: bool) -> None:
    """Call it as the page begins."""
    VIEW.begin(entered)
    ACTS.begin(entered)


def arrive(told: object) -> bool:
    """Have the page open with what another one's component tells, as a link would say it; whether it tells anything.

    The browser, which has the reader's list of changes, has put the new ones at its end.
    """
    if not isinstance(told, dict):
        return False
    said = {name: value for name, value in told.items() if isinstance(value, str)}
    begin(False)
    ACTS.follow(said)
    VIEW.place(**settings_of_link(said))
    st.session_state.pop(_PICTURE, None)
    return True


def take_acts() -> None:
    """What the browser tells of the changes."""
    ACTS.take(told(strip_key(WHAT_IF), "view"))


def take_view() -> None:
    """What the browser tells of what is looked at."""
    VIEW.take(told(WHAT_IF, "view"))


def release_with_another(picture: Picture, foreign: bool) -> None:
    """Pin and box are those of the picture on which they were set; foreign: whether it stands in for the link's."""
    if foreign:
        return
    if st.session_state.setdefault(_PICTURE, picture.digest) != picture.digest:
        st.session_state[_PICTURE] = picture.digest
        VIEW.release()


def opened_at(picture: Picture, name: str) -> Picture:
    """The picture, with the patch that asks first where the opening change can be seen."""
    return replace(picture, opening=OPENING_PLACES.get(name, picture.opening))
