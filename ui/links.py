"""The reader's settings in the page's link. They stay while another page is open.

`bound` ties a widget to the URL. For a setting without a widget, `linked` reads it and `link` writes it. The explorer, the
atlas and the lessons keep their own settings in the link (assets/view/link.js, assets/lesson/page_link.js).
"""

from __future__ import annotations

from typing import Any, Final

import streamlit as st

_WIDGETS: Final = "kept_controls"
_OWNERS: Final = "pages_of_controls"
_LINKED: Final = "kept_linked"


def bound(key: str, page: str = "", **opening: Any) -> dict[str, Any]:
    """Return the keywords that tie a widget to its URL parameter. Call it once per run, when the widget is created.

    page: the widget's page, if another page ties a different widget to the same parameter. opening: the widget's own keyword
    for its first value, `default` or `value`.

    Streamlit forgets a widget that one run leaves out, for example while another page is open. This function restores the
    reader's last choice. It ignores the choice of another page's widget, which is still in the session after a change of page.
    """
    kept = st.session_state.setdefault(_WIDGETS, {})
    name = f"{page} {key}" if page else key
    owners = st.session_state.setdefault(_OWNERS, {})
    stays = owners.setdefault(key, page) == page
    owners[key] = page
    if stays and key in st.session_state:
        kept[name] = st.session_state[key]
    elif key not in st.query_params:
        if name in kept:
            st.session_state[key] = kept[name]
        elif not stays:
            st.session_state.pop(key, None)
    return {"key": key, "bind": "query-params"} | opening


def control(key: str, otherwise: Any) -> Any:
    """Return a widget's value, or its value when it was last on the page."""
    return st.session_state.get(key, st.session_state.get(_WIDGETS, {}).get(key, otherwise))


def linked(name: str) -> str:
    """Return a parameter of the link, or its value when this page was last open; "" if it was never set."""
    kept: dict[str, str] = st.session_state.setdefault(_LINKED, {})
    if name in st.query_params:
        kept[name] = st.query_params[name]
    elif kept.get(name):
        st.query_params[name] = kept[name]
    return kept.get(name, "")


def link(name: str, value: str) -> None:
    """Set a parameter of the link; "" removes it."""
    st.session_state.setdefault(_LINKED, {})[name] = value
    if value:
        st.query_params[name] = value
    else:
        st.query_params.pop(name, None)


def show(key: str, value: object) -> None:
    """Set a widget's value if it differs. Setting an equal value would undo a change that the reader made during this run."""
    if st.session_state.get(key) != value:
        st.session_state[key] = value


def whole(text: str, low: int, high: int) -> int | None:
    """Return a whole number within these limits, or None."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 4 and low <= int(text) <= high else None
