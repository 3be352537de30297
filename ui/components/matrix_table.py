"""A matrix that can be edited in place, and the one place that decides which edits are accepted."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Final

import streamlit as st
import torch
from torch import Tensor

from attention_core.export.bundler import bundle, text

ROLES: Final = ("x", "q", "k", "v", "w", "y", "join")
_LONGEST_QUOTE: Final = 20
_LONGEST_NUMBER: Final = 64
_NUMBER: Final = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", re.ASCII | re.IGNORECASE)
_NOT_FINITE: Final = re.compile(r"[+-]?(nan|inf|infinity|∞)", re.IGNORECASE)

_table = st.components.v2.component(
    "regard_matrix_table",
    html='<div class="regard-matrix"></div>',
    css=text("shared/roles.css") + text("matrix_table/matrix_table.css"),
    js=bundle("matrix_table/matrix_table.js"),
)


def matrix_table(
    key: str,
    values: Tensor,
    *,
    label: str,
    role: str,
    row_names: Sequence[str],
    column_names: Sequence[str],
    on_edit: Callable[[], None] | None = None,
    message: str = "",
    marked_row: int | None = None,
    resizable: bool = False,
    edits: int = 0,
) -> None:
    """A table of `values` (R, C) that calls `on_edit` when a cell was edited or a block pasted; read only without it.

    The callback reads `edited_cells(key)`, gives it to `parse_cells`, and keeps either the new values or the reason why not,
    which the page hands back as `message`. `edits` goes up with every edit, so that a refused one is painted over every time.
    In `label` and the names "W_q" and "x1" get their subscripts; the first word of `label` has the colour of `role`.
    With `resizable` a block pasted at the first cell replaces the whole matrix. Raises ValueError where the names do not fit
    the shape or the role has no colour.
    """
    _require(values, label, role, (len(row_names), len(column_names)))
    data = {
        "label": label,
        "role": role,
        "rows": list(row_names),
        "columns": list(column_names),
        "values": [_wire(value) for value in values.double().flatten().tolist()],
        "editable": on_edit is not None,
        "resizable": resizable,
        "message": message,
        "marked": marked_row,
        "edits": edits,
        "answered": st.session_state.get(_answered(key), 0),
    }
    callbacks: dict[str, Any] = {} if on_edit is None else {"on_edit_change": partial(_edited, key, on_edit)}
    _table(key=key, data=data, **callbacks)


def edited_cells(key: str) -> list[list[str]]:
    """The raw texts of the whole table after an edit, for the `on_edit` of that table; from the browser, so check them."""
    cells: list[list[str]] = _edit(key).get("cells", [])
    return cells


def parse_cells(
    cells: object,
    *,
    name: str,
    max_rows: int,
    max_columns: int,
    shape: tuple[int, int] | None = None,
    largest: float = 1000.0,
) -> Tensor:
    """The cells as numbers, (R, C) float64; exactly `shape` if it is given, else from 1 × 1 to `max_rows` × `max_columns`.

    Spaces around a number, a decimal comma and the minus sign U+2212 are read. Raises ValueError with what to tell the reader
    for everything else: cells that are empty, no finite number or beyond ± `largest`, and tables of another form.
    """
    try:
        rows = _rows(cells, max_rows, max_columns, shape)
        numbers = [
            [_number(cell, row, column, largest) for column, cell in enumerate(texts, 1)] for row, texts in enumerate(rows, 1)
        ]
    except _Refused as reason:
        raise ValueError(f"{name}: {reason} The last good {name} stays.") from None
    return torch.tensor(numbers, dtype=torch.float64)


class _Refused(Exception):  # noqa: N818
    """A sentence about cells, without the name of the matrix."""


def _rows(cells: object, max_rows: int, max_columns: int, shape: tuple[int, int] | None) -> list[list[object]]:
    """`cells` if it is a rectangle of an accepted size. Looks at no cell, and at no more rows than are accepted."""
    if not isinstance(cells, list) or not cells or not isinstance(cells[0], list) or not cells[0]:
        raise _Refused("rows of numbers are expected, and none came.")
    came = (len(cells), len(cells[0]))
    if shape is not None and came != shape:
        raise _Refused(f"{shape[0]} × {shape[1]} numbers are expected here (rows × columns), and {came[0]} × {came[1]} came.")
    for count, limit, what in ((came[0], max_rows, "rows"), (came[1], max_columns, "columns")):
        if count > limit:
            raise _Refused(f"{count} {what} came, and at most {limit} are accepted.")
    for number, row in enumerate(cells, 1):
        if not isinstance(row, list):
            raise _Refused(f"row {number} is not a row of numbers.")
        if len(row) != came[1]:
            raise _Refused(f"row {number} has {_counted(len(row))} and row 1 has {came[1]}; all rows need the same number.")
    return cells


def _number(cell: object, row: int, column: int, largest: float) -> float:
    place = f"row {row}, column {column}"
    if not isinstance(cell, str):
        raise _Refused(f"{place} came as {type(cell).__name__} instead of text.")
    written = cell.strip()
    plain = written.replace("−", "-").replace(",", ".")
    if not written:
        raise _Refused(f"{place} is empty; every cell needs a number such as 0.5.")
    if _NOT_FINITE.fullmatch(plain):
        raise _Refused(f"{place} is “{_cut(written)}”, and only finite numbers such as 0.5 are accepted.")
    if len(plain) > _LONGEST_NUMBER or not _NUMBER.fullmatch(plain):
        raise _Refused(f"{place} is “{_cut(written)}”, which is not a number such as 0.5, -2 or 1e-3.")
    value = float(plain)
    if abs(value) > largest:
        raise _Refused(f"{place} is {_cut(written)}, and only numbers from {-largest:g} to {largest:g} are accepted.")
    return value


def _cut(written: str) -> str:
    shown = written if len(written) <= _LONGEST_QUOTE else written[: _LONGEST_QUOTE - 1] + "…"
    return "".join(letter if letter.isprintable() else " " for letter in shown)


def _require(values: Tensor, label: str, role: str, shape: tuple[int, int]) -> None:
    if values.shape != shape:
        raise ValueError(f"{label}: expected values of the names' shape {shape}, got {tuple(values.shape)}")
    if role not in ROLES:
        raise ValueError(f"{label}: expected a role of {', '.join(ROLES)}, got {role!r}")


def _counted(cells: int) -> str:
    return "1 cell" if cells == 1 else f"{cells} cells"


def _wire(value: float) -> float | str:
    """JSON has no infinity; JavaScript's Number() reads this."""
    return value if math.isfinite(value) else str(value).replace("inf", "Infinity")


def _edit(key: str) -> dict[str, Any]:
    edit = getattr(st.session_state.get(key), "edit", None)
    return edit if isinstance(edit, dict) else {}


def _answered(key: str) -> str:
    return f"{key}:answered"


def _edited(key: str, on_edit: Callable[[], None]) -> None:
    """Note which edit the next run answers: the table keeps what was typed since."""
    serial = _edit(key).get("serial")
    if isinstance(serial, int):
        st.session_state[_answered(key)] = serial
    on_edit()
