"""The server is killed in the middle of its work and started again: the link is the state, and nobody has to reload."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
import torch
from playwright.sync_api import Page, expect

from tests.browser import what_if
from tests.browser.explorer import (
    choose_layer,
    is_exact,
    parameters,
    pin,
    settings,
    settle,
    wait_for_all_layers,
    wait_for_map,
    weights,
)
from tests.browser.lessons import confirmed, read, ready
from tests.browser.serving import free_port, running
from tests.browser.test_missing import ALT, PICTURE, picture
from tests.browser.waiting import rest

pytestmark = pytest.mark.nightly

Open = Callable[..., Page]


class Restarted:
    """A server that can be killed, and started again at the same place."""

    def __init__(self, stack: ExitStack) -> None:
        self._stack, self._port = stack, free_port()
        self.start()

    def start(self) -> None:
        self.url, self._process = self._stack.enter_context(running(port=self._port))

    def kill(self) -> None:
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()


@pytest.fixture(scope="module")
def server() -> Iterator[Restarted]:
    with ExitStack() as stack:
        yield Restarted(stack)


@pytest.fixture
def opened(open_page: Open, server: Restarted) -> Callable[[str], Page]:
    """A page that notices when it is loaded again."""

    def open_at(link: str) -> Page:
        page = open_page(f"{server.url}/{link}", may_miss_server=True, reduced_motion="reduce")
        page.evaluate("globalThis.notReloaded = true")
        return page

    return open_at


def restart(server: Restarted, *pages: Page, meanwhile: Callable[[], Any] = lambda: None) -> None:
    """Kill it and start it again; `meanwhile` happens while it is gone."""
    server.kill()
    for page in pages:
        expect(page.get_by_test_id("stApp")).not_to_have_attribute("data-test-connection-state", "CONNECTED")
    meanwhile()
    server.start()
    for page in pages:
        expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-connection-state", "CONNECTED")
        rest(page, 500)  # after which it has asked the new server
        expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")
        assert page.evaluate("globalThis.notReloaded")
        expect(page.get_by_role("dialog")).to_have_count(0)


def test_a_view_comes_back_by_itself_and_by_its_link(open_page: Open, opened: Callable[[str], Page], server: Restarted) -> None:
    page = opened("your_image?picture=Cat&across=12&tab=Matrix")
    wait_for_map(page)
    choose_layer(page, 7)
    pin(page, 3, 5, 8, 12)
    before, map_before = (parameters(page), settings(page)), weights(page)
    restart(server, page)
    settle(page)
    assert (parameters(page), settings(page)) == before and weights(page).equal(map_before)
    choose_layer(page, 4)
    pin(page, 6, 7, 8, 12)
    assert is_exact(page), "the new server answers under a lease of its own"
    other = open_page(page.url, may_miss_server=True)  # it is gone before tabs are handed back
    wait_for_map(other)
    assert (parameters(other), settings(other)) == (parameters(page), settings(page)) != before
    torch.testing.assert_close(weights(other), weights(page), atol=1e-3, rtol=0.01)  # one was sent in 16 bits


def test_what_was_chosen_while_it_was_gone_is_not_lost(opened: Callable[[str], Page], server: Restarted) -> None:
    page = opened("your_image?picture=Cat&across=12")
    wait_for_map(page)

    def choose() -> None:
        page.keyboard.press("Escape")  # what Streamlit says of the connection
        page.get_by_role("radio", name="Layer 5", exact=True).click()

    restart(server, page, meanwhile=choose)
    wait_for_all_layers(page)
    assert settings(page)["layer"] == 5 and parameters(page)["layer"] == ["5"]


def test_killed_in_the_middle_of_its_work_it_begins_that_again(opened: Callable[[str], Page], server: Restarted) -> None:
    page = opened("what_if?across=20&edits=8.3%3Aoff%3B2.0%3Aoff&pin=left%2C3%2C3")
    what_if.wait_for_pictures(page)
    begin = page.get_by_role("button", name="Switch off every head in turn")
    link, moved = parameters(page), what_if.moved(page)
    begin.click()
    progress = page.locator(".regard-strip .news.effects progress")
    expect(progress).to_be_visible()
    expect(begin).to_be_hidden()
    restart(server, page)
    expect(progress).to_be_visible()
    page.locator(".regard-strip .news.effects").get_by_role("button", name="Cancel").click()
    expect(begin).to_be_visible()
    assert parameters(page) == link and what_if.edits(page) == "8.3:off;2.0:off" and what_if.moved(page) == moved


def test_the_readers_own_picture_is_given_again_by_the_browser(opened: Callable[[str], Page], server: Restarted) -> None:
    page = opened("your_image?model=Raw+patches&across=12")
    wait_for_map(page)
    page.locator(PICTURE).set_input_files(picture())
    expect(page.locator(ALT)).to_have_attribute("alt", "Your picture")
    settle(page)
    pin(page, 3, 5, 12, 12)
    before, map_before = parameters(page), weights(page)
    restart(server, page)
    expect(page.locator(ALT)).to_have_attribute("alt", "Your picture")
    expect(page.get_by_text("This page shows “")).to_have_count(0)
    settle(page)
    assert parameters(page) == before and settings(page)["pin"] == [3, 5] and weights(page).equal(map_before)
    pin(page, 7, 2, 12, 12)
    assert is_exact(page), "the new server has the picture again"


def test_two_pictures_and_a_lesson_come_back(opened: Callable[[str], Page], server: Restarted) -> None:
    compare = opened("compare?left-picture=Cat&right-picture=Coffee&left-across=8&right-across=8&show=pca&pin=right%2C2%2C3")
    compare.wait_for_selector(".regard-compare .half .head .query-name:not(:empty)")
    lesson = opened("self_attention?weights=Softmax&mask=Causal&step=3")
    ready(lesson)
    numbers, links = read(lesson), [parameters(page) for page in (compare, lesson)]
    restart(server, compare, lesson)
    assert [parameters(page) for page in (compare, lesson)] == links
    expect(compare.get_by_role("img", name="Coffee").first).to_be_visible()
    assert read(lesson) == pytest.approx(numbers, abs=1e-12)
    confirmed(lesson)
