"""The tests' own waiting: a page is at rest when the server has answered what it asked last."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from tests.browser.serving import Servers
from tests.browser.waiting import Message, Runs, answered, rest


class Line:
    """Over which a test lets messages go."""

    def __init__(self, runs: Runs) -> None:
        self.runs = runs

    def ask(self) -> None:
        message = BackMsg()
        message.rerun_script.SetInParent()
        self._go(message, sent=True)

    def begin(self) -> None:
        message = ForwardMsg()
        message.new_session.SetInParent()
        self._go(message)

    def end(self, how: int = ForwardMsg.FINISHED_SUCCESSFULLY) -> None:
        self._go(ForwardMsg(script_finished=how))

    def _go(self, message: BackMsg | ForwardMsg, sent: bool = False) -> None:
        self.runs.hear(Message(sent, 0, message.SerializeToString()))


def test_a_run_is_awaited_until_one_has_begun_and_ended_after_it_was_asked_for() -> None:
    runs = Runs()
    line = Line(runs)
    line.begin()
    line.ask()
    line.end()  # of the run before
    assert runs.awaited
    line.begin()
    line.end(ForwardMsg.FINISHED_EARLY_FOR_RERUN)
    assert runs.awaited
    line.begin()
    assert runs.awaited
    line.end()
    assert not runs.awaited


@pytest.fixture
def app(servers: Servers) -> Iterator[str]:
    with servers.lend("tests/browser/waiting_app.py") as url:
        yield url


def test_after_an_answer_the_page_shows_it(open_page: Callable[..., Page], app: str) -> None:
    page = open_page(app)
    expect(page.get_by_text("runs: 1", exact=True)).to_be_visible()
    runs = Runs.of(page)
    assert runs.begun and any(message.sent for message in runs.heard), "messages must have been seen, its and the server's"
    page.get_by_role("button", name="Run").click()
    rest(page, 150)
    answered(page)
    assert page.get_by_text("runs: 2", exact=True).is_visible()
