"""Which pictures count: all, or those with some value in a column of a CSV that lies beside them."""

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
"""The name of a CSV, and of one of its columns."""


def choose_labels(atlas: Atlas) -> tuple[Only, str]:
    """What is chosen by, and a sentence where labels cannot be read."""
    options, says = _options(atlas)
    if not options:
        st.caption("A CSV beside the pictures, with their names in a column and labels in others, would stand here.")
        return EVERY, says
    chosen = _column(options)
    if chosen is None:
        return EVERY, says
    labels = options[chosen]
    try:
        counts = dict(labels.values(chosen[1]))
        return _values(labels, chosen, counts), says
    except AtlasError as error:
        return EVERY, str(error)


def labels_title() -> str:
    """What the button of the menu says."""
    values = _linked_values()
    if not linked(_BY) or not values:
        return EVERYTHING
    return (values[0] if len(values) == 1 else f"{values[0]} and {len(values) - 1} more")[:32]


def _options(atlas: Atlas) -> tuple[dict[Option, Labels], str]:
    found: dict[Option, Labels] = {}
    says = ""
    for labels in atlas.labels:
        try:
            found |= {(labels.file.name, column): labels for column in labels.columns}
        except AtlasError as error:
            says = str(error)
    return found, says


def _column(options: dict[Option, Labels]) -> Option | None:
    texts = {json.dumps(option, ensure_ascii=False): option for option in options}
    several = len({file for file, _ in options}) > 1
    names = {text: f"{column} ({file})" if several else column for text, (file, column) in texts.items()}
    wanted = linked(_BY)
    key = "labels-by"
    st.session_state[key] = wanted if wanted in texts else ""

    def choose() -> None:
        link(_BY, st.session_state[key] or "")
        link(_ARE, "")

    st.selectbox("Labels", ["", *texts], format_func=lambda text: names.get(text, EVERYTHING), key=key, on_change=choose)
    return texts.get(wanted)


def _values(labels: Labels, chosen: Option, counts: dict[str, int]) -> Only:
    key = "labels-are"
    st.session_state[key] = [value for value in _linked_values() if value in counts]

    def choose() -> None:
        values = st.session_state[key][:MOST_LINKED]
        link(_ARE, json.dumps(values, ensure_ascii=False) if values else "")

    st.pills(
        plain(chosen[1]),
        list(counts),
        selection_mode="multi",
        format_func=lambda value: plain(f"{value} ({counts[value]:,})"),
        key=key,
        on_change=choose,
        wrap=True,
    )
    values = tuple(st.session_state[key])
    return labels.chosen(chosen[1], values) if values else EVERY


def _linked_values() -> list[str]:
    try:
        values = json.loads(linked(_ARE) or "[]")
    except (ValueError, RecursionError):
        return []
    found = [value for value in values if isinstance(value, str)] if isinstance(values, list) else []
    return found[:MOST_LINKED]
