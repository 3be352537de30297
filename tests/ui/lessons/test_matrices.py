"""Matrices in the link: they come back as they went, and nothing else gets in."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest
from torch import Tensor

from ui.lessons.matrices import LARGEST, MAX_COLUMNS, MAX_ROWS, read, written

numbers = st.floats(-LARGEST, LARGEST, allow_nan=False)


@st.composite
def matrices(draw: st.DrawFn) -> Tensor:
    rows, columns = draw(st.integers(1, MAX_ROWS)), draw(st.integers(1, MAX_COLUMNS))
    cells = draw(st.lists(numbers, min_size=rows * columns, max_size=rows * columns))
    return torch.tensor(cells, dtype=torch.float64).view(rows, columns)


@given(matrices())
def test_what_is_written_is_read_to_the_last_digit(values: Tensor) -> None:
    text = written(values)
    assert read(text, "X").equal(values)
    assert set(text) <= set("0123456789.e-_~"), "no character of it has to be escaped in a link"


@pytest.mark.parametrize(
    "text", ["", "1_2~3", "1_x", "nan", "inf", "1001", "1_" * 16 + "1", "1~" * 16 + "1", "<script>", "1_2;3_4", "9" * 30_000]
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"^X: "):
        read(text, "X")


@given(st.text(max_size=200))
def test_no_text_breaks_the_reading(text: str) -> None:
    try:
        values = read(text, "X")
    except ValueError:
        return
    assert values.isfinite().all() and values.abs().max() <= LARGEST


def page() -> None:
    import streamlit as st
    import torch

    from ui.lessons.matrices import carry_in_link, edit_matrix, matrix

    rows, columns = st.session_state.get("shape", (2, 2))
    values = matrix("A", torch.zeros(rows, columns, dtype=torch.float64))
    st.session_state["shown"] = values.tolist()
    names = [str(at) for at in range(columns)]
    edit_matrix("A", values, label="A", role="x", row_names=names[:1] * rows, column_names=names)
    carry_in_link(("A",))


@pytest.fixture
def app() -> AppTest:
    return AppTest.from_function(page, default_timeout=300)


def test_a_link_brings_the_numbers_and_reset_takes_them_back(app: AppTest) -> None:
    app.query_params["A"] = "1_2~3_4"
    assert app.run().session_state["shown"] == [[1, 2], [3, 4]]
    app.button(key="reset-A").click().run()
    assert app.session_state["shown"] == [[0, 0], [0, 0]] and "A" not in app.query_params


def test_a_link_that_cannot_be_read_leaves_the_preset_and_is_cleaned(app: AppTest) -> None:
    app.query_params["A"] = "1_2~oops"
    app.run()
    assert not app.exception and app.session_state["shown"] == [[0, 0], [0, 0]] and "A" not in app.query_params
    assert "could not be read" in app.session_state["matrix_errors"]["A"]


def test_an_edit_of_another_shape_gives_way_with_a_sentence(app: AppTest) -> None:
    app.query_params["A"] = "1_2~3_4"
    app.run()
    app.session_state["shape"] = (1, 3)
    assert app.run().session_state["shown"] == [[0, 0, 0]]
    assert app.session_state["matrix_errors"]["A"] == "A was edited as 2 × 2; it is now 1 × 3 and back to its preset."


def test_numbers_too_long_for_a_link_stay_on_the_page_and_out_of_the_link(app: AppTest) -> None:
    values = torch.rand(11, 16, dtype=torch.float64)
    app.session_state["shape"] = tuple(values.shape)
    app.session_state["matrix_history"] = {"A": [values]}
    app.run()
    assert app.session_state["shown"] == values.tolist() and "A" not in app.query_params
    (info,) = app.info
    assert info.value == "The link carries the presets only: with the edited numbers it would be longer than 2,000 characters."
