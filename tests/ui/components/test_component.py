"""What a component is given says when it was."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import streamlit as st

from ui.components.component import component


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any] | None]:
    """What Streamlit was given, call after call."""
    calls: list[dict[str, Any] | None] = []
    monkeypatch.setattr(st.components.v2, "component", lambda name, **files: lambda *, data, **others: calls.append(data))
    monkeypatch.setattr(st, "session_state", {})
    return calls


def test_other_data_are_newer_and_the_same_are_the_same(given: list[dict[str, Any]]) -> None:
    mounted = component("any", js="export default () => {}")
    for number in (1, 1, 2, 1):
        mounted(key="a", data={"number": number})
    mounted(key="b", data={"number": 1})
    assert [each["number"] for each in given] == [1, 1, 2, 1, 1]
    (a,), (b,) = ({each["turn"][0] for each in calls} for calls in (given[:4], given[4:]))
    assert a != b, "places are counted each for itself"
    assert [each["turn"][1] for each in given] == [1, 1, 2, 3, 1]
    st.session_state = {}  # of another reader, or of the same after the server was started again
    mounted(key="a", data={"number": 1})
    assert given[-1]["turn"][0] != a


def test_arrays_are_given_as_they_are_and_no_data_stay_none(given: list[dict[str, Any] | None]) -> None:
    mounted = component("any", js="export default () => {}")
    rows = np.ones(3)
    mounted(key="a", data={"meta": {"id": "rows"}, "rows": rows})
    mounted(key="a")
    assert given[0] is not None and given[0]["rows"] is rows and given[1] is None


def test_data_that_have_a_turn_themselves_are_refused(given: list[dict[str, Any]]) -> None:
    with pytest.raises(ValueError, match="turn"):
        component("any", js="export default () => {}")(key="a", data={"turn": [1, 2]})
    assert not given
