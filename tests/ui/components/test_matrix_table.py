"""What the editable matrix accepts, and the sentence for everything else."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest
from torch import Tensor

from ui.components.matrix_table import matrix_table, parse_cells


def parse(cells: object, **options: object) -> Tensor:
    limits = {"name": "X", "max_rows": 12, "max_columns": 16} | options
    return parse_cells(cells, **limits)  # type: ignore[arg-type]


def filled(rows: int, columns: int) -> list[list[str]]:
    return [["1"] * columns for _ in range(rows)]


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("0.5", 0.5),
        ("1,5", 1.5),
        ("−2", -2.0),
        ("-,5", -0.5),
        (" \u00a01e-3\t", 1e-3),
        ("+7.", 7.0),
        ("1E2", 100.0),
        ("1000", 1000.0),
        ("-1000", -1000.0),
        ("0.1000000000000000055511151231257827021181583404541015625", 0.1),
    ],
)
def test_ways_to_write_a_number(written: str, value: float) -> None:
    assert parse([["0", written]]).tolist() == [[0.0, value]]


NOT_A_NUMBER = "which is not a number such as 0.5, -2 or 1e-3."
NOT_FINITE = "and only finite numbers such as 0.5 are accepted."
TOO_LARGE = "and only numbers from -1000 to 1000 are accepted."


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("", "is empty; every cell needs a number such as 0.5."),
        (" \u00a0\n", "is empty; every cell needs a number such as 0.5."),
        ("abc", f"is “abc”, {NOT_A_NUMBER}"),
        ("1_000", f"is “1_000”, {NOT_A_NUMBER}"),
        ("1,234.5", f"is “1,234.5”, {NOT_A_NUMBER}"),
        ("0x10", f"is “0x10”, {NOT_A_NUMBER}"),
        ("٣", f"is “٣”, {NOT_A_NUMBER}"),
        (".", f"is “.”, {NOT_A_NUMBER}"),
        ("1 2", f"is “1 2”, {NOT_A_NUMBER}"),
        ("a\x00\nb", f"is “a  b”, {NOT_A_NUMBER}"),
        ("<b>bold</b> and much more", f"is “<b>bold</b> and muc…”, {NOT_A_NUMBER}"),
        ("1" * 100_000, f"is “{'1' * 19}…”, {NOT_A_NUMBER}"),
        ("nan", f"is “nan”, {NOT_FINITE}"),
        ("−Infinity", f"is “−Infinity”, {NOT_FINITE}"),
        ("1000.5", f"is 1000.5, {TOO_LARGE}"),
        ("−1e999", f"is −1e999, {TOO_LARGE}"),
        (0.5, "came as float instead of text."),
        (None, "came as NoneType instead of text."),
        ({"a": 1}, "came as dict instead of text."),
    ],
)
def test_a_bad_cell_is_refused_with_its_place_and_reason(cell: object, reason: str) -> None:
    with pytest.raises(ValueError) as refused:
        parse([["1", "2", "3"], ["4", "5", cell]])
    assert str(refused.value) == f"X: row 2, column 3 {reason} The last good X stays."


EXPECTED = "rows of numbers are expected, and none came."


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        (None, EXPECTED),
        ("1 2 3", EXPECTED),
        ({"0": ["1"]}, EXPECTED),
        ([], EXPECTED),
        ([[]], EXPECTED),
        (["12", "34"], EXPECTED),
        ([["1"], "2"], "row 2 is not a row of numbers."),
        ([["1", "2"], ["3"]], "row 2 has 1 cell and row 1 has 2; all rows need the same number."),
        ([["1"], ["3"] * 99], "row 2 has 99 cells and row 1 has 1; all rows need the same number."),
        (filled(13, 4), "13 rows came, and at most 12 are accepted."),
        (filled(2, 17), "17 columns came, and at most 16 are accepted."),
    ],
)
def test_a_bad_table_is_refused_with_its_reason(cells: object, reason: str) -> None:
    with pytest.raises(ValueError) as refused:
        parse(cells)
    assert str(refused.value) == f"X: {reason} The last good X stays."


@pytest.mark.parametrize("came", [(5, 3), (4, 5), (40, 4)])
def test_another_shape_is_refused_with_both_shapes(came: tuple[int, int]) -> None:
    expected = (
        f"W_q: 5 × 4 numbers are expected here (rows × columns), and {came[0]} × {came[1]} came. The last good W_q stays."
    )
    with pytest.raises(ValueError, match=f"^{re.escape(expected)}$"):
        parse(filled(*came), name="W_q", shape=(5, 4))


def test_the_largest_table_and_another_limit() -> None:
    assert parse(filled(12, 16)).shape == (12, 16)
    assert parse(filled(5, 4), shape=(5, 4)).shape == (5, 4)
    with pytest.raises(ValueError, match=re.escape("row 1, column 1 is 2.5, and only numbers from -2 to 2 are accepted.")):
        parse([["2.5"]], largest=2)


class Untouched(list[object]):
    """A list that only tells its length and its first item."""

    def __iter__(self) -> Iterator[object]:
        raise AssertionError("read as a whole")

    def __getitem__(self, index: object) -> object:  # type: ignore[override]
        assert index == 0, index
        return super().__getitem__(0)


def test_of_a_table_that_is_too_large_no_cell_is_read() -> None:
    with pytest.raises(ValueError, match="100000 rows came"):
        parse(Untouched([Untouched(["x"] * 1000)] * 100_000))
    with pytest.raises(ValueError, match="1000 columns came"):
        parse(Untouched([Untouched(["x"] * 1000)]))


@given(
    st.integers(1, 16).flatmap(
        lambda columns: st.lists(
            st.lists(st.floats(-1000, 1000), min_size=columns, max_size=columns),
            min_size=1,
            max_size=12,
        )
    )
)
def test_what_is_written_in_full_comes_back_the_same(rows: list[list[float]]) -> None:
    came = parse([[repr(value) for value in row] for row in rows])
    assert came.dtype == torch.float64
    assert came.tolist() == rows


json_like = st.recursive(st.none() | st.booleans() | st.floats() | st.text(), lambda inner: st.lists(inner, max_size=4))


@given(json_like)
def test_whatever_comes_is_either_numbers_or_one_clear_refusal(cells: object) -> None:
    try:
        accepted = parse(cells)
    except ValueError as refused:
        assert str(refused).startswith("X: ") and str(refused).endswith(" The last good X stays.")
        assert len(str(refused)) < 160
    else:
        assert accepted.isfinite().all()


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"values": torch.zeros(2, 3)}, "W: expected values of the names' shape (2, 2), got (2, 3)"),
        ({"values": torch.zeros(4)}, "W: expected values of the names' shape (2, 2), got (4,)"),
        ({"role": "z"}, "W: expected a role of x, q, k, v, w, y, join, got 'z'"),
    ],
)
def test_a_table_that_cannot_be_shown_is_an_error(options: dict[str, object], reason: str) -> None:
    given_ = {"values": torch.zeros(2, 2), "role": "w", "label": "W", "row_names": "ab", "column_names": "12"} | options
    with pytest.raises(ValueError, match=f"^{re.escape(reason)}$"):
        matrix_table("w", **given_)  # type: ignore[arg-type]


def test_tables_without_a_finite_value_or_an_edit_are_shown() -> None:
    def script() -> None:
        import torch

        from ui.components.matrix_table import edited_cells, matrix_table

        values = torch.tensor([[float("-inf"), float("nan")]])
        matrix_table("scores", values, label="S", role="w", row_names=["1"], column_names=["1", "2"])
        assert edited_cells("scores") == []

    app = AppTest.from_function(script, default_timeout=300).run()
    assert not app.exception
    assert json.loads(app.get("bidi_component")[0].proto.json)["values"] == ["-Infinity", "nan"]
