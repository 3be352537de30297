"""Torch confirms what the browser shows; what is no lesson's is refused, and where numbers differ the page is told."""

from __future__ import annotations

import contextlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.js.node import called
from tests.ui.pages import run_page, sent
from ui.lessons.confirmation import difference, read_heads, read_projected, read_self_attention

READ = {"self_attention": read_self_attention, "queries_keys_values": read_projected, "multi_head": read_heads}
LESSONS = list(READ)


@pytest.fixture(scope="module")
def shown() -> dict[str, dict[str, Any]]:
    """What each lesson tells as it opens, by name."""
    return {name: called("../tests/js/lesson_reports.js", "reports", name, [""])[0]["report"] for name in LESSONS}


@pytest.mark.parametrize("name", LESSONS)
def test_a_number_that_is_off_is_found(shown: dict[str, dict[str, Any]], name: str) -> None:
    told = json.loads(json.dumps(shown[name]))
    assert difference(told, READ[name](told).trace()) < 1e-12
    told["output"][1][0] += 0.01
    assert difference(told, READ[name](told).trace()) == pytest.approx(0.01)
    told = json.loads(json.dumps(shown[name]))
    row = told["weights"][1][2] if name == "multi_head" else told["weights"][1]
    row[0] -= 0.02
    assert difference(told, READ[name](told).trace()) == pytest.approx(0.02)


HOSTILE: list[object] = [
    None,
    [],
    [[]],
    "x",
    [[1, "2"]],
    [[1], [1, 2]],
    [[float("nan")]],
    [[10**400]],
    [[1] * 17],
    [[1]] * 17,
    [[True]],
    {},
]


@pytest.mark.parametrize("value", HOSTILE, ids=repr)
@pytest.mark.parametrize(("name", "field"), [("self_attention", "x"), ("queries_keys_values", "x"), ("multi_head", "x")])
def test_what_is_no_matrix_is_refused(shown: dict[str, dict[str, Any]], name: str, field: str, value: object) -> None:
    with pytest.raises(ValueError, match=field):
        READ[name](shown[name] | {field: value})


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("self_attention", {"version": "other"}),
        ("self_attention", {"allowed": [[True] * 5] * 4}),
        ("self_attention", {"allowed": [[True] * 4] * 5}),
        ("self_attention", {"allowed": [[1] * 5] * 5}),
        ("queries_keys_values", {"made": {"q": 1}}),
        ("queries_keys_values", {"made": None}),
        ("queries_keys_values", {"made": {role: {"weight": [[1.0] * 2] * 4, "bias": [[0.0] * 3]} for role in "qkv"}}),
        ("multi_head", {"layer": None}),
        ("multi_head", {"on": [True] * 3}),
        ("multi_head", {"on": "1111"}),
    ],
)
def test_what_no_lesson_can_be_is_refused(shown: dict[str, dict[str, Any]], name: str, changes: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        READ[name](shown[name] | changes)


json_values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["x", "z", "made", "layer", "Wq", "W0", "on"]), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(json_values, st.sampled_from(LESSONS))
def test_nothing_that_is_told_breaks_the_reading(value: object, name: str) -> None:
    told = value if isinstance(value, dict) else {"x": value}
    with contextlib.suppress(ValueError):
        READ[name](told)


@pytest.mark.parametrize("name", LESSONS)
def test_a_page_opens_with_its_link_and_numbers_are_none_of_its_scripts(name: str) -> None:
    app = run_page(name, row="2", step="3")
    (data,), (files,) = sent(app, "regard_lesson"), sent(app, "regard_lesson_files")
    assert not app.exception
    assert {key: data[key] for key in data.keys() - {"turn"}} == {"lesson": name, "link": "row=2&step=3", "visit": 1}
    assert files["lesson"] == name
