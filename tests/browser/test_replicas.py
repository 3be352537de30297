"""Three replicas of `python -m ui` under a base path behind our nginx: a picture is uploaded, its replica is killed, and its
reader goes on with another.
"""

from __future__ import annotations

import io
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser.explorer import hover, is_exact, parameters, pin, query_name, settle, top, wait_for_map
from tests.browser.serving import ROOT
from tests.browser.waiting import PATIENCE_MS
from tests.deploy.proxy import COOKIE, free_ports, nginx, wait_for_port

pytestmark = pytest.mark.nightly

Open = Callable[..., Page]
BASE = "class/attention"
SHOWN = ".regard-explorer .picture"
LINK = f"/{BASE}/your_image?model=Raw+patches&across=12"


@contextmanager
def replica(port: int, base: str) -> Iterator[subprocess.Popen[bytes]]:
    """As compose.yaml starts one."""
    own = {"REGARD_PORT": str(port), "REGARD_BASE_PATH": base}
    streamlits = {"STREAMLIT_SERVER_COOKIE_SECRET": "of all replicas", "STREAMLIT_SERVER_HEADLESS": "true"}
    process = subprocess.Popen([sys.executable, "-m", "ui"], cwd=ROOT, env=os.environ | own | streamlits)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


@pytest.fixture(scope="module")
def replicas() -> Iterator[dict[int, subprocess.Popen[bytes]]]:
    with ExitStack() as stack:
        started = {port: stack.enter_context(replica(port, BASE)) for port in free_ports(3)}
        for port, process in started.items():
            wait_for_port(port, process)
        yield started


def picture(seed: int) -> dict[str, object]:
    buffer = io.BytesIO()
    Image.effect_mandelbrot((320, 320), (-2, -1.5, 1, 1.5), seed).convert("RGB").save(buffer, "PNG")
    return {"name": "mine.png", "mimeType": "image/png", "buffer": buffer.getvalue()}


def bring(page: Page, seed: int) -> None:
    page.locator("input[type=file]").first.set_input_files(picture(seed))
    expect(page.locator(SHOWN)).to_have_attribute("alt", "Your picture")
    settle(page)


def serves(page: Page) -> int:
    """The port of the replica that the reader's cookie names."""
    return next(int(cookie["value"]) for cookie in page.context.cookies() if cookie["name"] == COOKIE)


def test_a_killed_replica_leaves_its_reader_with_another_and_the_link_and_the_tab_bring_the_view_back(
    open_page: Open, replicas: dict[int, subprocess.Popen[bytes]], tmp_path: Path
) -> None:
    with nginx(tmp_path / "nginx", list(replicas)) as url:
        page = open_page(url + LINK, may_miss_server=True)
        wait_for_map(page)
        bring(page, 50)
        pin(page, 3, 5, 12, 12)
        before, asked, dead = top(page), parameters(page), serves(page)
        hover(page, 8, 2, 12, 12)
        assert "Under the pointer" in page.locator(".regard-explorer .readout").inner_text()

        replicas[dead].kill()
        patience_ends = time.monotonic() + PATIENCE_MS / 1000
        while serves(page) == dead:
            assert time.monotonic() < patience_ends, "nobody takes the reader"
            page.wait_for_timeout(100)
        expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-connection-state", "CONNECTED")  # without a reload
        alive = serves(page)  # what the page asked at once, before its line, may have been answered by both that are left
        assert alive in replicas
        assert (top(page), parameters(page)) == (before, asked)
        for place in ((8, 2), (3, 5)):
            pin(page, *place, 12, 12)
            assert is_exact(page), "the other replica leases what it makes again, of the picture that the tab has given it"

        page.reload()
        expect(page.locator(SHOWN)).to_have_attribute("alt", "Your picture")  # the tab had kept it
        wait_for_map(page)
        assert (top(page), parameters(page), query_name(page)) == (before, asked, "Patch (3, 5)")
        bring(page, 20)  # which goes to the replica that has the session, or it would be refused
        assert top(page) != before
        assert serves(page) == alive
