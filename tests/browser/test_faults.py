"""A part of the page fails: one sentence stands in its place, with a number, and everything else goes on."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.explorer import parameters, pin, wait_for_map, weights
from tests.browser.faulty_streamlit import SECRET
from tests.browser.serving import running

pytestmark = pytest.mark.nightly

Open = Callable[..., Page]


def test_the_rest_of_the_page_stays(open_page: Open) -> None:
    with running(streamlit="tests.browser.faulty_streamlit") as (server, _):
        page = open_page(f"{server}/your_image?model=Random+heads&across=12&tab=Matrix", may_miss_server=True)
        wait_for_map(page)
        page.get_by_role("tabpanel").scroll_into_view_if_needed()
        fault = page.locator(".regard-explorer .news span")
        says = re.compile(r"^The matrix failed, but the rest of the page stays: .* \(fault [0-9a-f]{8}\)\.$")
        expect(fault).to_have_text(says)
        assert SECRET not in page.content()
        before = weights(page)
        pin(page, 3, 5, 12, 12)
        assert parameters(page)["pin"] == ["3,5"] and not weights(page).equal(before)
        page.get_by_role("tab", name="How to read it").click()
        expect(fault).to_be_hidden()
        expect(page.get_by_role("tabpanel")).to_contain_text("patch")
