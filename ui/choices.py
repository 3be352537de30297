"""One of a few, as a row of pills."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import streamlit as st

from ui.links import bound


def pills(
    label: str,
    options: Mapping[str, str],
    key: str,
    opening: str,
    on_change: Callable[[], None] | None = None,
    help: str | None = None,
) -> str:
    """The chosen name of `options`, which maps names to what is shown; `key` is its URL parameter."""
    chosen = st.pills(
        label,
        list(options),
        format_func=options.__getitem__,
        required=True,
        wrap=True,
        on_change=on_change,
        help=help,
        **bound(key, default=opening),
    )
    return chosen or opening


def title_of(key: str, titles: Mapping[str, str], opening: str) -> str:
    """What a control has chosen or its link says, before it is made: the button that opens its menu says so."""
    chosen = titles.get(st.session_state.get(key, ""))
    linked = st.query_params.get(key, "")
    return chosen or (linked if linked in titles.values() else titles[opening])
