"""A real server and a real Chromium. Screenshots go to test-artefacts/."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Page, Playwright, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
ARTEFACTS = ROOT / "test-artefacts"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
DESKTOP = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
FIRST_MAP_MS = 60_000


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@contextmanager
def serve(**environment: str) -> Iterator[str]:
    """`streamlit run app.py` on a free port, as a user starts it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.headless=true", f"--server.port={port}"]
    command.append("--server.address=127.0.0.1")
    process = subprocess.Popen(
        command, cwd=ROOT, env=os.environ | environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    url = f"http://127.0.0.1:{port}"
    try:
        _wait_until_healthy(url, process)
        yield url
    finally:
        process.terminate()
        output, _ = process.communicate(timeout=20)
        assert "Traceback" not in output, output[-4000:]


def _wait_until_healthy(url: str, process: subprocess.Popen[str]) -> None:
    for _ in range(300):
        assert process.poll() is None, process.communicate()[0]
        try:
            with urllib.request.urlopen(f"{url}/_stcore/health", timeout=1):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise TimeoutError(url)


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
    """Chromium or Chrome from PATH, else Playwright's own."""
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "chrome"))), None)
    try:
        running = playwright.chromium.launch(executable_path=found, args=FLAGS)
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
