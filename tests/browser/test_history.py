"""Back and Forward go from page to page, each as it was left."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.explorer import choose_picture, display, menu, parameters, pin, settings, settle, wait_for_map
from tests.browser.lessons import pill, ready, rested
from tests.browser.waiting import answered, until

Open = Callable[..., Page]


def go(page: Page, name: str) -> None:
    page.get_by_test_id("stTopNavLink").filter(has_text=name).click()
    page.wait_for_url(f"**/{name.lower().replace(',', '').replace(' ', '_').replace('-', '_')}*")
    answered(page)


def chosen(page: Page, label: str) -> str:
    return page.locator(f"[aria-label='{label}'] [aria-checked=true]").inner_text()


def test_back_and_forward_bring_each_page_back_as_it_was_left(open_page: Open, server: str) -> None:
    page = open_page(server)
    wait_for_map(page)
    go(page, "Your image")
    wait_for_map(page)
    choose_picture(page, "Cat")
    display(page, "Several heads as their", "Max")
    pin(page, 3, 4, 25, 37)
    before = parameters(page)
    go(page, "Self-attention")
    cell = page.get_by_label("x1, column 2", exact=True)
    cell.fill("0.9")
    cell.press("Enter")
    answered(page)

    page.go_back()
    wait_for_map(page)
    settle(page)
    assert parameters(page) == before == {"picture": ["Cat"], "combine": ["Max"], "pin": ["3,4"]}
    assert settings(page)["combine"] == "max" and settings(page)["pin"] == [3, 4]
    menu(page, "photo")
    assert chosen(page, "Picture") == "Cat"
    page.keyboard.press("Escape")

    page.go_back()
    expect(page.get_by_role("heading", name="Attention")).to_be_visible()
    page.go_forward()
    page.go_forward()
    expect(cell).to_have_value("0.9")


def test_controls_that_pages_share_come_back_too(open_page: Open, server: str) -> None:
    page = open_page(f"{server}/self_attention")
    ready(page)
    pill(page, "Weights are", "Softmax")
    pill(page, "Mask", "Causal")
    asked = {"weights": ["Softmax"], "mask": ["Causal"]}
    assert parameters(page) == asked
    go(page, "Queries, keys, values")
    assert chosen(page, "Mask") == "Causal"
    pill(page, "Mask", "Window")

    page.go_back()
    until(page, "() => location.pathname === '/self_attention'")
    rested(page)
    assert parameters(page) == asked
    assert (chosen(page, "Weights are"), chosen(page, "Mask")) == ("Softmax", "Causal")
    page.go_forward()
    until(page, "() => location.pathname === '/queries_keys_values'")
    rested(page)
    assert (parameters(page), chosen(page, "Mask")) == ({"mask": ["Window"]}, "Window")


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
