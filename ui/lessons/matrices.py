"""Matrices that the reader may edit: kept for the session, carried by the link, taken back by a button.

A matrix has a name, its URL parameter, and a preset, which it is until somebody edits it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Final

import streamlit as st
from torch import Tensor

from ui.components.matrix_table import edited_cells, matrix_table, parse_cells
from ui.links import fits_in_link, link, linked

MAX_ROWS: Final = 12
"""Of matrices of which a row is a vector; others may be as high as vectors are wide."""
MAX_COLUMNS: Final = 16
LARGEST: Final = 1000.0
_HISTORY: Final = "matrix_history"
_ERRORS: Final = "matrix_errors"
_COUNTS: Final = "matrix_edits"
_SHAPES: Final = "matrix_shapes"
_LONGEST_HISTORY: Final = 50


def matrix(name: str, preset: Tensor, resizable: bool = False) -> Tensor:
    """The matrix as edited, where it was and the edit has the shape of the preset (or may have another); else the preset."""
    shape = None if resizable else (preset.shape[0], preset.shape[1])
    st.session_state.setdefault(_SHAPES, {})[name] = shape
    values = edited(name)
    if values is None:
        return preset
    if shape is not None and values.shape != shape:
        received = " × ".join(map(str, values.shape))
        forget(name)
        _errors()[name] = f"{name} was edited as {received}; it is now {shape[0]} × {shape[1]} and back to its preset."
        return preset
    return values


def edited(name: str) -> Tensor | None:
    """The matrix as the reader made it; None while it is its preset."""
    history = _history(name)
    return history[-1] if history else None


def edit_matrix(
    name: str,
    values: Tensor,
    *,
    label: str,
    role: str,
    row_names: Sequence[str],
    column_names: Sequence[str],
    marked_row: int | None = None,
) -> None:
    """The table in which the matrix is edited, with undo and reset below it."""
    matrix_table(
        f"table-{name}",
        values,
        label=label,
        role=role,
        row_names=row_names,
        column_names=column_names,
        on_edit=partial(_take, name, label),
        message=_errors().get(name, ""),
        marked_row=marked_row,
        resizable=st.session_state[_SHAPES][name] is None,
        edits=st.session_state.get(_COUNTS, {}).get(name, 0),
    )
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"tools-{name}"):
        st.button("Undo", key=f"undo-{name}", type="tertiary", disabled=not _history(name), on_click=_undo, args=(name,))
        st.button("Reset", key=f"reset-{name}", type="tertiary", disabled=edited(name) is None, on_click=forget, args=(name,))
        if edited(name) is not None:
            st.caption("Edited")


def forget(*names: str) -> None:
    """Back to the presets; an undo brings the edits back."""
    for name in names:
        if edited(name) is not None:
            _history(name).append(None)
        _errors().pop(name, None)
        _count(name)
        link(name, "")


def kept_names() -> list[str]:
    """Of all matrices that this session has shown."""
    return list(st.session_state.get(_HISTORY, {}))


def carry_in_link(names: Sequence[str], others: Callable[[str], bool] = lambda _: False) -> None:
    """Put the edited ones of these matrices into the link, if all of them fit; say so where they do not.

    Edited ones that are not among them and of which `others` is true leave the link: they are not on show.
    """
    for name in kept_names():
        if name not in names and others(name):
            link(name, "")
    texts = {name: written(values) for name in names if (values := edited(name)) is not None}
    fits = fits_in_link(texts)
    for name in texts:
        link(name, texts[name] if fits else "")
    if not fits:
        st.info("The link carries the presets only: with the edited numbers it would be longer than 2,000 characters.")


def written(values: Tensor) -> str:
    """As a URL parameter that needs no escapes: _ between columns, ~ between rows."""
    return "~".join("_".join(_number(value) for value in row) for row in values.tolist())


def read(text: str, name: str, max_rows: int = MAX_COLUMNS) -> Tensor:
    """The inverse of `written`. Raises ValueError on everything else."""
    cells = [row.split("_") for row in text[:20_000].split("~")]
    return parse_cells(cells, name=name, max_rows=max_rows, max_columns=MAX_COLUMNS, largest=LARGEST)


def _number(value: float) -> str:
    return repr(value).removesuffix(".0").replace("e+", "e")


def _history(name: str) -> list[Tensor | None]:
    """All edits, the last one last, None where it went back to its preset; at first what the link brought."""
    histories: dict[str, list[Tensor | None]] = st.session_state.setdefault(_HISTORY, {})
    if name not in histories:
        histories[name] = []
        if text := linked(name):
            try:
                histories[name] = [read(text, name, _most_rows(name))]
            except ValueError:
                _errors()[name] = f"The link's {name} could not be read; this is the preset."
                link(name, "")
    return histories[name]


def _take(name: str, label: str) -> None:
    """An edit from the browser: take it or say why not."""
    shape = st.session_state[_SHAPES][name]
    _count(name)
    try:
        values = parse_cells(
            edited_cells(f"table-{name}"),
            name=label,
            max_rows=_most_rows(name),
            max_columns=MAX_COLUMNS,
            shape=shape,
            largest=LARGEST,
        )
    except ValueError as error:
        _errors()[name] = str(error)
        return
    _errors().pop(name, None)
    _history(name).append(values)
    del _history(name)[:-_LONGEST_HISTORY]


def _undo(name: str) -> None:
    _history(name).pop()
    _errors().pop(name, None)
    _count(name)
    link(name, "")


def _most_rows(name: str) -> int:
    return MAX_ROWS if st.session_state.get(_SHAPES, {}).get(name) is None else MAX_COLUMNS


def _errors() -> dict[str, str]:
    errors: dict[str, str] = st.session_state.setdefault(_ERRORS, {})
    return errors


def _count(name: str) -> None:
    counts = st.session_state.setdefault(_COUNTS, {})
    counts[name] = counts.get(name, 0) + 1
