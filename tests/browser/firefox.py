"""Debian's Firefox under Playwright, over WebDriver BiDi: `python -m tests.browser.firefox` stands in for its program.

Playwright asks for an emulation that Firefox's long-term release does not know yet, and gives up at its refusal; others, and
fingers, it never asks for. This stands between the two, hands every message on, and does these itself: what a page takes for
the reader's theme, motion and medium, its tab in Firefox says, as it does for Firefox's own tools. It names the files that a
page makes, for which Playwright would wait in vain, and keeps Playwright from scrolling to what is in sight already.
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
from itertools import count
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Browser, Page, Playwright
from websockets.asyncio.client import connect
from websockets.asyncio.server import ServerConnection, serve

NAME: Final = "firefox-esr"
UNKNOWN: Final = "emulation.setMediaFeaturesOverride"
ASKED: Final = "asked of Firefox itself"
DOWNLOAD: Final = "browsingContext.download"
OWN_NUMBERS: Final = 10**9
"""Playwright counts its commands from 1."""
SET_FIELDS: Final = """(id, fields) => {
  const { NavigableManager } = ChromeUtils.importESModule("chrome://remote/content/shared/NavigableManager.sys.mjs");
  Object.assign(NavigableManager.getBrowsingContextById(id).top, JSON.parse(fields));
}"""
LISTENING: Final = re.compile(r"WebDriver BiDi listening on (ws://\S+)")
PREFERENCES: Final[dict[str, str | float | bool]] = {
    "layout.css.prefers-color-scheme.content-override": 1,  # light
    "ui.prefersReducedMotion": 0,
    "ui.primaryPointerCapabilities": 6,  # a mouse: exact, and points without pressing
    "ui.allPointerCapabilities": 6,
    "app.update.enabled": False,
    "browser.download.alwaysOpenPanel": False,  # which would take the keys
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "privacy.trackingprotection.enabled": False,
    "services.settings.server": "",
}
SCREEN: Final = {"MOZ_HEADLESS_WIDTH": "1440", "MOZ_HEADLESS_HEIGHT": "900"}
SCROLLS: Final = re.compile(
    r"""node\.scrollIntoView\(\{\\n *block: \\"center\\",\\n *inline: \\"center\\",\\n *behavior: \\"instant\\"\\n *\}\)"""
)
"""As Playwright does before it points at anything, in sight or not."""
SCROLLS_IF_NEEDED: Final = (
    "const to = (block) => node.scrollIntoView({ block, inline: block, behavior: 'instant' });"
    "const { x, y } = node.getBoundingClientRect();"
    "to('nearest'); const now = node.getBoundingClientRect(); if (now.x !== x || now.y !== y) to('center')"
)
WITHOUT_LIMIT: Final[dict[str, Any]] = {"max_size": None, "ping_interval": None, "compression": None}


def is_firefox(page: Page) -> bool:
    return page.context.browser is not None and page.context.browser.browser_type.name == "firefox"


def set_fields(page: Page, **fields: str) -> None:
    """Of the page's BrowsingContext, as Firefox calls it."""
    page.evaluate(f"'{ASKED}', {json.dumps({'fields': fields})}")


def act(page: Page, *actions: dict[str, Any]) -> None:
    """input.performActions, of WebDriver BiDi."""
    page.evaluate(f"'{ASKED}', {json.dumps({'actions': actions})}")


@contextmanager
def launch_firefox(playwright: Playwright) -> Iterator[Browser]:
    """Raises playwright's Error where there is none."""
    root = Path(__file__).resolve().parents[2]
    with tempfile.TemporaryDirectory() as folder:
        program = Path(folder, NAME)
        program.write_text(f'#!/bin/sh\ncd "{root}" && exec "{sys.executable}" -m tests.browser.firefox "$@"\n')
        program.chmod(0o755)
        browser = playwright.firefox.launch(
            channel="moz-firefox", executable_path=program, firefox_user_prefs=PREFERENCES, env={**os.environ, **SCREEN}
        )
        yield browser
        browser.close()


async def stand_between(arguments: list[str]) -> None:
    """Start Firefox, say where this listens instead of it, and stay for one conversation."""
    found = shutil.which(NAME) or shutil.which("firefox")
    if found is None:
        sys.exit(f"no {NAME} is installed")
    arguments = ["--remote-allow-system-access", *arguments]
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
            await Between(playwright, browser).hand_on()

    async with serve(talk, "127.0.0.1", 0, **WITHOUT_LIMIT) as server:
        port = server.sockets[0].getsockname()[1]
        sys.stderr.write(f"WebDriver BiDi listening on ws://127.0.0.1:{port}\n")
        sys.stderr.flush()
        await firefox.wait()
    drain.cancel()


def _named(text: str) -> str:
    """Of a file that the page has made, Playwright looks for what newer releases of Firefox call the download."""
    event = json.loads(text)
    if event.get("method", "").startswith(DOWNLOAD) and event["params"]["url"].startswith("blob:"):
        event["params"].setdefault("download", event["params"]["url"])
    return json.dumps(event)


class RefusedError(RuntimeError):
    """By Firefox; what it says."""


class Between:
    """One conversation."""

    def __init__(self, playwright: Any, browser: Any) -> None:
        self._playwright, self._browser = playwright, browser
        self._numbers = count(OWN_NUMBERS)
        self._awaited: dict[int, asyncio.Future[dict[str, Any]]] = {}

    async def hand_on(self) -> None:
        await asyncio.gather(self._commands(), self._answers())

    async def _commands(self) -> None:
        async with asyncio.TaskGroup() as instead:
            async for text in self._playwright:
                if UNKNOWN in text or ASKED in text:
                    instead.create_task(self._instead(json.loads(text)))
                else:
                    await self._browser.send(SCROLLS.sub(SCROLLS_IF_NEEDED, text) if "scrollIntoView" in text else text)
            await self._browser.close()

    async def _answers(self) -> None:
        async for text in self._browser:
            if self._awaited and (number := json.loads(text).get("id")) in self._awaited:
                self._awaited.pop(number).set_result(json.loads(text))
            else:
                await self._playwright.send(_named(text) if DOWNLOAD in text else text)
        for waiting in self._awaited.values():
            waiting.cancel()
        await self._playwright.close()

    async def _instead(self, command: dict[str, Any]) -> None:
        nothing = {"type": "success", "realm": "", "result": {"type": "undefined"}}
        answer: dict[str, Any] = {"type": "success", "result": nothing}
        try:
            if command["method"] == UNKNOWN:
                scheme = command["params"]["features"].get("prefers-color-scheme") or "none"
                for context in command["params"].get("contexts", []):
                    await self._set(context, {"prefersColorSchemeOverride": scheme})
            else:
                await self._do(**command["params"])
        except RefusedError as refused:
            answer = {"type": "error", "error": "unknown error", "message": str(refused)}
        await self._playwright.send(json.dumps(answer | {"id": command["id"]}))

    async def _do(self, target: dict[str, str], arguments: list[dict[str, Any]], **_: Any) -> None:
        """What `set_fields` and `act` ask for."""
        said = next(each["value"] for each in arguments if ASKED in str(each.get("value")))
        wish = json.loads(said.partition(",")[2])
        if "fields" in wish:
            await self._set(target["context"], wish["fields"])
        else:
            await self._ask("input.performActions", context=target["context"], actions=wish["actions"])

    async def _set(self, context: str, fields: dict[str, str]) -> None:
        windows = await self._ask("browsingContext.getTree", **{"moz:scope": "chrome", "maxDepth": 0})
        values = [{"type": "string", "value": each} for each in (context, json.dumps(fields))]
        window = {"context": windows["contexts"][0]["context"]}
        call = {"functionDeclaration": SET_FIELDS, "arguments": values, "target": window, "awaitPromise": False}
        await self._ask("script.callFunction", **call)

    async def _ask(self, method: str, **params: Any) -> dict[str, Any]:
        number = next(self._numbers)
        self._awaited[number] = asyncio.get_running_loop().create_future()
        await self._browser.send(json.dumps({"id": number, "method": method, "params": params}))
        answer = await self._awaited[number]
        result: dict[str, Any] = answer.get("result", {})
        if answer["type"] == "error" or result.get("type") == "exception":
            raise RefusedError(json.dumps(answer))
        return result


if __name__ == "__main__":
    asyncio.run(stand_between(sys.argv[1:]))
