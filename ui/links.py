"""What the reader has set, in the link and back, and kept while another page is open.

Widgets are tied to the URL by `bound`. What has no widget, `linked` reads and `link` sets. The explorer, the atlas and
the lessons keep what they show in the link themselves (assets/view/link.js, assets/lesson/page_link.js).
"""

from __future__ import annotations

from typing import Any, Final

import streamlit as st

_WIDGETS: Final = "kept_controls"
_OWNERS: Final = "pages_of_controls"
_LINKED: Final = "kept_linked"


def bound(key: str, page: str = "", **opening: Any) -> dict[str, Any]:
    """The keywords that tie a widget to its URL parameter; call it once a run, as the widget is made.

    page: whose widget it is, where another page ties a different one to the same parameter. opening: the widget's own keyword
    for its first value, `default` or `value`.

    Streamlit forgets a widget that a run leaves out, as when another page or a model without layers was shown in between: the
    reader's last choice is put back. The choice of another page's widget outlives the way to this page, and is not taken up.
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
    """What a widget is set to, or was when it was last on the page."""
    return st.session_state.get(key, st.session_state.get(_WIDGETS, {}).get(key, otherwise))


def linked(name: str) -> str:
    """The parameter of the link, or what it was when this page was last open; "" where it was never set."""
    kept: dict[str, str] = st.session_state.setdefault(_LINKED, {})
    if name in st.query_params:
        kept[name] = st.query_params[name]
    elif kept.get(name):
        st.query_params[name] = kept[name]
    return kept.get(name, "")


def link(name: str, value: str) -> None:
    """Set a parameter of the link; "" takes it out."""
    st.session_state.setdefault(_LINKED, {})[name] = value
    if value:
        st.query_params[name] = value
    else:
        st.query_params.pop(name, None)


def show(key: str, value: object) -> None:
    """Set a widget to what the link says; one that shows it already is left alone, for setting it would undo what the reader
    has done since this run began.
    """
    if st.session_state.get(key) != value:
        st.session_state[key] = value


def whole(text: str, low: int, high: int) -> int | None:
    """A whole number within these limits, or None."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 4 and low <= int(text) <= high else None
