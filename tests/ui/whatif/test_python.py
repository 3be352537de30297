"""The kind "change-snippet": Python that makes the changes anew, with those that the model has."""

from __future__ import annotations

from attention_core.interventions.edits import parse_edits
from attention_core.interventions.python_snippet import python_snippet
from tests.ui.data.asking import KINDS, Reader, reader
from ui.whatif import python


def test_it_is_that_of_the_core_with_what_there_is_to_change() -> None:
    asking = reader("dinov2-small", 8, options=(("stride", 7),), features=True, kinds=KINDS | python.KINDS)
    entry, _ = asking.numbers("change-snippet", edits="8.3:off;20.1:off;blank:1,1,3,3", picture="cat'.jpg")
    drawn = [((1, 1, 3, 3), "blank", None)]
    expected = python_snippet("dinov2-small", parse_edits("8.3:off"), "cat'.jpg", 8, {"stride": 7}, picture_changes=drawn)
    assert entry["code"] == expected
    compile(entry["code"], "script", "exec")


def test_what_cannot_be_read_is_refused() -> None:
    asking: Reader = reader("dinov2-small", 8, features=True, kinds=KINDS | python.KINDS)
    for body in ({}, {"edits": "8.3:of"}, {"edits": 3}):
        assert asking.post("change-snippet", body).status_code == 400
