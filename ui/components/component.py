"""A Streamlit component that shows the newest data.

While a browser loads a component's script, Streamlit sends it the data of several runs. Chromium may deliver them in any order,
because it resolves pending imports of a module in any order. Older data could then stay on the screen. So data carry a number,
and the browser ignores data that are older than its own (assets/streamlit/newest.js).
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
"""The name of this number among the data. A component must not use it for other data."""


def component(name: str, *, js: str, html: str | None = None, css: str | None = None) -> Callable[..., Any]:
    """Return a component as `st.components.v2.component` does, but with numbered data."""
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
    """Return the data with a sender and a number. The number grows only if the data change, so equal data are sent once."""
    if _TURN in data:
        raise ValueError(f"a component's data must not contain the name {_TURN!r}")
    session: str = st.session_state.setdefault(_SESSION, secrets.token_hex(4))
    sent: dict[str, tuple[bytes, int]] = st.session_state.setdefault(_GIVEN, {})
    digest = hashlib.blake2b(json.dumps(data, default=lambda _: None).encode(), digest_size=16).digest()
    last_digest, times = sent.get(key, (b"", 0))
    if digest != last_digest:
        sent[key] = digest, times + 1
    return data | {_TURN: (f"{session} {key}", sent[key][1])}
