"""A choice among a few options, as a row of pills."""

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
    """Show the pills and return the chosen name. options: titles by name. key: the URL parameter."""
    name = st.pills(
        label,
        list(options),
        format_func=options.__getitem__,
        required=True,
        wrap=True,
        on_change=on_change,
        help=help,
        **bound(key, default=opening),
    )
    return name or opening


def title_of(key: str, titles: Mapping[str, str], opening: str) -> str:
    """Return the title of a control's choice, before the control exists. The button that opens its menu needs the title."""
    title = titles.get(st.session_state.get(key, ""))
    linked = st.query_params.get(key, "")
    return title or (linked if linked in titles.values() else titles[opening])
