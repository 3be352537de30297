"""Layers come by requests of the browser, beside the page's script, whatever happens to the line and to the lease."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
import torch
from playwright.sync_api import Page, Route

from attention_core import load_image
from attention_core.models.trained import dinov2_small
from tests.browser.explorer import EXPLORATION, hover, is_exact, pin, rows_of, wait_for_all_layers, wait_for_map
from tests.browser.serving import ROOT
from ui.data.leases import RELOAD_SECONDS

pytestmark = pytest.mark.nightly

Open = Callable[..., Page]


def opened(open_page: Open, server: str, answered: Callable[[Route, int], None]) -> tuple[Page, list[int]]:
    """Every layer is there; and which were asked for, in order. answered: takes a request and how many were before it."""
    asked: list[int] = []

    def take(route: Route) -> None:
        asked.append(json.loads(route.request.post_data or "")["layer"])
        assert route.request.headers["regard-lease"] not in route.request.url
        answered(route, len(asked) - 1)

    page = open_page(f"{server}/_stcore/health", may_miss_server=True)
    page.route("**/data/layer", take)
    page.goto(f"{server}/your_image?layer=4&across=18")
    wait_for_map(page)
    wait_for_all_layers(page)
    return page, asked


def test_each_layer_comes_once_the_shown_one_and_its_neighbours_first(open_page: Open, server: str) -> None:
    page, asked = opened(open_page, server, lambda route, _: route.continue_())
    assert asked[0] == 4 and sorted(asked) == list(range(12))
    assert [abs(layer - 4) for layer in asked] == sorted(abs(layer - 4) for layer in asked)
    assert_the_models_own(page)


def test_a_line_that_is_cut_is_tried_again(open_page: Open, server: str) -> None:
    def cut(route: Route, before: int) -> None:
        if before % 3 == 0:
            route.abort("connectionreset")
        else:
            route.continue_()

    page, asked = opened(open_page, server, cut)
    assert set(asked) == set(range(12)) and len(asked) > 12
    assert_the_models_own(page)


def test_a_proxy_whose_server_is_away_and_a_page_for_all_addresses_are_no_layers(open_page: Open, server: str) -> None:
    def answered(route: Route, before: int) -> None:
        if before % 4 == 0:
            route.fulfill(status=502, body="<html>", content_type="text/html")
        elif before % 4 == 1:
            route.fulfill(status=200, body="<html>", content_type="text/html")
        else:
            route.continue_()

    page, _ = opened(open_page, server, answered)
    assert_the_models_own(page)


def test_when_the_lease_has_ended_the_page_gets_another_and_goes_on(open_page: Open, server: str) -> None:
    page, asked = opened(open_page, server, lambda route, _: route.continue_())
    before = page.evaluate(f"() => {EXPLORATION}.data.lease")
    page.evaluate(f"() => {EXPLORATION}.source.leave()")
    page.wait_for_timeout(1000 * (RELOAD_SECONDS + 2))
    pin(page, 5, 9, 18, 18)
    assert is_exact(page) and page.evaluate(f"() => {EXPLORATION}.data.lease") != before
    assert len(asked) == 12, "what is here is not asked for again"
    assert_the_models_own(page)


def assert_the_models_own(page: Page) -> None:
    model = dinov2_small()
    record, grid = model.record(load_image(ROOT / "assets/photos/astronaut.jpg"), 18)
    hover(page, 5, 9, grid.rows, grid.cols)
    token = len(model.prefix_tokens) + grid.index(5, 9)
    for layer in (0, 4, 11):
        torch.testing.assert_close(rows_of(page, layer), record.layers[layer].rows([token])[0, :, 0], atol=1e-7, rtol=0.003)
