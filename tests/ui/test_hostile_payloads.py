"""What a browser tells may be anybody's: whatever it is, a reader takes what fits of it, and raises nothing."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from tests.damaged import damaged
from tests.js.node import called
from ui import orders
from ui.atlas.leading import asked_for
from ui.components import uploads
from ui.lessons.kinds import KINDS
from ui.whatif import state as what_if


@pytest.fixture
def session(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Any]]:
    state: dict[str, Any] = {}
    streamlit = SimpleNamespace(session_state=state, query_params={})
    monkeypatch.setattr(orders, "st", streamlit)
    what_if.begin(entered=False)
    return state  # type: ignore[return-value]


def refuse(told: Any) -> None:
    counts: list[int] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(uploads, "told", lambda *_: told)
        patch.setattr(uploads, "_uploads", lambda **given: given["on_refused_change"]())
        uploads.help_uploader(None, 1, counts.append)
    assert all(type(count) is int and count >= 0 for count in counts)


READERS: Final[dict[str, tuple[Any, Callable[[Any], object]]]] = {
    "arriving": ({"edits": "8.3:off", "pin": "left,1,2", "layers": "1,2"}, what_if.arrive),
    "picture": (["cat.jpg", 1, 2], lambda told: asked_for(told, [3, 3])),
    "refused": (450_000_000, refuse),
}


@pytest.mark.parametrize("reader", READERS)
@given(data=some.data())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_reader_takes_anything(session: dict[str, Any], reader: str, data: some.DataObject) -> None:
    valid, read = READERS[reader]
    read(valid)
    read(data.draw(damaged(valid)))


@pytest.fixture(scope="module")
def reports() -> dict[str, dict[str, Any]]:
    """What each lesson tells as it opens."""
    return {name: called("../tests/js/lesson_reports.js", "reports", name, [""])[0]["report"] for name in LESSONS}


LESSONS: Final = ("self_attention", "queries_keys_values", "multi_head")


@pytest.mark.parametrize("name", LESSONS)
@given(data=some.data())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_numbers_of_a_lesson_are_confirmed_or_refused(
    reports: dict[str, dict[str, Any]], name: str, data: some.DataObject
) -> None:
    kind = KINDS["confirm"]
    told = data.draw(damaged(reports[name] | {"lesson": name}))
    with contextlib.suppress(ValueError):
        kind.answer(None, kind.read(None, told if isinstance(told, dict) else {}), None)
