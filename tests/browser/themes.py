"""From light to dark, as a reader's computer goes in the evening, without another load of the page."""

from __future__ import annotations

from typing import Any, Final

from playwright.sync_api import Page, expect

from tests.browser.waiting import rest

GROUNDS: Final = {"light": "rgb(255, 255, 255)", "dark": "rgb(18, 20, 23)"}


def turn(page: Page, theme: Any) -> None:
    page.emulate_media(color_scheme=theme)
    expect(page.locator("[data-testid=stApp]")).to_have_css("background-color", GROUNDS[theme])
    rest(page, 700)
