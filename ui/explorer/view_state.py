"""The view of the page "Your image": its opening settings, and changes by the page's script.

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
"""The view that the page opens with. Layer 10 is the layer of the default model that shows best."""
FOREIGN: Final = tuple(setting.field for setting in SETTINGS.values() if setting.of)
"""Fields that are valid only for the link's own picture and model."""
COUNTED: Final = tuple(setting.field for setting in SETTINGS.values() if setting.of == "patches")
"""Fields that count patches of a picture."""
_VIEW: Final = Orders("view", parameters(), unsaid_in(SETTINGS))
_SQUARE: Final = "view_square"
_NAMES: Final = {setting.field: name for name, setting in SETTINGS.items()}


def begin_view(entered: bool) -> None:
    """Call it at the beginning of a page. If the page was just entered, the browser follows the link's view settings."""
    _VIEW.enter(entered)
    if entered and any(st.query_params.get(name) for name in parameters()):
        st.session_state[_SQUARE] = st.query_params.get("square", "").lower() == "true"


def change_view(**changes: Any) -> None:
    """Set some settings of the view, by their names in `ViewSettings`."""
    if "square" in changes:
        st.session_state[_SQUARE] = changes["square"]
    _VIEW.set(**{_NAMES[name]: value for name, value in changes.items()})


def reset_view() -> None:
    """Set the whole view back to its opening settings."""
    st.session_state[_SQUARE] = OPENING.square
    _VIEW.reset()


def release_places() -> None:
    """Release settings that count patches of the earlier picture."""
    change_view(**dict.fromkeys(COUNTED))


def is_square() -> bool:
    """True if the page uses only the middle square of the picture."""
    return bool(st.session_state.get(_SQUARE, OPENING.square))


def take_square() -> None:
    """Take over the reader's choice of the middle square from the browser."""
    st.session_state[_SQUARE] = told(EXPLORER, "square") is True


def for_browser() -> dict[str, Any]:
    """Return the opening settings and the script's orders for the browser."""
    return {"defaults": OPENING.for_explorer(), "orders": _VIEW.for_browser()}


def opening() -> dict[str, Any]:
    """Return the opening settings for the browser, for a page whose script sets nothing."""
    return {"defaults": OPENING.for_explorer()}
