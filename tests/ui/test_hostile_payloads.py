"""What a browser tells may be anybody's: whatever it is, a reader takes what fits of it, and raises nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any, Final

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from attention_core.atlas.columns import MEASURES
from attention_core.atlas.reading import Spread
from tests.damaged import damaged
from tests.js.node import called
from ui import orders
from ui.components import atlas, uploads
from ui.components.atlas import place_told
from ui.lessons.confirmation import read_heads, read_projected, read_self_attention
from ui.lessons.page import _confirm
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


def open_picture(told: Any) -> None:
    """None of these names is that of a picture that is shown."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(atlas, "told", lambda *_: told)
        patch.setattr(atlas, "_head", lambda **given: given["on_open_change"]())
        spread = Spread(np.empty(0), np.empty(0), (), 0.0, 0.0, 0)
        atlas.atlas_head("head", (0, 0), MEASURES[0], spread, (0.0, 0.0), (), (), None, "", pytest.fail)


READERS: Final[dict[str, tuple[Any, Callable[[Any], object]]]] = {
    "arriving": ({"edits": "8.3:off", "pin": "left,1,2", "layers": "1,2"}, what_if.arrive),
    "atlas": ([1, 2], lambda told: place_told(told, [3, 3])),
    "picture": ("cat.jpg", open_picture),
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


LESSONS: Final = {"self_attention": read_self_attention, "queries_keys_values": read_projected, "multi_head": read_heads}


@pytest.mark.parametrize("name", LESSONS)
@given(data=some.data())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_lesson_confirms_what_fits_and_leaves_the_rest(
    reports: dict[str, dict[str, Any]], name: str, data: some.DataObject
) -> None:
    assert _confirm(reports[name], LESSONS[name])[1] is not None
    told = data.draw(damaged(reports[name]))
    if isinstance(told, dict):
        _confirm(told, LESSONS[name])
