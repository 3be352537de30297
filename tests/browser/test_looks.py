"""Both themes, phones and desktops, with screenshots to look at; nothing sticks out, everything can be read and reached.

axe looks at desktops in test_every_page.py.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import violations
from tests.browser.conftest import screenshot, screenshots
from tests.browser.explorer import (
    choose,
    display,
    hover,
    menu,
    parameters,
    query_name,
    settings,
    settle,
    wait_for_all_layers,
    wait_for_map,
    wait_for_start,
)
from tests.browser.reader import tap_on
from tests.browser.serving import DESKTOP, PHONE, serve
from tests.browser.themes import GROUNDS, turn

Open = Callable[..., Page]
CLICKABLE = """() => {
  const found = [];
  const look = (root) => {
    for (const each of root.querySelectorAll("*")) {
      if (each.shadowRoot) look(each.shadowRoot);
      if (!each.matches("button, a[href], input, select, summary, canvas[tabindex]")) continue;
      const { left, top, right, bottom, width, height } = each.getBoundingClientRect();
      const thumbnail = each.closest(".layers, .thumbs, .heads-grid, .cells, .ranking ol");
      const inWindow = width && height && right > 0 && bottom > 0 && left < innerWidth && top < innerHeight;
      const shown = inWindow && each.checkVisibility({ visibilityProperty: true });
      if (shown && !thumbnail) found.push(each.ariaLabel || each.textContent);
    }
  };
  look(document);
  return found;
}"""
"""What there is to click in the first screen, but for thumbnails."""


def size_of(page: Page, selector: str) -> tuple[float, float]:
    box = page.locator(selector).first.bounding_box()
    assert box is not None
    return box["width"], box["height"]


def test_start_fits_its_screen_and_lets_layers_be_scrubbed_but_keeps_nothing(open_page: Open, server: str) -> None:
    page = open_page(server)
    wait_for_start(page)
    for theme, ground in GROUNDS.items():
        turn(page, theme)
        expect(page.get_by_test_id("stBaseButton-primary")).to_have_css("color", ground)  # its words stand out
    for size in (PHONE, DESKTOP):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        settle(page)
        screenshots(page, f"start-{size['width']}")
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    page.get_by_role("radio", name="Layer 10", exact=True).click()
    page.locator(".map").hover()
    assert page.evaluate("location.search") == ""


def test_the_picture_is_the_page_and_grows_with_the_window(open_page: Open, server: str) -> None:
    page = open_page(f"{server}/your_image?pin=9%2C15")
    wait_for_map(page)
    wait_for_all_layers(page)
    for (width, height), least in {(1280, 720): 500, (1440, 900): 640, (1920, 1080): 860}.items():
        page.set_viewport_size({"width": width, "height": height})
        settle(page)
        assert min(size_of(page, ".stage")) >= least, "of a square picture"
        screenshots(page, f"your-image-{width}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert min(size_of(page, ".heads-grid")) >= 80, "all heads have their room"
        assert page.evaluate("document.querySelector('.stMain').scrollTop") == 0
        strip = page.locator(".strip").bounding_box()
        assert strip is not None and strip["y"] + strip["height"] <= height, "layers, picture and numbers share the screen"
        if (width, height) == (1440, 900):
            area = size_of(page, ".area")
            assert area[0] >= 880 and area[1] >= 640
            clickable = page.evaluate(CLICKABLE)
            assert len(clickable) <= 24, clickable  # of which six are the pages at the top


def test_on_a_phone_the_picture_stays_in_sight_while_the_rest_scrolls(open_page: Open, server: str) -> None:
    page = open_page(f"{server}/your_image?picture=Coffee", viewport=PHONE, has_touch=True)
    wait_for_map(page)
    wait_for_all_layers(page)
    for theme in GROUNDS:
        turn(page, theme)
        screenshot(page, f"your-image-390-{theme}")
        assert violations(page) == []
    page.locator(".all-heads").scroll_into_view_if_needed()
    page.locator(".stMain").evaluate("main => main.scrollBy(0, 300)")
    settle(page)
    expect(page.locator(".stage")).to_be_in_viewport(ratio=0.9)
    expect(page.locator(".st-key-photo button").first).to_be_in_viewport()
    screenshot(page, "your-image-390-scrolled")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    for width in (768, 720):  # the second is 1,440 at a zoom of 200 %
        page.set_viewport_size({"width": width, "height": 600})
        settle(page)
        screenshot(page, f"your-image-{width}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_page_opened_in_the_dark_is_dark(open_page: Open, server: str) -> None:
    page = open_page(server, color_scheme="dark")
    wait_for_start(page)
    expect(page.locator("[data-testid=stApp]")).to_have_css("background-color", GROUNDS["dark"])
    expect(page.get_by_test_id("stBaseButton-primary")).to_have_css("color", GROUNDS["dark"])


def focused(page: Page) -> str:
    """What has the focus, in components too."""
    name: str = page.evaluate(
        """() => {
          let at = document.activeElement;
          while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
          return at ? `${at.tagName} ${at.className} ${at.ariaLabel ?? at.textContent}` : "";
        }"""
    )
    return name


def tab_to(page: Page, wanted: str, most: int = 25) -> None:
    for _ in range(most):
        page.keyboard.press("Tab")
        if wanted in focused(page):
            return
    pytest.fail(f"Tab does not reach {wanted}")


def test_the_keyboard_alone_is_enough(open_page: Open, server: str) -> None:
    page = open_page(f"{server}/your_image?picture=Cat&across=12")
    wait_for_map(page)
    wait_for_all_layers(page)
    tab_to(page, "CANVAS map")
    before = query_name(page)
    page.keyboard.press("ArrowLeft")
    assert "pin" in parameters(page)
    settle(page)
    assert query_name(page) != before
    screenshot(page, "keyboard-focus")
    page.keyboard.press("Escape")
    assert "pin" not in parameters(page)
    tab_to(page, "Layer 10")
    page.keyboard.press("ArrowLeft")
    assert settings(page)["layer"] == 9
    tab_to(page, "Looks at")
    page.keyboard.press("ArrowRight")
    assert settings(page)["direction"] == "incoming"
    tab_to(page, "CLS")
    page.keyboard.press("Enter")
    assert settings(page)["query"] == "prefix"
    tab_to(page, "Display")
    page.keyboard.press("Enter")
    tab_to(page, "INPUT", 3)
    page.keyboard.press("ArrowRight")
    assert settings(page)["temperature"] == 1.1
    page.keyboard.press("Escape")
    settle(page)
    tab_to(page, "Head 0")
    page.keyboard.press("Enter")
    assert settings(page)["heads"] == [0]


def test_a_phones_menu_closes_when_a_page_was_chosen(open_page: Open, server: str) -> None:
    page = open_page(server, viewport=PHONE, has_touch=True)
    wait_for_start(page)
    for name in ("Multi-head", "Self-attention"):
        tap_on(page.get_by_test_id("stExpandSidebarButton"))
        menu = page.get_by_test_id("stSidebarNavLink")
        expect(menu.first).to_be_in_viewport()
        tap_on(menu.filter(has_text=name))
        expect(page.get_by_test_id("stSidebar")).not_to_be_in_viewport()
        page.wait_for_url(f"**/{name.lower().replace('-', '_')}*")


def test_the_explorer_is_not_mounted_anew_on_a_rerun(open_page: Open, server: str) -> None:
    page = open_page(f"{server}/your_image?across=12")
    wait_for_map(page)
    page.locator(".map").evaluate("canvas => (canvas.marked = true)")
    display(page, "Several heads as their", "Max")
    page.get_by_role("button", name="CLS", exact=True).click()
    settle(page)
    menu(page, "detail-menu")
    choose(page, "Patches along the longer side", "Coarse 18")
    assert page.locator(".map").evaluate("canvas => canvas.marked") is True


def test_the_whole_screen_shows_picture_strip_and_numbers_and_a_zoomed_one_the_picture(open_page: Open, server: str) -> None:
    page = open_page(f"{server}/your_image?picture=Cat&across=12")
    wait_for_map(page)
    small = size_of(page, ".readout h2")[1]
    page.get_by_role("button", name="Full screen").click()
    settle(page)
    assert size_of(page, ".presents") == (DESKTOP["width"], DESKTOP["height"])
    assert size_of(page, ".readout h2")[1] > 1.3 * small
    for part in (".stage", ".strip", ".readout", ".heads"):
        expect(page.locator(part).first).to_be_in_viewport(ratio=0.9)
    screenshot(page, "presentation")
    hover(page, 3, 3, 8, 12)
    assert query_name(page) == "Patch (3, 3)"
    page.keyboard.press("Escape")
    expect(page.locator(".presents")).to_have_count(0)
    page.set_viewport_size({"width": 960, "height": 600})  # as zoomed to 150 %
    settle(page)
    screenshot(page, "your-image-zoomed")
    assert page.evaluate("document.documentElement.scrollWidth") <= 960
    expect(page.locator(".stage")).to_be_in_viewport(ratio=0.9)


def test_a_deep_link_enters_a_fresh_server_through_the_app_and_without_weights_a_sentence_says_so(
    open_page: Open, tmp_path_factory: pytest.TempPathFactory
) -> None:
    nowhere = tmp_path_factory.mktemp("empty")
    with serve(REGARD_CACHE=str(nowhere), HF_HOME=str(nowhere), HF_ENDPOINT="http://127.0.0.1:9") as url:
        page = open_page(f"{url}/your_image?picture=Cat")
        wait_for_map(page)
        expect(page.get_by_role("link", name="Your image")).to_be_visible()
        assert page.locator("[data-testid=stAppViewContainer]").get_attribute("data-layout") == "wide"
        expect(page.get_by_text("Until then this page shows raw patches.")).to_be_visible()
        screenshot(page, "without-weights")
        menu(page, "model-menu")
        choose(page, "Model", "Random heads")
        expect(page.get_by_text("Until then this page shows raw patches.")).to_have_count(0)
        expect(page.locator(".thumbs button:visible")).to_have_count(6)
        page.goto("about:blank")
