"""One of a few, as a row of segments or, where they are many or wordy, of pills."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import streamlit as st

from ui.links import bound


def segments(
    label: str, options: Mapping[str, str], key: str, opening: str | None = None, on_change: Callable[[], None] | None = None
) -> str:
    """The chosen name of `options`, which maps names to what is shown; `key` is its URL parameter, the first name opens."""
    first = next(iter(options)) if opening is None else opening
    chosen = st.segmented_control(
        label,
        list(options),
        format_func=options.__getitem__,
        required=True,
        wrap=True,
        on_change=on_change,
        **bound(key, default=first),
    )
    return chosen or first


def pills(
    label: str,
    options: Mapping[str, str],
    key: str,
    opening: str,
    on_change: Callable[[], None] | None = None,
    help: str | None = None,
) -> str:
    """As `segments`."""
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
