"""One of a few, as a row of segments or, where they are many or wordy, of pills."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import streamlit as st

from ui.links import bound


def segments(
    label: str, options: Mapping[str, str], key: str, opening: str | None = None, on_change: Callable[[], None] | None = None
) -> str:
    """The chosen name of `options`, which maps names to what is shown; `key` is its URL parameter, the first name opens."""
    return _one_of(st.segmented_control, label, options, key, next(iter(options)) if opening is None else opening, on_change)


def pills(
    label: str,
    options: Mapping[str, str],
    key: str,
    opening: str,
    on_change: Callable[[], None] | None = None,
    help: str | None = None,
) -> str:
    """As `segments`."""
    return _one_of(st.pills, label, options, key, opening, on_change, help)


def _one_of(
    widget: Callable[..., str | None],
    label: str,
    options: Mapping[str, str],
    key: str,
    opening: str,
    on_change: Callable[[], None] | None,
    help: str | None = None,
) -> str:
    chosen = widget(
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
