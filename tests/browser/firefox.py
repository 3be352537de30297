"""Debian's Firefox under Playwright, over WebDriver BiDi: `python -m tests.browser.firefox` stands in for its program.

Playwright asks for an emulation that Firefox's long-term release does not know yet, and gives up at its refusal. This stands
between the two, hands every message on, and turns that one refusal into a yes: pages then have the theme that Firefox has.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Browser, Playwright
from websockets.asyncio.client import connect
from websockets.asyncio.server import ServerConnection, serve

NAME: Final = "firefox-esr"
UNKNOWN: Final = "emulation.setMediaFeaturesOverride"
LISTENING: Final = re.compile(r"WebDriver BiDi listening on (ws://\S+)")
PREFERENCES: Final[dict[str, str | float | bool]] = {
    "layout.css.prefers-color-scheme.content-override": 1,  # light
    "ui.prefersReducedMotion": 1,
    "app.update.enabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "privacy.trackingprotection.enabled": False,
    "services.settings.server": "",
}
WITHOUT_LIMIT: Final[dict[str, Any]] = {"max_size": None, "ping_interval": None, "compression": None}


@contextmanager
def launch_firefox(playwright: Playwright) -> Iterator[Browser]:
    """Raises playwright's Error where there is none."""
    root = Path(__file__).resolve().parents[2]
    with tempfile.TemporaryDirectory() as folder:
        program = Path(folder, NAME)
        program.write_text(f'#!/bin/sh\ncd "{root}" && exec "{sys.executable}" -m tests.browser.firefox "$@"\n')
        program.chmod(0o755)
        browser = playwright.firefox.launch(
            channel="moz-firefox", executable_path=program, firefox_user_prefs=PREFERENCES, env={**os.environ}
        )
        yield browser
        browser.close()


async def stand_between(arguments: list[str]) -> None:
    """Start Firefox, say where this listens instead of it, and stay for one conversation."""
    found = shutil.which(NAME) or shutil.which("firefox")
    if found is None:
        sys.exit(f"no {NAME} is installed")
    firefox = await asyncio.create_subprocess_exec(found, *arguments, stderr=asyncio.subprocess.PIPE)
    assert firefox.stderr is not None
    async for line in firefox.stderr:
        if match := LISTENING.search(line.decode(errors="replace")):
            break
    else:
        sys.exit("Firefox has stopped")
    drain = asyncio.create_task(firefox.stderr.read())

    async def talk(playwright: ServerConnection) -> None:
        async with connect(f"{match[1]}/session", **WITHOUT_LIMIT) as browser:
            await _hand_on(playwright, browser)

    async with serve(talk, "127.0.0.1", 0, **WITHOUT_LIMIT) as server:
        port = server.sockets[0].getsockname()[1]
        sys.stderr.write(f"WebDriver BiDi listening on ws://127.0.0.1:{port}\n")
        sys.stderr.flush()
        await firefox.wait()
    drain.cancel()


async def _hand_on(playwright: Any, browser: Any) -> None:
    forgiven: set[int] = set()

    async def commands() -> None:
        async for text in playwright:
            if UNKNOWN in text:
                forgiven.add(json.loads(text)["id"])
            await browser.send(text)
        await browser.close()

    async def answers() -> None:
        async for text in browser:
            if forgiven and (number := json.loads(text).get("id")) in forgiven:
                forgiven.discard(number)
                text = json.dumps({"type": "success", "id": number, "result": {}})
            await playwright.send(text)
        await playwright.close()

    await asyncio.gather(commands(), answers())


if __name__ == "__main__":
    asyncio.run(stand_between(sys.argv[1:]))
