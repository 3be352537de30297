"""The view of the page "Your image": what it opens with, and what the page's script sets in it.

The browser owns the view and its part of the link (assets/view/settings.js).
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

import streamlit as st

from attention_core.export.view_settings import DEFAULT_VIEW, SETTINGS
from ui.components.told import told
from ui.data.settings_asked import parameters, unsaid_in
from ui.orders import Orders

EXPLORER: Final = "explorer"
"""The key of the explorer on this page."""
OPENING: Final = replace(DEFAULT_VIEW, layer=10)
"""What the page opens with: the layer of the default model that shows best."""
FOREIGN: Final = tuple(setting.field for setting in SETTINGS.values() if setting.of)
"""What a link says of its own picture and model alone."""
COUNTED: Final = tuple(setting.field for setting in SETTINGS.values() if setting.of == "patches")
"""What is counted on the patches of a picture."""
_VIEW: Final = Orders("view", parameters(), unsaid_in(SETTINGS))
_SQUARE: Final = "view_square"
_NAMES: Final = {setting.field: name for name, setting in SETTINGS.items()}


def begin_view(entered: bool) -> None:
    """Call it as the page begins; a link that says something of the view is followed when the page is `entered`."""
    _VIEW.enter(entered)
    if entered and any(st.query_params.get(name) for name in parameters()):
        st.session_state[_SQUARE] = st.query_params.get("square", "").lower() == "true"


def change_view(**changes: Any) -> None:
    """Set some of the view, by their names in `ViewSettings`."""
    if "square" in changes:
        st.session_state[_SQUARE] = changes["square"]
    _VIEW.set(**{_NAMES[name]: value for name, value in changes.items()})


def reset_view() -> None:
    """Set all of the view to what the page opens with."""
    st.session_state[_SQUARE] = OPENING.square
    _VIEW.reset()


def release_places() -> None:
    """Let go of what is counted on the patches of the picture that is left."""
    change_view(**dict.fromkeys(COUNTED))


def is_square() -> bool:
    """Whether only the middle square of the picture is looked at."""
    return bool(st.session_state.get(_SQUARE, OPENING.square))


def take_square() -> None:
    """The reader has chosen in the browser whether only the middle square is looked at."""
    st.session_state[_SQUARE] = told(EXPLORER, "square") is True


def for_browser() -> dict[str, Any]:
    """Return what the browser has to know: what the page opens with, and what the script sets."""
    return {"defaults": OPENING.for_explorer(), "orders": _VIEW.for_browser()}


def opening() -> dict[str, Any]:
    """As `for_browser`, where nothing is set from here."""
    return {"defaults": OPENING.for_explorer()}
