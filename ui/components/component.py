"""A component of Streamlit's whose data come in order.

While a browser is loading a component's script Streamlit gives it the data of one run after another, and where that is Chromium
they come in any order: it resolves the imports of a module on its way in none. Data given earlier would stay. So they say when
they were given, and the browser leaves what is older than what it has (assets/streamlit/newest.js).
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Callable
from typing import Any, Final

import streamlit as st

from attention_core.export.bundler import bundle, text

_SESSION: Final = "component_session"
_GIVEN: Final = "component_given"
_TURN: Final = "turn"
"""What the data's own names may not be."""


def component(name: str, *, js: str, html: str | None = None, css: str | None = None) -> Callable[..., Any]:
    """As `st.components.v2.component`. Arrays among its data are told from others by what stands beside them."""
    mount = st.components.v2.component(name, html=html, css=css, js=js)

    def mounted(*, key: str, data: dict[str, Any] | None = None, **options: Any) -> Any:
        return mount(key=key, data=None if data is None else _in_order(key, data), **options)

    return mounted


def component_in(folder: str, name: str, *styles: str, html: str = "") -> Callable[..., Any]:
    """Return the component that assets/{folder}/{folder}.js, .html and .css draw.

    styles: files of further styles, which come first. html: another file than the folder's own.
    """
    css = "".join(map(text, (*styles, *([] if html else [f"{folder}/{folder}.css"]))))
    return component(name, html=text(html or f"{folder}/{folder}.html"), css=css, js=bundle(f"{folder}/{folder}.js"))


def _in_order(key: str, data: dict[str, Any]) -> dict[str, Any]:
    """With who gives them, and how often it has given other data before: the same data are the same message, sent once."""
    if _TURN in data:
        raise ValueError(f"a component's data have a name of their own for {_TURN!r}")
    session: str = st.session_state.setdefault(_SESSION, secrets.token_hex(4))
    given: dict[str, tuple[bytes, int]] = st.session_state.setdefault(_GIVEN, {})
    said = hashlib.blake2b(json.dumps(data, default=lambda _: None).encode(), digest_size=16).digest()
    last, times = given.get(key, (b"", 0))
    if said != last:
        given[key] = said, times + 1
    return data | {_TURN: (f"{session} {key}", given[key][1])}
