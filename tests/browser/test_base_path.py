"""Regard under a base path, by itself and behind our nginx: data come, however the address that somebody types ends."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page

from tests.browser.explorer import wait_for_map, wait_for_start
from tests.browser.serving import hosted
from tests.deploy.proxy import free_ports, nginx

pytestmark = pytest.mark.nightly

Open = Callable[..., Page]
BASE = "/class/regard"
LINK = "your_image?model=Raw+patches&picture=Cat&across=8"


@pytest.fixture(scope="module", params=["alone", "behind nginx"])
def origin(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with ExitStack() as stack:
        url, _ = stack.enter_context(hosted(BASE))
        own = "{0.scheme}://{0.netloc}".format(urlsplit(url))
        port = urlsplit(url).port
        assert port is not None
        replicas = [port, *free_ports(2)]  # two of the three are gone
        yield own if request.param == "alone" else stack.enter_context(nginx(tmp_path_factory.mktemp("nginx"), replicas))


def test_every_request_for_data_lies_below_the_base_path(open_page: Open, origin: str) -> None:
    page = open_page(f"{origin}{BASE}/_stcore/health", may_miss_server=True)
    asked: list[tuple[str, int]] = []
    page.on("response", lambda answer: asked.append((urlsplit(answer.url).path, answer.status)))
    for address, wait in ((BASE, wait_for_start), (f"{BASE}/{LINK.replace('?', '/?')}", wait_for_map)):
        asked.clear()
        page.goto(origin + address)
        wait(page)
        posted = {path: status for path, status in asked if "/data/" in path}
        assert {f"{BASE}/data/picture", f"{BASE}/data/layer"} <= set(posted), address
        assert all(path.startswith(f"{BASE}/data/") and status in (200, 202) for path, status in posted.items()), address


def test_the_name_at_the_top_leads_to_a_page_with_data(open_page: Open, origin: str) -> None:
    page = open_page(f"{origin}{BASE}/{LINK}")
    wait_for_map(page)
    page.get_by_test_id("stHeaderLogo").click()
    wait_for_start(page)
    assert urlsplit(page.url).path == f"{BASE}/"
