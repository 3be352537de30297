"""Waiting for a page, on machines of any speed."""

from __future__ import annotations

from typing import Final

from playwright.sync_api import Page

PATIENCE_MS: Final = 300_000
"""How long a test waits for what must come. Long, since it costs time only where a test fails anyway."""


def rest(page: Page, milliseconds: int) -> None:
    """Let the page's own clock run: where the page is slow, what it had set a timer for before still comes first."""
    page.evaluate("milliseconds => new Promise(done => setTimeout(done, milliseconds))", milliseconds)


def frame(page: Page) -> None:
    """Until what was asked for is drawn."""
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
