"""Waiting for a page and its server, on machines of any speed."""

from __future__ import annotations

import os
import time
from typing import Final
from weakref import WeakKeyDictionary

from playwright.sync_api import Page, WebSocket, expect
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

PATIENCE_MS: Final = 600_000 if os.environ.get("CI") else 60_000
"""How long a test waits for what must come. CI's machine may be slow; whoever breaks a test at home wants to know soon."""
SMALL_MESSAGE: Final = 100_000
"""bytes; of a run's messages the first and the last are smaller."""

NOTHING_HELD_BACK: Final = """() => {
  const { pressed, began, ended, behind } = globalThis.regardWatched ?? { pressed: 0, began: 1, ended: 1 };
  const now = performance.now();
  const begun = behind ? ended > pressed && began > ended : began >= pressed;
  return begun || (ended > pressed && now - ended > 500) || now - pressed > 4000;
}"""
"""Whether the page would tell its server now what it has to tell (isPressed in assets/shared/streamlit_workarounds.js)."""


class Runs:
    """Whether the script has run since the page last asked for it, by the messages between page and server."""

    of: Final[WeakKeyDictionary[Page, Runs]] = WeakKeyDictionary()

    def __init__(self) -> None:
        self.awaited = False
        self.begun = False

    def listen(self, socket: WebSocket) -> None:
        socket.on("framesent", self._sent)
        socket.on("framereceived", self._received)

    def _sent(self, message: bytes | str) -> None:
        if isinstance(message, bytes) and len(message) < SMALL_MESSAGE and BackMsg.FromString(message).HasField("rerun_script"):
            self.awaited, self.begun = True, False

    def _received(self, message: bytes | str) -> None:
        if not isinstance(message, bytes) or len(message) >= SMALL_MESSAGE:
            return
        answer = ForwardMsg.FromString(message)
        if answer.HasField("new_session"):
            self.begun = True
        elif answer.HasField("script_finished") and answer.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN:
            self.awaited = self.awaited and not self.begun


def answered(page: Page) -> None:
    """Until the script has run, after whatever the page has asked for by now."""
    until(page, NOTHING_HELD_BACK)
    rest(page, 100)  # after which it is said
    patience_ends = time.monotonic() + PATIENCE_MS / 1000
    pause = 50.0
    while (runs := Runs.of.get(page)) and runs.awaited:
        assert time.monotonic() < patience_ends, "the server does not answer"
        page.wait_for_timeout(pause)  # which lets Playwright see the messages
        pause = min(1.5 * pause, 1000)
    rest(page, 50)  # the page takes up a message a little after Playwright sees it
    expect(page.locator("[data-testid=stApp]")).to_have_attribute("data-test-script-state", "notRunning", timeout=PATIENCE_MS)


def until(page: Page, condition: str) -> None:
    """Asks ten times a second; Playwright's own way asks for a frame each time, which keeps a slow machine busy."""
    page.wait_for_function(condition, polling=100)


def rest(page: Page, milliseconds: int) -> None:
    """Let the page's own clock run: where the page is slow, what it had set a timer for before still comes first."""
    page.evaluate("milliseconds => new Promise(done => setTimeout(done, milliseconds))", milliseconds)


def frame(page: Page) -> None:
    """Until what was asked for is drawn."""
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
