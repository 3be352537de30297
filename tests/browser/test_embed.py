"""`?embed=true`: a page's heart in another site's page, where that site may show it, and nowhere else."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, Frame, Page, expect

from tests.browser.axe import violations
from tests.browser.conftest import screenshot
from tests.browser.explorer import choose_layer, parameters
from tests.browser.pages import COARSE, PAGES, wait_for
from tests.browser.serving import PHONE, hosted
from tests.browser.themes import turn
from tests.browser.waiting import still, until
from ui.contents import LESSONS

pytestmark = pytest.mark.nightly

Open = Callable[..., Page]
FRAME = {"width": 800, "height": 600}
HEARTS = {
    "": ".regard-explorer .stage",
    **{lesson.name: ".regard-lesson svg.toy" for lesson in LESSONS},
    "your_image": ".regard-explorer .stage",
    "compare": ".regard-compare .half .area >> nth=0",
    "what_if": ".regard-compare .half .area >> nth=0",
    "atlas": ".regard-atlas .cells",
}


@pytest.mark.parametrize("name", PAGES)
def test_the_heart_fills_the_frame_and_nothing_else_is_there(open_page: Open, server: str, name: str) -> None:
    coarse = COARSE.get(name, "?").replace("?", "&")
    page = open_page(f"{server}/{name}?embed=true{coarse}", viewport=FRAME, reduced_motion="reduce")
    wait_for(page, name)
    for size, theme in ((FRAME, "light"), (PHONE, "dark")):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        turn(page, theme)
        screenshot(page, f"embed-{name or 'start'}-{size['width']}-{theme}")
        assert size is FRAME or violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
        for away in ("stHeader", "stPopoverButton", "stTab", "stDownloadButton", "stExpander", "stFileUploader"):
            assert page.get_by_test_id(away).filter(visible=True).count() == 0, away
    page.set_viewport_size(FRAME)  # type: ignore[arg-type]
    still(page)
    box = page.locator(HEARTS[name]).bounding_box()
    assert box is not None and box["y"] < 240 and box["y"] + box["height"] <= FRAME["height"]
    link = page.get_by_role("link", name="Open in Regard")
    expect(link).to_have_attribute("href", f"{server}/{name}{COARSE.get(name, '')}")
    expect(link).to_have_attribute("target", "_blank")


def test_the_link_leads_to_the_same_view_and_stays_a_frames(open_page: Open, server: str) -> None:
    page = open_page(f"{server}/your_image?embed=true&picture=Cat&across=12&layer=3&pin=4%2C5", viewport=FRAME)
    wait_for(page, "your_image")
    choose_layer(page, 7)
    asked = {"picture": ["Cat"], "across": ["12"], "layer": ["7"], "pin": ["4,5"], "scale": ["Robust"]}
    assert parameters(page) == asked | {"embed": ["true"]}
    page.get_by_role("link", name="Open in Regard").hover()
    leads = page.get_by_role("link", name="Open in Regard").get_attribute("href")
    assert parse_qs(urlsplit(leads or "").query) == asked
    whole = open_page(leads)
    wait_for(whole, "your_image")
    expect(whole.get_by_test_id("stHeader")).to_be_visible()
    assert parameters(whole) == asked


def test_a_picture_that_is_dropped_or_pasted_gets_a_sentence(open_page: Open, server: str) -> None:
    page = open_page(f"{server}/compare?embed=true&left-across=12&right-across=12", viewport=FRAME)
    wait_for(page, "compare")
    dropped = """() => {
      const data = new DataTransfer();
      data.items.add(new File(["a"], "a.png", { type: "image/png" }));
      return document.body.dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }));
    }"""
    assert page.evaluate(dropped) is False, "the browser would leave the page for the picture"
    says = "Pictures of your own cannot come in here: open this in Regard."
    expect(page.get_by_role("status").filter(has_text=says)).to_be_visible()


@contextmanager
def course(framed: str) -> Iterator[int]:
    """A page of another site that shows an address in a frame: its port."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = f'<title>Course</title><iframe src="{framed}" width="800" height="600"></iframe>'.encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as site:
        threading.Thread(target=site.serve_forever, args=(0.02,), daemon=True).start()
        yield site.server_port
        site.shutdown()


@pytest.fixture(scope="module")
def regard() -> Iterator[str]:
    """Which a site called localhost may show within its pages, on any port."""
    with hosted(embed="http://localhost:*", models="raw-patches") as (url, _):
        yield url


def framed_in(page: Page, address: str) -> Frame:
    page.goto(address)
    until(page, "() => document.readyState === 'complete'")
    return page.frames[1]


def test_a_site_that_may_shows_it_and_it_works_there(browser: Browser, regard: str) -> None:
    page = browser.new_page()
    with course(f"{regard}/your_image?embed=true&picture=Cat&across=12") as port:
        frame = framed_in(page, f"http://localhost:{port}/")
        frame.wait_for_selector(".regard-explorer .top li")
        frame.get_by_role("radio", name="Looked at by", exact=True).click()
        frame.wait_for_function("() => /direction=.*embed=true|embed=true.*direction=/.test(location.search)")
        with page.context.expect_page() as opened:
            frame.get_by_role("link", name="Open in Regard").click()
        whole = opened.value
        whole.wait_for_selector(".regard-explorer .top li")
        asked = {"picture": ["Cat"], "across": ["12"], "direction": ["Looked at by"], "scale": ["Robust"]}
        assert parse_qs(urlsplit(whole.url).query) == asked
    page.context.close()


def test_a_site_that_may_not_is_refused_by_the_browser(browser: Browser, regard: str) -> None:
    page = browser.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    with course(f"{regard}/your_image?embed=true") as port:
        frame = framed_in(page, f"http://127.0.0.1:{port}/")
        assert frame.locator("[data-testid=stApp]").count() == 0
        assert any("frame-ancestors" in text for text in said), said
    page.context.close()
