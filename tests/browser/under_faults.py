"""A reader who acts at random on a faulty line: no action may be lost, and in the end the page shows what the last ones say.

REGARD_ACTIONS says how many there are, REGARD_SEED which.
"""

from __future__ import annotations

import os
import time
from random import Random
from typing import Final, Protocol

from playwright.sync_api import Page

from tests.browser.faulty_line import FaultyLine
from tests.browser.waiting import PATIENCE_MS, rest

ACTIONS: Final = int(os.environ.get("REGARD_ACTIONS", "40"))
SEED: Final = int(os.environ.get("REGARD_SEED", "1"))
PAUSES_MS: Final = (0, 0, 0, 20, 100, 400, 1200)
"""Between two actions."""
LOOKS: Final = 8
"""After so many actions the reader looks what came of them while faults go on: no further action makes up for a lost one."""
CUTS: Final = 0.06
"""How often Streamlit's socket is cut after an action."""
STREAMLITS: Final = ("stProgress", "stSpinner", "stException")
BUSY: Final = ", ".join([".regard-explorer .news:not([hidden])", *(f"[data-testid={name}]" for name in STREAMLITS)])
TRIAL_MS: Final = 20_000
"""For which an action waits until it can be done."""

ON_MAP: Final = """([x, y]) => {
  let found = document.elementFromPoint(x, y);
  for (let within; (within = found?.shadowRoot?.elementFromPoint(x, y)) && within !== found; ) found = within;
  return found?.matches("canvas.map");
}"""
"""Whether a point of the window is on a map, with nothing over it."""


class Acting(Protocol):
    """act: do something, and note in `done` what. amiss: what the page shows otherwise than the actions say; "" if nothing."""

    page: Page
    chance: Random
    done: list[str]

    def act(self, number: int) -> None: ...
    def amiss(self) -> str: ...


def lose_nothing(reader: Acting, line: FaultyLine) -> None:
    """Act ACTIONS times under faults; now and then, and in the end without faults, the page must show what came of it."""
    page, chance = reader.page, reader.chance
    try:
        for number in range(ACTIONS):
            if page.get_by_role("dialog").count():
                page.keyboard.press("Escape")  # what Streamlit says of the connection
            reader.act(number)
            if chance.random() < CUTS:
                line.cut_sockets()
            rest(page, chance.choice(PAUSES_MS))
            if number % LOOKS == LOOKS - 1:
                look(reader)
        line.cease()
        look(reader)
    except Exception as error:
        error.add_note(f"At {page.url} the page says: {page.inner_text('body')[:600]}")
        error.add_note(f"Seed {SEED}; {dict(line.happened)}; the last actions: {'; '.join(reader.done[-12:])}")
        raise
    assert "(fault " not in page.inner_text("body")
    assert ACTIONS < 200 or set(line.happened) >= {"late", "answered late", "lost", "answer lost", "away", "socket cut"}
    page.goto("about:blank")  # before its line goes


def look(reader: Acting) -> None:
    """Until the page shows what the actions say."""
    reader.page.mouse.move(2, 2)
    ends = time.monotonic() + PATIENCE_MS / 1000
    while (says := restless(reader.page) or reader.amiss()) and time.monotonic() < ends:
        rest(reader.page, 200)
    assert not says, says


def restless(page: Page) -> str:
    """Return the work that the page still waits for."""
    if busy := page.locator(BUSY).all_inner_texts():
        return f"it waits: {busy}"
    app = page.get_by_test_id("stApp")
    if app.get_attribute("data-test-connection-state") != "CONNECTED":
        return "it is not connected"
    return "" if app.get_attribute("data-test-script-state") == "notRunning" else "its script runs"
