"""A real server and a real browser. With `--screenshots`, these go to test-artefacts/."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Error, Page, Playwright, expect, sync_playwright

from tests.browser import matrix_page
from tests.browser.firefox import launch_firefox
from tests.browser.heads_page import ROOMS, Built, built, data_of, page_of
from tests.browser.serving import PHONE, ROOT, Servers, launch
from tests.browser.tabs import Tabs
from tests.browser.themes import GROUNDS, turn
from tests.browser.waiting import PATIENCE_MS

ARTEFACTS = ROOT / "test-artefacts"
kept = {"screenshots": False}
expect.set_options(timeout=PATIENCE_MS)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    kept["screenshots"] = config.getoption("--screenshots")
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def servers() -> Iterator[Servers]:
    running = Servers()
    yield running
    running.close()


@pytest.fixture(scope="module")
def server(servers: Servers) -> Iterator[str]:
    with servers.lend() as url:
        yield url


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="session")
def browser(playwright: Playwright, pytestconfig: pytest.Config) -> Iterator[Browser]:
    """Chromium, or with `--firefox` Firefox."""
    with started(launch_firefox if pytestconfig.getoption("--firefox") else launched, playwright) as running:
        yield running


@contextmanager
def launched(playwright: Playwright) -> Iterator[Browser]:
    # It draws in software anyway: a process less to switch to, and threads less to tell of what moves (a twentieth of a load).
    running = launch(
        playwright, "--in-process-gpu", "--disable-threaded-animation", "--disable-threaded-scrolling", windows=False
    )
    yield running
    running.close()


@contextmanager
def started(launcher: Callable[[Playwright], AbstractContextManager[Browser]], playwright: Playwright) -> Iterator[Browser]:
    """Without one a user gets a skip; CI fails."""
    with ExitStack() as stack:
        try:
            running = stack.enter_context(launcher(playwright))
        except Error as error:
            message = "no browser: install chromium and firefox-esr, or run `.venv/bin/playwright install chromium`"
            if os.environ.get("CI"):
                pytest.fail(f"{message} ({error})")
            pytest.skip(message)
        yield running


@pytest.fixture(scope="session")
def tabs(browser: Browser) -> Tabs:
    return Tabs(browser)


@pytest.fixture
def open_page(tabs: Tabs) -> Iterator[Callable[..., Page]]:
    """Open tabs, as `Tabs.lend` does; the test's end hands them back."""
    with ExitStack() as opened:
        yield lambda url, **options: opened.enter_context(tabs.lend(url, **options))


@pytest.fixture(scope="module")
def tab(tabs: Tabs) -> Iterator[Page]:
    """One for all tests of a file, without animations."""
    with tabs.lend(reduced_motion="reduce") as page:
        yield page


@pytest.fixture(scope="session")
def tables(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Of matrix_page.py."""
    return matrix_page.write(tmp_path_factory.mktemp("tables"))


@pytest.fixture
def heads(open_page: Callable[..., Page], tmp_path: Path) -> Callable[..., Page]:
    """A tab with the multi-head figure alone, of heads_page.py, in a room; further options as `Tabs.lend` takes them."""

    def opened(
        layer: Built | None = None,
        room: str = "stage",
        choice: dict[str, int] | None = None,
        captions: str = "",
        **options: Any,
    ) -> Page:
        file = tmp_path / "heads.html"
        file.write_text(page_of(data_of(*(layer or built()), captions=captions), room, choice), encoding="utf-8")
        size = ROOMS[room]
        viewport = {"width": max(size["width"] + 380, 390), "height": size["height"] + 60} if room != "phone" else PHONE
        return open_page(file.as_uri(), **{"viewport": viewport, "reduced_motion": "reduce"} | options)

    return opened


def screenshot(page: Page, name: str, full_page: bool = False) -> None:
    """For whoever wants to look at it: no test compares one, and all of them together take half a minute of a core."""
    if kept["screenshots"]:
        ARTEFACTS.mkdir(exist_ok=True)
        page.screenshot(path=ARTEFACTS / f"{name}.png", full_page=full_page)


def screenshots(page: Page, name: str) -> None:
    """As `screenshot`, in both themes."""
    if kept["screenshots"]:
        for theme in reversed(GROUNDS):  # the page stays in the light
            turn(page, theme)
            screenshot(page, f"{name}-{theme}")
