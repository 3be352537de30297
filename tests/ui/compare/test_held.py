"""Controls that Python sets stay, although a browser that had not heard of it tells the old ones."""

from __future__ import annotations

import math
from typing import Any

import pytest

from ui.compare import held


@pytest.fixture
def state(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    kept: dict[str, Any] = {"picture": "cat"}
    monkeypatch.setattr(held.st, "session_state", kept)
    return kept


def run(told: dict[str, Any], state: dict[str, Any]) -> Any:
    """A run of the page, for which the browser tells what it has; returns what the page shows."""
    state |= told
    held.hold_controls()
    shown = state["picture"]
    held.told_controls()
    return shown


def test_what_the_browser_still_has_does_not_undo_what_was_set(state: dict[str, Any]) -> None:
    held.set_controls({"picture": "rocket"})
    assert run({}, state) == "rocket"
    assert run({"picture": "cat"}, state) == "rocket" and run({"picture": "cat"}, state) == "rocket"
    assert run({"picture": "rocket"}, state) == "rocket"
    assert run({"picture": "cat"}, state) == "cat", "the browser knew: now it was set by hand"


def test_a_run_that_is_cut_short_holds_on(state: dict[str, Any]) -> None:
    held.set_controls({"picture": "rocket"})
    held.hold_controls()
    assert run({"picture": "cat"}, state) == "rocket"


def test_what_the_reader_sets_is_taken(state: dict[str, Any]) -> None:
    held.set_controls({"picture": "rocket"})
    run({}, state)
    assert run({"picture": "coffee"}, state) == "coffee" and run({"picture": "cat"}, state) == "cat"


def test_after_a_while_the_old_value_was_set_by_hand(state: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    held.set_controls({"picture": "rocket"})
    run({}, state)
    monkeypatch.setattr(held.time, "monotonic", lambda: math.inf)
    assert run({"picture": "cat"}, state) == "cat"
