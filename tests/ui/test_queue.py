"""While others have the gate: the page says how many come before, can be left, and what is light does not wait."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from tests.ui.pages import checked, run_page, sent
from ui.contents import LESSONS
from ui.shared import work as works
from ui.shared.work import Work, Workshop

AT_ONCE_SECONDS = 60
"""For a run of a page on a busy machine; whoever has the gate stays longer."""


class Others:
    """Readers whose works have the server's only place, or wait for it in the order in which they came."""

    def __init__(self) -> None:
        self.workshop, self.may_end = Workshop(places=1, threads=1), threading.Event()

    def come(self, name: str) -> Work:
        begun = threading.Event()

        def do(_: Work) -> None:
            begun.set()
            self.may_end.wait(300)

        work = self.workshop.ask(name, "The map", do, name)
        until(lambda: work.waits or begun.is_set())
        return work


def until(there: Callable[[], Any]) -> None:
    ends = time.monotonic() + AT_ONCE_SECONDS
    while not there():
        assert time.monotonic() < ends
        time.sleep(0.01)


@pytest.fixture
def others(monkeypatch: pytest.MonkeyPatch) -> Iterator[Others]:
    others = Others()
    monkeypatch.setattr("ui.jobs.workshop", lambda: others.workshop)
    monkeypatch.setattr(works, "ABANDONED_SECONDS", 600)
    yield others
    others.may_end.set()


def bars(page: AppTest) -> list[str]:
    return [bar.proto.text for bar in page.get("progress")]


def buttons(page: AppTest) -> list[str]:
    return [button.label for button in page.button]


def test_the_page_says_how_many_come_before_and_who_leaves_lets_the_next_move_up(
    others: Others, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ui.explorer.large_pictures.ASK_ABOVE_SECONDS", -1)
    page = checked(run_page("your_image", model="Raw patches", patch="8", across="20"))
    page.slider(key="across").set_value(99).run(timeout=AT_ONCE_SECONDS)
    assert "Start" in buttons(checked(page)), "what the model takes is measured once, by passes that need the gate themselves"
    monkeypatch.setattr("ui.explorer.large_pictures.ASK_ABOVE_SECONDS", 600)  # short on any machine
    first, second, third = (others.come(name) for name in ("first", "second", "third"))
    page.slider(key="across").set_value(100).run(timeout=AT_ONCE_SECONDS)
    assert bars(checked(page)) == ["The server is busy for somebody else. 2 more are before you."]
    assert sent(page, "regard_explorer")[0]["grid"] == {"rows": 20, "cols": 20}, "the map stays"
    last = others.come("last")
    assert last.ahead == 3
    third.left_by("third")
    until(lambda: last.ahead == 2)
    assert bars(page.run()) == ["The server is busy for somebody else. One more is before you."]
    second.left_by("second")
    until(lambda: last.ahead == 1)
    assert bars(page.run()) == ["The server is busy for somebody else. You are next."]
    next(button for button in page.button if button.label == "Cancel").click().run()
    until(lambda: last.ahead == 0)
    assert not bars(checked(page)) and "Start" in buttons(page) and "Cancel" not in buttons(page)
    assert last.waits and not first.ended.is_set()
    others.may_end.set()
    assert first.ended.wait(10) and last.ended.wait(10)


def test_tabs_of_a_map_that_is_kept_do_not_wait(others: Others) -> None:
    """Nor do layers and rows: tests/ui/data/test_long_work.py."""
    page = checked(run_page("your_image", across="9"))
    (before,) = sent(page, "regard_explorer")
    others.come("first")
    waiting = others.come("second")
    for tab, component in {"Matrix": "regard_matrix_map", "Why this weight": "regard_why"}.items():
        page.session_state["tab"] = tab
        assert sent(checked(page.run(timeout=AT_ONCE_SECONDS)), component) and not bars(page)
        (shown,) = sent(page, "regard_explorer")
        assert (shown["recording"], shown["lease"]) == (before["recording"], before["lease"])
    assert waiting.waits, "the gate was never free"


@pytest.mark.parametrize("lesson", [lesson.name for lesson in LESSONS])
def test_lessons_do_not_wait(others: Others, lesson: str) -> None:
    """Neither as they open nor in a run after that, in which torch confirms what the browser has edited."""
    others.come("first")
    waiting = others.come("second")
    page = checked(run_page(lesson))
    assert not bars(checked(page.run(timeout=AT_ONCE_SECONDS))) and waiting.waits
