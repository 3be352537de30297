"""Changes of heads and pictures as text. What is written can be read again, and no other text can."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attention_core import PatchGrid
from attention_core.interventions.changes import Changes, parse_changes
from attention_core.interventions.edits import Edit
from attention_core.interventions.picture_changes import PictureChange
from tests.interventions.test_edits import BOXES, EDITS, NUMBERS

TEXT = "6.3:off;10.0+2:t0.5;8.1:in3,4,5,6;blur:1,2,3,4;swap:1,2,3,4>5,6"
PICTURES = st.one_of(
    st.builds(PictureChange, st.sampled_from(("blur", "blank", "shuffle")), BOXES),
    st.builds(PictureChange, st.just("swap"), BOXES, st.tuples(NUMBERS, NUMBERS)),
)


@given(st.builds(Changes, st.lists(EDITS, max_size=4).map(tuple), st.lists(PICTURES, max_size=4).map(tuple)))
def test_reading_inverts_writing(changes: Changes) -> None:
    assert parse_changes(str(changes)) == changes


def test_the_text_of_a_link() -> None:
    changes = parse_changes(TEXT)
    assert changes.edits[0] == Edit(6, (3,), "off") and changes.edits[2].box == (3, 4, 5, 6)
    assert changes.picture == (PictureChange("blur", (1, 2, 3, 4)), PictureChange("swap", (1, 2, 3, 4), (5, 6)))
    assert str(changes) == TEXT
    assert parse_changes("none") == parse_changes("") == Changes() and not Changes() and str(Changes()) == "none"


@pytest.mark.parametrize(
    "text",
    ["off", "6.3", "6.3:of", "blur:1,2,3", "blur:1,2,0,4", "blur:1,2,3,4>5,6", "swap:1,2,3,4", "6.3:off;<b>", "1;" * 3000],
)
def test_any_other_text_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="expected"):
        parse_changes(text)


def test_a_change_fits_if_both_its_boxes_lie_on_the_grid() -> None:
    grid = PatchGrid(5, 8, 6)
    said = ("blur:3,4,2,4", "blur:3,4,3,4", "blur:3,5,2,4", "swap:0,0,2,3>3,5", "swap:0,0,2,3>3,6", "swap:0,0,2,3>4,5")
    assert [parse_changes(each).picture[0].fits(grid) for each in said] == [True, False, False, True, False, False]
