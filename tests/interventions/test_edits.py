"""Edits as text. What is written can be read again, and no other text can."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attention_core.interventions.edits import Edit, parse_edits, written

NUMBERS = st.integers(0, 999)
HEADS = st.none() | st.lists(NUMBERS, min_size=1, max_size=4, unique=True).map(tuple)
BOXES = st.tuples(NUMBERS, NUMBERS, st.integers(1, 999), st.integers(1, 999))
EDITS = st.one_of(
    st.builds(Edit, NUMBERS, HEADS, st.sampled_from(("off", "mean", "even"))),
    st.builds(Edit, NUMBERS, HEADS, st.just("temperature"), st.floats(0.01, 100)),
    st.builds(Edit, NUMBERS, HEADS, st.sampled_from(("inside", "outside")), st.just(1.0), BOXES),
)


@given(st.lists(EDITS, max_size=5).map(tuple))
def test_reading_inverts_writing(edits: tuple[Edit, ...]) -> None:
    assert parse_edits(written(edits)) == edits


def test_the_text_of_a_link() -> None:
    text = "6.3:off;6.*:even;10.0+2:t0.5;8.1:in3,4,5,6;2.0:out0,0,1,1;1.1:mean"
    assert written(parse_edits(text)) == text
    assert parse_edits("10.0+2:t0.5;") == (Edit(10, (0, 2), "temperature", 0.5),)


@pytest.mark.parametrize(
    "text",
    [
        "6", "6.3", "6.3:", "6.3:of", "6.3:off off", "-1.3:off", "6.-3:off", "6.3+:off", "6.3:t", "6.3:t1e3", "6.3:tnan",
        "6.3:t0", "6.3:t999", "6.3:in1,2,3", "6.3:in1,2,0,4", "6.3:in1,2,3,4,5", "9999.1:off", "٣.1:off", "6.3:off,6.4:off",
        "6.3:off\n", "<script>", "6.3:off;" * 600, "[" * 3000,
    ],
)  # fmt: skip
def test_hostile_text_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"expected edits such as|must be"):
        parse_edits(text)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((-1,), "layer must be a number from 0 to 999, received -1"),
        ((True,), "layer must be a number"),
        ((0, ()), "heads must be a tuple of numbers"),
        ((0, (1.5,)), "head must be a number from 0 to 999, received 1.5"),
        ((0, None, "loud"), "kind must be one of off, mean, even, temperature, inside, outside, received 'loud'"),
        ((0, None, "temperature", float("nan")), "temperature must be 0.01–100, received nan"),
        ((0, None, "off", 1.0, (0, 0, 1, 1)), "a box goes with inside and outside alone"),
        ((0, None, "inside"), "a box goes with inside and outside alone"),
        ((0, None, "inside", 1.0, (0, 0, 0, 1)), r"box must be \(row, col, rows, cols\) in patches"),
    ],
)
def test_an_invalid_edit_gives_a_sentence(arguments: tuple[object, ...], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Edit(*arguments)  # type: ignore[arg-type]
