"""The browser refuses nothing that a page needs, and every answer of the server says what it may load and who may frame it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.explorer import hover, menu
from tests.browser.pages import PAGES, address, wait_for
from tests.browser.serving import Servers, hosted
from tests.browser.tabs import Tabs
from tests.browser.test_your_image import photograph, upload
from tests.browser.waiting import answered, rest
from ui.headers import response_headers

Open = Callable[..., Page]
__all__ = ["photograph"]
WATCH = """
globalThis.refused = [];
document.addEventListener("securitypolicyviolation", ({ effectiveDirective, blockedURI, sourceFile }) =>
  globalThis.refused.push([effectiveDirective, blockedURI, sourceFile.split("/").pop().split(".")[0]]));
"""
FALLS_BACK = ["script-src", "wasm-eval", "protobuf"]
"""Streamlit's protobuf tries WebAssembly for whole numbers of 64 bits, and does without."""


def watching(page: Page) -> None:
    page.add_init_script(WATCH)


def refused(page: Page) -> list[list[str]]:
    rest(page, 300)
    answered(page)
    found: list[list[str]] = page.evaluate("globalThis.refused.splice(0)")
    return [each for each in found if each != FALLS_BACK]


def open_all(page: Page) -> None:
    """Every tab, expander and menu, and in the menu of files every file."""
    for tab in page.get_by_role("tab").all():
        tab.click()
        answered(page)
    for expander in page.get_by_test_id("stExpander").all():
        expander.locator("summary").click()
    for button in page.get_by_test_id("stPopoverButton").all():
        button.click()
        answered(page)
        page.keyboard.press("Escape")
    for button in page.get_by_test_id("stDownloadButton").get_by_role("button").all():
        with page.expect_download():
            button.click()


def files_of_menu(page: Page) -> int:
    """Download every file of the menu "Export"."""
    menu(page, "export")
    names = re.compile(r"PNG|SVG|PDF|CSV|NPZ|HTML|Parquet|all layers")
    files = page.get_by_test_id("stPopoverBody").get_by_role("button", name=names)
    expect(files.first).to_be_visible()
    count = files.count()
    for at in range(count):
        with page.expect_download():
            files.nth(at).click()
    page.keyboard.press("Escape")
    return count


@pytest.fixture(scope="module")
def watched(tabs: Tabs, server: str) -> Iterator[Page]:
    """One tab for all pages, which notes what is refused."""
    with tabs.lend(f"{server}/_stcore/health", prepare=watching) as page:
        yield page


@pytest.mark.parametrize("name", PAGES)
def test_nothing_that_a_page_needs_is_refused(watched: Page, server: str, name: str) -> None:
    page = watched
    page.goto(address(server, name))
    wait_for(page, name)
    assert page.evaluate("document.querySelector('[data-testid=stApp]') !== null && Array.isArray(globalThis.refused)")
    open_all(page)
    if name in ("your_image", "compare", "what_if"):
        page.get_by_role("button", name="Copy link").click()
        assert files_of_menu(page) > 2
    if name == "atlas":
        assert files_of_menu(page) == 2
    assert refused(page) == []


def test_an_upload_and_a_chart_need_nothing_that_is_refused(watched: Page, server: str, photograph: bytes) -> None:
    page = watched
    page.goto(address(server, "your_image"))
    wait_for(page, "your_image")
    upload(page, photograph)
    hover(page, 3, 3, 6, 12)
    assert refused(page) == []
    page.goto(f"{server}/self_attention")
    wait_for(page, "self_attention")
    chart = page.locator(".js-plotly-plot")
    expect(chart).to_be_visible()
    chart.hover()
    page.get_by_role("button", name="Present").click()
    assert refused(page) == []


def test_what_is_not_allowed_is_refused_and_seen(browser: Browser, server: str) -> None:
    page = browser.new_page()
    watching(page)
    page.goto(f"{server}/self_attention")
    wait_for(page, "self_attention")
    kinds = page.evaluate(
        """async () => {
             globalThis.refused.splice(0);
             const add = (tag, wanted) => document.body.append(Object.assign(document.createElement(tag), wanted));
             add("script", { textContent: "globalThis.ran = true" });
             add("img", { src: "http://127.0.0.1:9/spy.png" });
             add("iframe", { src: "http://127.0.0.1:9/" });
             add("base", { href: "http://127.0.0.1:9/" });
             add("object", { data: "http://127.0.0.1:9/" });
             await fetch("http://127.0.0.1:9/").catch(() => null);
             setTimeout("globalThis.ran = true");
             await new Promise((done) => setTimeout(done, 300));
             const kinds = globalThis.refused.splice(0).map(([kind]) => kind);
             return [globalThis.ran ?? false, [...new Set(kinds)].sort()];
           }"""
    )
    page.close()
    assert kinds == [False, ["base-uri", "connect-src", "frame-src", "img-src", "object-src", "script-src", "script-src-elem"]]


ADDRESSES = {
    "/": 200,
    "/your_image": 200,
    "/_stcore/health": 200,
    "/_stcore/host-config": 200,
    "/static/nothing.js": 200,
    "/media/nothing.png": 404,
    "/_stcore/upload_file/a/b": 403,
    "//other.example/x": 400,
    "/app/static/..%2f..%2fpyproject.toml": 400,
}


@pytest.mark.parametrize("address", ADDRESSES)
def test_every_answer_has_the_headers(server: str, address: str) -> None:
    connection = HTTPConnection(urlsplit(server).netloc)
    connection.request("PUT" if "upload" in address else "GET", address)
    answer = connection.getresponse()
    assert answer.status == ADDRESSES[address]
    for name, value in response_headers().items():
        assert answer.msg.get_all(name) == [value], name
    connection.close()


def test_pages_work_below_a_base_path(open_page: Open) -> None:
    with hosted("/of/regard") as (place, _):
        page = open_page(f"{place}/your_image?across=12&layer=3", prepare=watching)
        wait_for(page, "your_image")
        page.get_by_test_id("stTopNavLink").filter(has_text="Compare").click()
        wait_for(page, "compare")
        assert urlsplit(page.url).path == "/of/regard/compare"
        assert refused(page) == []
        page.goto("about:blank")


def test_the_app_runs_without_its_server_too(open_page: Open, servers: Servers) -> None:
    """`streamlit run app.py`, as hosts for Streamlit apps start it."""
    with servers.lend("app.py") as url:
        page = open_page(address(url, "your_image"))
        wait_for(page, "your_image")
        answer = page.request.get(url)
        assert "content-security-policy" not in answer.headers
