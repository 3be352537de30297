"""Layers come over HTTP, beside the page's script; what the server no longer has comes with a run of it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from playwright.sync_api import Page, Route

from attention_core import load_image
from attention_core.models.trained import dinov2_small
from tests.browser.explorer import hover, rows_of, wait_for_all_layers, wait_for_map
from tests.browser.serving import ROOT

pytestmark = pytest.mark.nightly

Open = Callable[..., Page]


def opened(open_page: Open, server: str, answered: Callable[[Route], None]) -> tuple[Page, list[int]]:
    """Every layer is there; of which the server was asked over HTTP."""
    asked: list[int] = []

    def take(route: Route) -> None:
        asked.append(int(route.request.url.rpartition("/")[2]))
        answered(route)

    page = open_page(f"{server}/_stcore/health")
    page.route("**/layers/*", take)
    page.goto(f"{server}/your_image?layer=4&across=18")
    wait_for_map(page)
    wait_for_all_layers(page)
    return page, asked


def test_each_layer_comes_once_the_shown_one_and_its_neighbours_first(open_page: Open, server: str) -> None:
    page, asked = opened(open_page, server, lambda route: route.continue_())
    assert asked[0] == 4 and sorted(asked) == list(range(12))
    assert [abs(layer - 4) for layer in asked] == sorted(abs(layer - 4) for layer in asked)
    assert_the_models_own(page)


def test_what_the_server_has_let_go_of_comes_with_a_run_of_the_script(open_page: Open, server: str) -> None:
    page, asked = opened(open_page, server, lambda route: route.fulfill(status=404))
    assert set(asked) == set(range(12))
    assert_the_models_own(page)


def test_a_page_that_stands_for_all_addresses_is_no_layer(open_page: Open, server: str) -> None:
    page, _ = opened(open_page, server, lambda route: route.fulfill(status=200, body="<html>", content_type="text/html"))
    assert_the_models_own(page)


def assert_the_models_own(page: Page) -> None:
    model = dinov2_small()
    record, grid = model.record(load_image(ROOT / "assets/photos/astronaut.jpg"), 18)
    hover(page, 5, 9, grid.rows, grid.cols)
    token = len(model.prefix_tokens) + grid.index(5, 9)
    for layer in (0, 4, 11):
        torch.testing.assert_close(rows_of(page, layer), record.layers[layer].rows([token])[0, :, 0], atol=1e-7, rtol=0.003)
