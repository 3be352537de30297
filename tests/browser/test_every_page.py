"""Of every page, opened once: whose it is, that axe finds nothing serious, and that nothing which it needs is refused."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.axe import violations
from tests.browser.explorer import hover, menu, wait_for_all_layers
from tests.browser.pages import PAGES, TITLES, address, wait_for
from tests.browser.refusals import refused, watching
from tests.browser.tabs import Tabs
from tests.browser.test_your_image import photograph, upload
from tests.browser.themes import GROUNDS, turn
from tests.browser.waiting import answered, still

__all__ = ["photograph"]
HEADER = 60
"""Pixels, of Streamlit's own header."""


@pytest.fixture(scope="module")
def watched(tabs: Tabs, server: str) -> Iterator[Page]:
    """One tab for all pages, which notes what is refused."""
    with tabs.lend(f"{server}/_stcore/health", prepare=watching, reduced_motion="reduce") as page:
        yield page


@pytest.fixture(scope="module", params=PAGES)
def name(request: pytest.FixtureRequest) -> str:
    """Of the page, as in its address."""
    found: str = request.param
    return found


@pytest.fixture(scope="module")
def page(watched: Page, server: str, name: str) -> Page:
    watched.goto(address(server, name))
    wait_for(watched, name)
    return watched


def test_it_says_whose_it_is(page: Page, name: str) -> None:
    expect(page).to_have_title(f"{TITLES[name]} · Regard")
    logo = page.get_by_test_id("stHeaderLogo")
    expect(logo).to_be_in_viewport(ratio=1)
    box, header = logo.bounding_box(), page.get_by_test_id("stHeader").bounding_box()
    assert box is not None and header is not None
    assert header["height"] == HEADER and box["y"] + box["height"] < HEADER, "it takes no height of the page"


def serious(page: Page) -> list[str]:
    """Of all but the components, in which nothing at all may be found."""
    found = Axe().run(page, context={"exclude": [".stBidiComponent"]}).response
    assert found["passes"], "axe must have looked at something"
    return [
        f"{each['id']}: {each['nodes'][0]['html'][:200]}: {each['nodes'][0]['failureSummary'][:200]}"
        for each in found["violations"]
        if each["impact"] in ("serious", "critical")
    ]


def test_nothing_serious_in_either_theme(page: Page, name: str) -> None:
    """Streamlit's parts too. test_embed.py has the frames."""
    if name == "your_image":
        wait_for_all_layers(page)  # until then heads that are on their way are faint
    for theme in reversed(GROUNDS):  # it goes on in the light
        turn(page, theme)
        answered(page)  # what a run may still change is faint
        still(page)  # and turns slowly
        assert serious(page) == []
        assert violations(page) == []


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
        page.mouse.move(2, 2)  # what a button says of itself lies over the next
    page.keyboard.press("Escape")
    return count


def test_nothing_that_it_needs_is_refused(page: Page, name: str, photograph: bytes) -> None:
    assert page.evaluate("document.querySelector('[data-testid=stApp]') !== null && Array.isArray(globalThis.refused)")
    open_all(page)
    if name in ("your_image", "compare", "what_if"):
        page.get_by_role("button", name="Copy link").click()
        assert files_of_menu(page) > 2
    if name == "atlas":
        assert files_of_menu(page) == 2
    if name == "your_image":
        upload(page, photograph)
        hover(page, 3, 3, 6, 12)
    if name == "self_attention":
        chart = page.locator(".js-plotly-plot")
        expect(chart).to_be_visible()
        chart.hover()
        page.get_by_role("button", name="Present").click()
    assert refused(page) == []
