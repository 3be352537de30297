"""The choice of pictures that count: all, or those with some label. Labels come from a CSV file beside the pictures."""

from __future__ import annotations

import json
from typing import Final

import streamlit as st

from attention_core.atlas.labels import EVERY, Labels, Only
from attention_core.atlas.manifest import AtlasError
from attention_core.atlas.reading import Atlas
from ui.atlases import plain
from ui.links import link, linked

_BY: Final = "by"
_ARE: Final = "are"
EVERYTHING: Final = "Every picture"
MOST_LINKED: Final = 50
Option = tuple[str, str]
"""The name of a CSV file and of one of its columns."""


def choose_labels(atlas: Atlas) -> tuple[Only, str]:
    """Show the menu of labels. Return the chosen pictures, and a sentence if labels cannot be read."""
    options, says = _options(atlas)
    if not options:
        st.caption("Put a CSV file beside the pictures to see its labels here. It needs a column with the pictures' names.")
        return EVERY, says
    column = _column(options)
    if column is None:
        return EVERY, says
    labels = options[column]
    try:
        counts = dict(labels.values(column[1]))
        return _values(labels, column, counts), says
    except AtlasError as error:
        return EVERY, str(error)


def labels_title() -> str:
    """Return the text of the button that opens the menu."""
    values = _linked_values()
    if not linked(_BY) or not values:
        return EVERYTHING
    return (values[0] if len(values) == 1 else f"{values[0]} and {len(values) - 1} more")[:32]


def _options(atlas: Atlas) -> tuple[dict[Option, Labels], str]:
    options: dict[Option, Labels] = {}
    says = ""
    for labels in atlas.labels:
        try:
            options |= {(labels.file.name, column): labels for column in labels.columns}
        except AtlasError as error:
            says = str(error)
    return options, says


def _column(options: dict[Option, Labels]) -> Option | None:
    texts = {json.dumps(option, ensure_ascii=False): option for option in options}
    several = len({file for file, _ in options}) > 1
    names = {text: f"{column} ({file})" if several else column for text, (file, column) in texts.items()}
    linked_option = linked(_BY)
    key = "labels-by"
    st.session_state[key] = linked_option if linked_option in texts else ""

    def choose() -> None:
        link(_BY, st.session_state[key] or "")
        link(_ARE, "")

    st.selectbox("Labels", ["", *texts], format_func=lambda text: names.get(text, EVERYTHING), key=key, on_change=choose)
    return texts.get(linked_option)


def _values(labels: Labels, option: Option, counts: dict[str, int]) -> Only:
    key = "labels-are"
    st.session_state[key] = [value for value in _linked_values() if value in counts]

    def choose() -> None:
        values = st.session_state[key][:MOST_LINKED]
        link(_ARE, json.dumps(values, ensure_ascii=False) if values else "")

    st.pills(
        plain(option[1]),
        list(counts),
        selection_mode="multi",
        format_func=lambda value: plain(f"{value} ({counts[value]:,})"),
        key=key,
        on_change=choose,
        wrap=True,
    )
    values = tuple(st.session_state[key])
    return labels.chosen(option[1], values) if values else EVERY


def _linked_values() -> list[str]:
    try:
        values = json.loads(linked(_ARE) or "[]")
    except (ValueError, RecursionError):
        return []
    words = [value for value in values if isinstance(value, str)] if isinstance(values, list) else []
    return words[:MOST_LINKED]
