"""More patches than a browser should hold: the page says what they cost, asks, and offers what fits."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial

import pytest
from streamlit.testing.v1 import AppTest

from attention_core.models import free_memory
from tests.ui.pages import run_page, sent
from ui.explorer import large_pictures

pytestmark = pytest.mark.nightly


@pytest.fixture
def app() -> Callable[..., AppTest]:
    return partial(run_page, "your_image")


SIZE = r"([\d.]+) (MB|GB)"


def megabytes(number: str, unit: str) -> float:
    return float(number) * {"MB": 1, "GB": 1000}[unit]


def said(app: AppTest) -> str:
    return "\n".join(element.value for element in (*app.markdown, *app.warning, *app.caption))


def buttons(app: AppTest) -> list[str]:
    return [button.label for button in app.button]


def test_a_long_pass_waits_to_be_asked_for_and_the_map_stays(app: Callable[..., AppTest]) -> None:
    page = app(across="128", patching="8 px")
    cost = re.search(rf"128 × 128 patches take about (\d+) (s|min) and {SIZE} of memory\. {SIZE} are free\.", said(page))
    assert cost is not None and megabytes(cost[3], cost[4]) > 2 * 12 * 16_384 * 384 * 4 / 1e6, "more than q and k of all layers"
    assert "Start" in buttons(page) and "regard_explorer" in [item.proto.component_name for item in page.get("bidi_component")]
    assert sent(page, "regard_explorer")[0]["grid"] == {"rows": 37, "cols": 37} and not page.exception


def test_the_map_that_is_shown_stays_while_a_larger_one_waits(app: Callable[..., AppTest]) -> None:
    page = app(across="20")
    page.button_group(key="patching").set_value("small")
    page.slider(key="across").set_value(128).run()
    assert "Start" in buttons(page) and not page.exception
    assert sent(page, "regard_explorer")[0]["grid"] == {"rows": 20, "cols": 20}, "neither 128 nor the model's own 37"


def test_what_does_not_fit_is_refused_and_what_does_is_one_press_away(
    app: Callable[..., AppTest], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(free_memory, "available_bytes", lambda: 600_000_000)
    monkeypatch.setattr(large_pictures, "ASK_ABOVE_SECONDS", 0)  # long on any machine
    page = app(across="128", patching="8 px")
    (warning,) = page.warning
    found = re.search(rf"take about {SIZE} of memory, and 600 MB are free: at most (\d+) patches across fit\.", warning.value)
    assert found is not None and "Start" not in buttons(page)
    next(button for button in page.button if button.label == f"Take {found[3]} across").click().run()
    assert page.slider(key="across").value == int(found[3])
    assert not page.warning and "Start" in buttons(page)
