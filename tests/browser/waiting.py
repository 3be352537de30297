"""Waiting for a page and its server, on machines of any speed."""

from __future__ import annotations

import os
import time
from base64 import b64decode
from dataclasses import dataclass
from typing import Final
from weakref import WeakKeyDictionary

from playwright.sync_api import Page, expect
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

PATIENCE_MS: Final = 600_000 if os.environ.get("CI") else 60_000
"""How long a test waits for what must come. CI's machine may be slow; whoever breaks a test at home wants to know soon."""
SMALL_MESSAGE: Final = 100_000
"""bytes; of a run's messages the first and the last are smaller."""

NOTHING_PRESSED: Final = """() => {
  const { pressed = 0, seen = 0 } = globalThis.regardWatched ?? {};
  return seen >= pressed || performance.now() - pressed > 4000;
}"""
"""Whether a script has begun or ended since the reader pressed something (assets/streamlit/presses.js), or none begins."""


KEEP_MESSAGES: Final = f"""(() => {{
  const kept = (globalThis.regardMessages = []);
  const keep = (sent, data) => {{
    if (typeof data === "string") return;
    const all = new Uint8Array(data.buffer ?? data, data.byteOffset, data.byteLength);
    const bytes = all.length < {SMALL_MESSAGE} ? all : [];
    kept.push([sent, performance.now(), btoa(Array.from(bytes, byte => String.fromCharCode(byte)).join(""))]);
  }};
  globalThis.WebSocket = class extends WebSocket {{
    constructor(...address) {{
      super(...address);
      this.addEventListener("message", ({{ data }}) => keep(false, data));
    }}
    send(data) {{
      keep(true, data);
      super.send(data);
    }}
  }};
}})()"""
"""What a page runs before its own scripts: no driver but Chromium's tells of messages."""
TAKE_MESSAGES: Final = "globalThis.regardMessages?.splice(0) ?? []"
LATE_CLICKS: Final = """milliseconds => {
  const { send } = WebSocket.prototype;
  let clicked = false;
  let line = Promise.resolve();
  document.addEventListener("click", () => (clicked = true), { capture: true });
  WebSocket.prototype.send = function (data) {
    const ms = clicked ? milliseconds : 0;
    clicked = false;
    line = line.then(() => new Promise((done) => setTimeout(done, ms))).then(() => send.call(this, data));
  };
}"""
"""What is sent upon a click goes out so much later, and whatever is sent then behind it, as on a line that stands still."""


@dataclass(frozen=True)
class Message:
    """Between a page and its server. at: ms, by the page's clock. data: nothing of a large one."""

    sent: bool
    at: float
    data: bytes


class Runs:
    """Whether the script has run since the page last asked for it, by the messages between page and server."""

    _of: Final[WeakKeyDictionary[Page, Runs]] = WeakKeyDictionary()

    def __init__(self) -> None:
        self.awaited = False
        self.begun = False
        self.heard: list[Message] = []

    @classmethod
    def begin(cls, page: Page) -> None:
        cls._of[page] = cls()

    @classmethod
    def of(cls, page: Page) -> Runs:
        """By what the page has said and heard until now."""
        runs = cls._of.setdefault(page, cls())
        for sent, at, data in page.evaluate(TAKE_MESSAGES):
            runs.hear(Message(sent, at, b64decode(data)))
        return runs

    def hear(self, message: Message) -> None:
        self.heard.append(message)
        if message.sent:
            if BackMsg.FromString(message.data).HasField("rerun_script"):
                self.awaited, self.begun = True, False
            return
        answer = ForwardMsg.FromString(message.data)
        if answer.HasField("new_session"):
            self.begun = True
        elif answer.HasField("script_finished") and answer.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN:
            self.awaited = self.awaited and not self.begun


def answered(page: Page) -> None:
    """Until the script has run, after whatever the page has asked for by now."""
    until(page, NOTHING_PRESSED)
    rest(page, 100)  # after which it is said
    patience_ends = time.monotonic() + PATIENCE_MS / 1000
    pause = 50.0
    while Runs.of(page).awaited:
        assert time.monotonic() < patience_ends, "the server does not answer"
        page.wait_for_timeout(pause)
        pause = min(1.5 * pause, 1000)
    rest(page, 50)  # the page takes up a message a little after it has come
    expect(page.locator("[data-testid=stApp]")).to_have_attribute("data-test-script-state", "notRunning", timeout=PATIENCE_MS)


def runs(page: Page) -> int:
    """How often the script has begun to run for the page, since the page was opened."""
    heard = [ForwardMsg.FromString(message.data) for message in Runs.of(page).heard if not message.sent]
    return sum(message.HasField("new_session") for message in heard)


def until(page: Page, condition: str) -> None:
    """Asks ten times a second; Playwright's own way asks for a frame each time, which keeps a slow machine busy."""
    page.wait_for_function(condition, polling=100)


def rest(page: Page, milliseconds: int) -> None:
    """Let the page's own clock run: where the page is slow, what it had set a timer for before still comes first."""
    page.evaluate("milliseconds => new Promise(done => setTimeout(done, milliseconds))", milliseconds)


def still(page: Page) -> None:
    """Until nothing on the page moves."""
    until(page, "() => document.getAnimations().every((each) => each.playState !== 'running')")
    frame(page)


def frame(page: Page) -> None:
    """Until what was asked for is drawn."""
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
