"""A real server and a real Chromium. Screenshots go to test-artefacts/."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Page, Playwright, expect, sync_playwright

from tests.browser.serving import DESKTOP, ROOT, launch, serve
from tests.browser.waiting import PATIENCE_MS

ARTEFACTS = ROOT / "test-artefacts"
expect.set_options(timeout=PATIENCE_MS)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    with serve() as url:
        yield url


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """Without one a user gets a skip; CI fails."""
    try:
        running = launch(playwright)
    except Error as error:
        message = "no browser: install chromium, or run `.venv/bin/playwright install chromium`"
        if os.environ.get("CI"):
            pytest.fail(f"{message} ({error})")
        pytest.skip(message)
    yield running
    running.close()


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Open pages; at the end none of them may have met an error or asked a host other than the server."""
    contexts: list[BrowserContext] = []
    troubles: list[str] = []

    def open_one(url: str, prepare: Callable[[Page], None] = lambda _: None, **options: object) -> Page:
        context = browser.new_context(**{"viewport": DESKTOP} | options)  # type: ignore[arg-type]
        context.set_default_timeout(PATIENCE_MS)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: troubles.append(f"error in the page: {error}"))
        page.on("console", lambda message: _note_console(message, troubles))
        page.on("request", lambda request: _note_foreign(request.url, url, troubles))
        prepare(page)
        page.goto(url)
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert not troubles, troubles


def _note_console(message: object, troubles: list[str]) -> None:
    text = message.text  # type: ignore[attr-defined]
    # On a deep link Streamlit asks for its health and settings below the page's path first; that 404 is its own.
    if message.type == "error" and "status of 404" not in text:  # type: ignore[attr-defined]
        troubles.append(f"console: {text}")


def _note_foreign(requested: str, url: str, troubles: list[str]) -> None:
    host = "/".join(url.split("/")[:3])
    if not requested.startswith((host, "data:", "blob:", host.replace("http", "ws", 1))):
        troubles.append(f"asked another host: {requested}")


def screenshot(page: Page, name: str, full_page: bool = False) -> Path:
    ARTEFACTS.mkdir(exist_ok=True)
    path = ARTEFACTS / f"{name}.png"
    page.screenshot(path=path, full_page=full_page)
    return path
