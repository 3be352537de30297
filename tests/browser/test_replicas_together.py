"""Readers on each of three replicas: one of these is killed, its reader goes on with another, and the others notice nothing."""

from __future__ import annotations

import re
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.explorer import parameters, pin, query_name, top, wait_for_map
from tests.browser.test_replicas import BASE, replicas, serves
from tests.browser.waiting import PATIENCE_MS
from tests.deploy.proxy import nginx

__all__ = ["replicas"]
pytestmark = pytest.mark.nightly

Open = Callable[..., Page]
LINK = f"/{BASE}/your_image?model=Random+heads&picture=Cat&square=true&across=12"
MOST_READERS = 9


def one_on_each(open_page: Open, url: str, ports: set[int]) -> dict[int, Page]:
    """By the replica, the reader whom the proxy has sent there."""
    readers: dict[int, Page] = {}
    for _ in range(MOST_READERS):
        page = open_page(url, may_miss_server=not readers)  # the first one's is killed
        wait_for_map(page)
        readers.setdefault(serves(page), page)
        if set(readers) == ports:
            break
    assert set(readers) == ports
    return readers


def watch(page: Page) -> list[str]:
    """Connections that a page opens from now on: it does so where it loses its server."""
    seen: list[str] = []
    page.on("websocket", lambda _: seen.append("another connection"))
    page.evaluate("globalThis.isTheSamePage = true")  # what a reload forgets
    return seen


def until_another_serves(page: Page, dead: int) -> int:
    patience_ends = time.monotonic() + PATIENCE_MS / 1000
    while (alive := serves(page)) == dead:
        assert time.monotonic() < patience_ends, "nobody takes the reader"
        page.wait_for_timeout(100)
    return alive


def test_a_killed_replica_is_its_own_readers_matter(
    open_page: Open, replicas: dict[int, subprocess.Popen[bytes]], tmp_path: Path
) -> None:
    with nginx(tmp_path / "nginx", list(replicas)) as url:
        readers = one_on_each(open_page, url + LINK, set(replicas))
        for place, page in enumerate(readers.values()):
            pin(page, 3, 4 + place, 12, 12)
        views = {port: (top(page), parameters(page)) for port, page in readers.items()}
        assert len({str(shown) for shown, _ in views.values()}) == len(readers), "each looks at something else"
        dead, left = next(iter(readers.items()))
        others = {port: page for port, page in readers.items() if port != dead}
        seen = {port: watch(page) for port, page in others.items()}

        replicas[dead].kill()
        assert until_another_serves(left, dead) in others
        expect(left.get_by_test_id("stApp")).to_have_attribute("data-test-connection-state", "CONNECTED")
        assert (top(left), parameters(left)) == views[dead]

        for port, page in others.items():
            assert (top(page), parameters(page)) == views[port]
            page.get_by_role("tab", name="How to read it").click()  # the server has what stands there
            expect(page.get_by_role("tabpanel", name="How to read it")).to_contain_text(re.compile(r"\w+ \w+ \w+"))
            assert (serves(page), seen[port]) == (port, [])
            assert page.evaluate("globalThis.isTheSamePage") is True

        fresh = open_page(left.evaluate("location.href"))
        wait_for_map(fresh)
        assert serves(fresh) in others
        assert (top(fresh), parameters(fresh), query_name(fresh)) == (*views[dead], "Patch (3, 4)")
        for page in (left, fresh, *others.values()):
            page.goto("about:blank")  # before the servers go
