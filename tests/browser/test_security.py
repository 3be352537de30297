"""Every answer of the server says what it may load and who may frame it, and the browser holds it to that.

That nothing which a page needs is refused shows test_every_page.py.
"""

from __future__ import annotations

from collections.abc import Callable
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.pages import wait_for
from tests.browser.refusals import refused, watching
from tests.browser.serving import hosted
from ui.headers import response_headers

pytestmark = pytest.mark.nightly

Open = Callable[..., Page]


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
    with hosted("/of/regard", models="raw-patches") as (place, _):
        page = open_page(f"{place}/your_image?across=12", prepare=watching)
        wait_for(page, "your_image")
        page.get_by_test_id("stTopNavLink").filter(has_text="Compare").click()
        wait_for(page, "compare")
        assert urlsplit(page.url).path == "/of/regard/compare"
        assert refused(page) == []
        page.goto("about:blank")


def test_every_way_of_starting_starts_the_same_server(server: str) -> None:
    """`streamlit run app.py`, as `server` is started, and `python -m ui`."""
    with hosted(models="raw-patches") as (other, _):
        answers = []
        for url in (server, other):
            for address in ("/your_image", "/data/layer"):
                connection = HTTPConnection(urlsplit(url).netloc)
                connection.request("POST" if "data" in address else "GET", address)
                answer = connection.getresponse()
                answers.append((answer.status, {name: answer.headers[name] for name in response_headers()}))
                connection.close()
        assert answers[:2] == answers[2:]
