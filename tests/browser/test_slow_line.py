"""On a slow line the first map comes before everything else, and what the reader asks for before what nobody asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.explorer import EXPLORATION, wait_for_all_layers
from tests.browser.waiting import PATIENCE_MS, until

pytestmark = pytest.mark.nightly

Open = Callable[..., Page]
BYTES_A_SECOND = 1_500_000


def test_the_first_map_comes_first(open_page: Open, server: str) -> None:
    received: list[int] = []
    asked: dict[str, str] = {}

    def ask(sent: dict[str, Any]) -> None:
        if "/data/" in sent["request"]["url"]:
            asked[sent["requestId"]] = sent["request"]["url"].rpartition("/data/")[2]

    def receive(part: dict[str, Any]) -> None:
        if part["requestId"] in asked:
            received.append(part["dataLength"])

    def slow_down(page: Page) -> None:
        line = page.context.new_cdp_session(page)
        line.send("Network.enable")
        rate = {"downloadThroughput": BYTES_A_SECOND, "uploadThroughput": BYTES_A_SECOND, "latency": 100, "offline": False}
        line.send("Network.emulateNetworkConditions", rate)
        line.on("Network.requestWillBeSent", ask)
        line.on("Network.dataReceived", receive)
        page.on("websocket", lambda socket: socket.on("framereceived", lambda frame: received.append(len(frame))))

    page = open_page(f"{server}/your_image?picture=Rocket", prepare=slow_down)
    page.wait_for_selector(".regard-explorer .top li", timeout=PATIENCE_MS)
    before = sum(received)
    come = page.evaluate(f"() => {EXPLORATION}.data.layers.map((_, layer) => {EXPLORATION}.has(layer))")
    assert sum(come) == 0, "the map needs no layer"
    assert before < 1_200_000, "nor anything else that is large"
    assert set(list(asked.values())[:2]) == {"picture", "rows"}
    until(page, f"() => {EXPLORATION}.data.layers.every((_, layer) => {EXPLORATION}.rowsOf(layer) !== null)")
    come = page.evaluate(f"() => {EXPLORATION}.data.layers.map((_, layer) => {EXPLORATION}.has(layer))")
    assert sum(come) <= 2, "every layer has its small map before the other layers come"
    page.get_by_role("radio", name="Layer 0", exact=True).click()
    until(page, f"() => {EXPLORATION}.has(0)")
    come = page.evaluate(f"() => {EXPLORATION}.data.layers.map((_, layer) => {EXPLORATION}.has(layer))")
    assert sum(come) < 6, "the layer that was asked for did not wait for all others"
    wait_for_all_layers(page)
    assert sum(received) - before < 27_000_000
