"""Tabs that tests use one after another: the app's scripts are compiled once a tab, which takes longer than most tests."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final
from urllib.parse import urlsplit

from playwright.sync_api import Browser, ConsoleMessage, Error, Page, Request, ViewportSize

from tests.browser.firefox import is_firefox, set_fields
from tests.browser.reader import emulate
from tests.browser.serving import DESKTOP
from tests.browser.waiting import KEEP_MESSAGES, PATIENCE_MS, Runs

Prepare = Callable[[Page], None]
WITHOUT_WASM: Final = "blocked WebAssembly (script-src)"
"""What Firefox says where Streamlit's protobuf is refused it, and does without."""
AWAY: Final = (
    "ERR_CONNECTION_|ERR_EMPTY_RESPONSE|ERR_CONTENT_LENGTH_MISMATCH|dynamically imported module|reaching server|not responding|"
    "when disconnected|CLOSING or CLOSED|before receiving a handshake|WebSocket onerror|"
    "Download Button fetch error - Failed to fetch|status of (?:410|50[0234])|establish a connection to the server at ws"
)
"""What browsers and Streamlit say where the server goes."""
LEFT: Final = (
    "Cannot send rerun backMessage when disconnected from server.",
    "Client Error: Download Button fetch error - NetworkError when attempting to fetch resource.",
)
"""What Streamlit says as a page is left in Firefox, which ends its connections before its scripts."""
MISSES: Final = f"{AWAY}|[Dd]elta path"
"""AWAY, and the error that ends Streamlit's app after a broken run (assets/streamlit/whole_runs.js)."""
KEPT: Final = "cookies,local_storage,indexeddb,cache_storage,service_workers"


class Tabs:
    """No two that are open at once share what a browser keeps; one that is handed back forgets it."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._forgets = browser.browser_type.name == "chromium"
        self._free: dict[bool, list[Page]] = defaultdict(list)

    @contextmanager
    def lend(
        self,
        url: str = "",
        prepare: Prepare | None = None,
        viewport: ViewportSize = DESKTOP,
        color_scheme: Any = "light",
        reduced_motion: Any = "no-preference",
        has_touch: bool = False,
        may_miss_server: bool = False,
    ) -> Iterator[Page]:
        """A tab at `url`. At the end it may not have met an error, nor, if `url` is given, asked another host.

        may_miss_server: whether the server goes meanwhile, of which the browser tells.
        """
        troubles: list[str] = []
        free = self._free[has_touch]
        page = free.pop() if free and prepare is None else self._new(has_touch)
        watch = _watch(page, url, troubles, may_miss_server)
        Runs.begin(page)
        page.set_viewport_size(viewport)
        emulate(page, color_scheme=color_scheme, reduced_motion=reduced_motion)
        try:
            if prepare is not None:
                prepare(page)
            if url:
                page.goto(url)
            yield page
            if prepare is None and not page.is_closed() and self._forgets:
                _forget(page)
                free.append(page)
        finally:
            for event, listener in watch.items():
                page.remove_listener(event, listener)
            if page not in free:
                page.context.close()
        assert not troubles, troubles

    def _new(self, has_touch: bool) -> Page:
        context = self._browser.new_context(has_touch=has_touch)
        context.set_default_timeout(PATIENCE_MS)
        context.add_init_script(KEEP_MESSAGES)
        page = context.new_page()
        if has_touch and is_firefox(page):
            set_fields(page, touchEventsOverride="enabled")
        return page


def _watch(page: Page, url: str, troubles: list[str], may_miss_server: bool) -> dict[str, Callable[[Any], None]]:
    firefox = is_firefox(page)

    def note_console(message: ConsoleMessage) -> None:
        # On a deep link Streamlit asks for its health and settings below the page's path first; that 404 is its own.
        missing = may_miss_server and re.search(MISSES, message.text)
        left = firefox and message.text in LEFT
        if message.type == "error" and "status of 404" not in message.text and not missing and not left:
            troubles.append(f"console: {message.text}")

    def note_error(error: Error) -> None:
        missing = may_miss_server and re.search(MISSES, error.message)
        if WITHOUT_WASM not in error.message and not missing:
            troubles.append(f"error in the page: {error}")

    def note_foreign(request: Request) -> None:
        host = "/".join(url.split("/")[:3])
        if not request.url.startswith((host, "data:", "blob:", host.replace("http", "ws", 1))):
            troubles.append(f"asked another host: {request.url}")

    listeners: dict[str, Callable[[Any], None]] = {
        "pageerror": note_error,
        "console": note_console,
        "request": note_foreign,
    }
    for event, listener in listeners.items():
        page.on(event, listener)
    return listeners


def _forget(page: Page) -> None:
    """What the page's origin keeps in the browser, but not the scripts that it has fetched and compiled."""
    page.unroute_all()
    at = urlsplit(page.url)
    if at.scheme.startswith("http"):
        page.evaluate("sessionStorage.clear()")
        session = page.context.new_cdp_session(page)
        page.goto("about:blank")
        session.send("Storage.clearDataForOrigin", {"origin": f"{at.scheme}://{at.netloc}", "storageTypes": KEPT})
        session.detach()
    else:
        page.goto("about:blank")
    page.mouse.move(0, 0)
