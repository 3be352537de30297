"""Some matrices as a lesson page puts them; test_matrix_table.py serves this."""

from __future__ import annotations

from functools import partial

import streamlit as st
import torch

from ui.components.matrix_table import edited_cells, matrix_table, parse_cells

FIRST = torch.tensor([[0.1 + 0.2, -1.0, 0.5, 2.0], [1.0, 0.0, -0.25, 1 / 3], [12.5, -3.0, 1e-5, 4.0]], dtype=torch.float64)
WEIGHTS = torch.tensor([[1.0, 0.0], [-0.5, 0.25]], dtype=torch.float64)
WIDE = torch.linspace(-1, 1, 192, dtype=torch.float64).reshape(12, 16)


def edited(name: str, shape: tuple[int, int] | None) -> None:
    state = st.session_state
    state[f"{name}-edits"] += 1
    try:
        state[f"{name}-values"] = parse_cells(edited_cells(name), name=name, max_rows=12, max_columns=16, shape=shape)
        state[f"{name}-message"] = ""
    except ValueError as reason:
        state[f"{name}-message"] = str(reason)


def editable(name: str, values: torch.Tensor, role: str, rows: str, resizable: bool = False, marked: int | None = None) -> None:
    state = st.session_state
    values = state.setdefault(f"{name}-values", values)
    matrix_table(
        name,
        values,
        label=name,
        role=role,
        row_names=[f"{rows}{row}" for row in range(1, len(values) + 1)],
        column_names=[str(column) for column in range(1, values.shape[1] + 1)],
        on_edit=partial(edited, name, None if resizable else (values.shape[0], values.shape[1])),
        message=state.get(f"{name}-message", ""),
        resizable=resizable,
        marked_row=marked,
        edits=state.setdefault(f"{name}-edits", 0),
    )


def main() -> None:
    st.set_page_config(layout="wide")
    st.session_state["runs"] = st.session_state.get("runs", 0) + 1
    editable("X", FIRST, "x", "x", resizable=True, marked=1)
    editable("W_q", WEIGHTS, "q", "")
    names = [str(number) for number in range(1, 17)]
    product = st.session_state["X-values"] * 2
    matrix_table(
        "doubled",
        product,
        label="Y, twice X",
        role="y",
        row_names=names[: len(product)],
        column_names=names[: product.shape[1]],
    )
    for role in ("k", "v", "w"):
        shown = WIDE if role == "w" else WEIGHTS
        rows, columns = names[: shown.shape[0]], names[: shown.shape[1]]
        matrix_table(role, shown, label=role.upper(), role=role, row_names=rows, column_names=columns)
    editable("W_0", WIDE, "w", "w")
    st.write(f"runs: {st.session_state['runs']}")


if __name__ == "__main__":
    main()
