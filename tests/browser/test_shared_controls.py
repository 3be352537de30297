"""Settings of one name that several lessons have are, on Back and Forward, what they were on each page."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page

from tests.browser.explorer import parameters
from tests.browser.lessons import arrived, choose, link_has, ready

Open = Callable[..., Page]


def go(page: Page, name: str, path: str) -> None:
    page.get_by_test_id("stTopNavSection").filter(has_text="Learn").click()
    page.get_by_test_id("stTopNavDropdownLink").filter(has_text=name).click()
    arrived(page, path)


def chosen(page: Page, label: str) -> str:
    return page.get_by_role("radiogroup", name=label, exact=True).locator("[aria-checked=true]").inner_text()


def test_controls_that_pages_share_come_back_too(open_page: Open, server: str) -> None:
    page = open_page(f"{server}/self_attention")
    ready(page)
    choose(page, "Weights are", "Softmax")
    choose(page, "Mask", "Causal")
    link_has(page, "mask=Causal")
    asked = {"weights": ["Softmax"], "mask": ["Causal"], "step": ["1"], "done": ["1"]}
    assert parameters(page) == asked
    go(page, "Queries, keys, values", "queries_keys_values")
    assert chosen(page, "Mask") == "None", "each lesson has its own"
    choose(page, "Mask", "Window")
    link_has(page, "mask=Window")

    page.go_back()
    arrived(page, "self_attention")
    assert parameters(page) == asked
    assert (chosen(page, "Weights are"), chosen(page, "Mask")) == ("Softmax", "Causal")
    page.go_forward()
    arrived(page, "queries_keys_values")
    assert (parameters(page), chosen(page, "Mask")) == ({"mask": ["Window"], "step": ["1"]}, "Window")


def test_the_page_that_is_left_keeps_its_link_whenever_streamlit_sets_the_next_ones(open_page: Open, server: str) -> None:
    page = open_page(f"{server}/self_attention?weights=Softmax&mask=Causal")
    ready(page)
    left = page.evaluate(
        """next => {
             document.body.click();
             const before = location.href;
             for (const url of ["/self_attention", "/self_attention?mask=Causal", next]) history.pushState({}, "", url);
             return [before, navigation.entries().at(-2).url, navigation.entries().at(-1).url];
           }""",
        "/queries_keys_values?mask=Causal",
    )
    assert left[1] == left[0]
    assert left[2].endswith("/queries_keys_values?mask=Causal")
