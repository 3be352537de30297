"""From light to dark, as a reader's computer goes in the evening, without another load of the page."""

from __future__ import annotations

from typing import Any, Final

from playwright.sync_api import Page, expect

from tests.browser.waiting import rest

GROUNDS: Final = {"light": "rgb(255, 255, 255)", "dark": "rgb(18, 20, 23)"}


def turn(page: Page, theme: Any) -> None:
    ground = page.locator("[data-testid=stApp]")
    was = ground.evaluate("node => getComputedStyle(node).backgroundColor")
    page.emulate_media(color_scheme=theme)
    expect(ground).to_have_css("background-color", GROUNDS[theme])
    if was != GROUNDS[theme]:
        rest(page, 700)
